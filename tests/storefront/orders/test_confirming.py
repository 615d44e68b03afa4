"""Orders in cash that are asked for once more: by link, by phone, or given up. And numbers that keep refusing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from fulfilment.orders import operations as orders
from fulfilment.orders.confirming import operations, queries
from fulfilment.orders.confirming.policies import Past, Rules, Standing, cash_is_off, may_call, why_ask
from fulfilment.orders.links import confirm_url
from fulfilment.orders.models import Confirmation, ConfirmationCall, Order
from storefront.notifications.models import Message
from tests.factories.orders import Guest, address_for, open_deliveries, place_order, stock
from tests.factories.people import make_staff, sign_in
from tests.factories.sales import make_order
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ask(settings):
    settings.COD_CONFIRMATION, settings.COD_CONFIRM_WHICH = "link", "all"
    open_deliveries()


@pytest.fixture
def asked(ask, run_jobs):
    order = place_order((stock("120.00", in_stock=10), 2))
    run_jobs()
    return order


def path_of(order) -> str:
    return confirm_url(order, order.confirmation.ends_at).split("8000", 1)[-1]


def status_of(order) -> str:
    return Order.objects.values_list("status", flat=True).get(pk=order.pk)


def held() -> int:
    return StockRecord.objects.get().num_allocated or 0


def kinds(order) -> list[str]:
    return list(order.messages.order_by("pk").values_list("kind", flat=True))


def test_an_order_that_is_asked_for_waits_with_its_stock_and_the_link_goes_to_its_phone(asked):
    message = Message.objects.get()

    assert (status_of(asked), held(), asked.consignments.count()) == ("PENDING_CONFIRMATION", 2, 0)
    assert (message.kind, message.channel, message.recipient) == ("order.please_confirm", "sms", asked.phone)
    assert path_of(asked) in message.text
    assert broken() == []


def test_looking_at_the_link_decides_nothing(asked):
    for method in ("get", "head"):
        assert getattr(Client(), method)(path_of(asked)).status_code == 200

    assert status_of(asked) == "PENDING_CONFIRMATION"


def test_a_yes_confirms_once_and_again_changes_nothing(asked, run_jobs):
    for _ in range(2):
        assert Client().post(path_of(asked), {"answer": "yes"}).status_code == 302
    run_jobs()

    assert status_of(asked) == "PREPARING"
    assert asked.events.filter(kind="confirmed").count() == 1
    assert kinds(asked) == ["order.please_confirm", "order.confirmed"]


def test_a_no_cancels_and_frees_the_stock_once(asked, run_jobs):
    for _ in range(2):
        assert Client().post(path_of(asked), {"answer": "no"}).status_code == 302
    run_jobs()

    assert (status_of(asked), held(), asked.payment_attempts.get().state) == ("CANCELLED", 0, "CANCELLED")
    assert kinds(asked) == ["order.please_confirm", "order.cancelled"]
    Client().post(path_of(asked), {"answer": "yes"})
    assert status_of(asked) == "CANCELLED"


def test_a_no_after_the_yes_is_too_late_here(asked):
    Client().post(path_of(asked), {"answer": "yes"})
    Client().post(path_of(asked), {"answer": "no"})

    assert status_of(asked) == "CONFIRMED"


@pytest.mark.parametrize("key", ["", "0" * 24, "x", "é"])
def test_a_forged_key_opens_nothing(asked, key):
    path = path_of(asked).split("?")[0]

    assert Client().get(path, {"k": key}).status_code == 404
    assert Client().post(f"{path}?k={key}", {"answer": "yes"}).status_code == 404
    assert status_of(asked) == "PENDING_CONFIRMATION"


def test_another_orders_key_opens_nothing_nor_does_the_browser_that_ordered(ask):
    record = stock("120.00")
    first, second = place_order((record, 1)), place_order((record, 1))
    key = path_of(first).split("?")[1]

    assert Client().get(f"{path_of(second).split('?')[0]}?{key}").status_code == 404
    guest = Guest()
    guest.add(record)
    placed = guest.place()
    number = placed.url.rstrip("/").split("/")[-1]
    assert guest.get(f"orders/{number}/").status_code == 200
    assert guest.get(f"orders/{number}/confirm/").status_code == 404


def test_a_link_past_its_time_says_so_and_confirms_nothing(asked, monkeypatch):
    late = asked.confirmation.ends_at + HOUR
    monkeypatch.setattr("storefront.orders.confirming.timezone.now", lambda: late)

    assert Client().get(path_of(asked)).status_code == 410
    Client().post(path_of(asked), {"answer": "yes"})
    assert status_of(asked) == "PENDING_CONFIRMATION"


def test_an_answer_that_is_none_is_not_found(asked):
    assert Client().post(path_of(asked), {"answer": "perhaps"}).status_code == 404


def test_without_an_answer_a_reminder_follows_then_the_list_then_the_end(asked, run_jobs):
    start = asked.confirmation.asked_at
    for _ in range(2):
        operations.look_at_confirmations(now=start + 7 * HOUR)
    run_jobs()
    assert kinds(asked) == ["order.please_confirm", "order.please_confirm_again"]

    assert not queries.to_call(start + 23 * HOUR)
    assert [row.order_id for row in queries.to_call(start + 25 * HOUR)] == [asked.pk]
    for _ in range(2):
        operations.look_at_confirmations(now=start + 3 * DAY)
    run_jobs()

    assert (status_of(asked), held()) == ("CANCELLED", 0)
    assert kinds(asked)[2:] == ["order.not_confirmed"]


def test_the_desk_confirms(asked, client, run_jobs):
    Confirmation.objects.update(call_from=timezone.now() - HOUR, asked_at=timezone.now() - 2 * HOUR)
    sign_in(client, make_staff("support"))

    page = client.get("/fr/office/calls/")
    assert (page.status_code, asked.number in page.content.decode()) == (200, True)
    client.post(f"/fr/office/calls/{asked.number}/", {"number": 1, "outcome": "confirmed"})

    assert status_of(asked) == "CONFIRMED"
    assert ConfirmationCall.objects.get().outcome == "confirmed"


def test_nobody_answers_three_times_at_different_hours_and_is_told_once(asked, run_jobs):
    now = timezone.now()
    for number, at in ((1, now), (2, now + 2 * HOUR), (3, now + 4 * HOUR)):
        operations.record_call(order_id=asked.pk, number=number, outcome="no_answer", now=at)
    for number, at in ((3, now + 9 * HOUR), (4, now + 9 * HOUR)):
        with pytest.raises(operations.CalledAlready):
            operations.record_call(order_id=asked.pk, number=number, outcome="no_answer", now=at)
    run_jobs()

    assert kinds(asked) == ["order.please_confirm", "order.not_reached"]
    operations.record_call(order_id=asked.pk, number=4, outcome="confirmed", now=now + 10 * HOUR)  # they called us
    assert status_of(asked) == "CONFIRMED"


def test_a_second_call_within_the_hour_is_not_counted(asked):
    now = timezone.now()
    operations.record_call(order_id=asked.pk, number=1, outcome="no_answer", now=now)

    with pytest.raises(operations.CalledAlready):
        operations.record_call(order_id=asked.pk, number=2, outcome="no_answer", now=now + HOUR / 2)


def test_a_buyer_who_declines_says_why(asked):
    with pytest.raises(operations.NoReason):
        operations.record_call(order_id=asked.pk, number=1, outcome="declined", now=timezone.now())
    operations.record_call(order_id=asked.pk, number=1, outcome="declined", note="changed", now=timezone.now())

    assert (status_of(asked), held()) == ("CANCELLED", 0)
    assert broken() == []
    with pytest.raises(operations.NotWaiting):
        operations.record_call(order_id=asked.pk, number=2, outcome="confirmed", now=timezone.now())


def test_the_list_of_calls_takes_as_many_queries_for_three_as_for_one(ask, client, django_assert_max_num_queries):
    sign_in(client, make_staff("support"))
    client.get("/fr/office/calls/")  # what the first visit of a session reads is read
    counts = []
    for number in (1, 2):
        for _ in range(number):
            place_order((stock(), 1))
        Confirmation.objects.update(call_from=timezone.now() - HOUR, asked_at=timezone.now() - 2 * HOUR)
        with django_assert_max_num_queries(20) as captured:
            client.get("/fr/office/calls/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_calls_are_for_support_alone(asked, client):
    sign_in(client, make_staff("finance"))

    assert client.get("/fr/office/calls/").status_code == 403
    assert client.post(f"/fr/office/calls/{asked.number}/", {"number": 1, "outcome": "confirmed"}).status_code == 403


RULES = Rules(way="link", which="doubtful", above_mad=Decimal(2000), first=True, refusals=2)
TAKEN, REFUSED = Past(timezone.now(), True), Past(timezone.now(), False)


@pytest.mark.parametrize(
    ("past", "total", "why"),
    [
        ((), 100, "first"),
        ((TAKEN,), 100, ""),
        ((TAKEN,), 2001, "large"),
        ((TAKEN, REFUSED), 100, "refused"),
    ],
)
def test_only_doubtful_orders_are_asked_for(past, total, why):
    assert why_ask(Standing(past), Decimal(total), RULES) == why


def test_two_refusals_in_a_row_end_cash_and_a_success_ends_the_row():
    assert cash_is_off(Standing((REFUSED, REFUSED, TAKEN)), RULES)
    assert not cash_is_off(Standing((REFUSED, TAKEN, REFUSED)), RULES)
    assert not cash_is_off(Standing((REFUSED,)), RULES)
    assert may_call([], timezone.now())


def refused(*statuses, phone="+212612345678", days=10):
    return [
        make_order(status=status, phone=phone, placed_at=timezone.now() - timedelta(days=days - place))
        for place, status in enumerate(statuses)
    ]


def test_a_number_that_refused_twice_pays_in_cash_no_more_until_the_office_allows_it(client):
    open_deliveries()
    (_, last) = refused("REFUSED", "RETURNED")
    with pytest.raises(orders.CashNotOffered):
        place_order((stock(), 1))
    assert place_order((stock(), 1), address=address_for_other()).payment_method == "cash"

    sign_in(client, make_staff("support"))
    page = client.get(f"/fr/office/orders/{last.number}/")
    assert page.status_code == 200
    client.post(f"/fr/office/orders/{last.number}/allow-cash/", {"note": "a neighbour refused"})

    assert place_order((stock(), 1)).status in ("CONFIRMED", "PREPARING")


def address_for_other():
    from catalogue.kernel.shopping import Shopping

    return address_for(Shopping(), phone_number="+212698765432")


@pytest.mark.parametrize(
    ("statuses", "days"), [(("REFUSED", "REFUSED", "DELIVERED"), 10), (("REFUSED", "REFUSED"), 400)]
)
def test_a_later_success_or_a_year_makes_up_for_refusals(statuses, days):
    open_deliveries()
    refused(*statuses, days=days)

    assert place_order((stock(), 1)).payment_method == "cash"


@pytest.mark.parametrize("written", ["06 12 34 56 78", "٠٦ ١٢ ٣٤ ٥٦ ٧٨", "+212 (0)612-345678", "00212612345678"])
def test_the_checkout_says_kindly_and_neutrally_that_cash_is_not_possible(written):
    open_deliveries()
    refused("REFUSED", "REFUSED")
    guest = Guest(language="en")
    guest.add(stock())

    page = guest.place(phone=written)

    words = page.content.decode()
    assert (page.status_code, "Please choose another way to pay, or call us" in words, "refused" in words) == (
        409,
        True,
        False,
    )


def test_before_placing_the_page_offers_cash_to_any_number():
    open_deliveries()
    refused("REFUSED", "REFUSED")
    guest = Guest(language="en")
    guest.add(stock())

    page = guest.post("checkout/", step="quote", **guest.filled())

    assert 'name="payment" value="cash"' in page.content.decode()
