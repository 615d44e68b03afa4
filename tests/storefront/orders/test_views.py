"""An order's page: for the right person, at each step; and the way back to it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.shopping import Shopping
from fulfilment.orders.links import key_for, order_path
from fulfilment.orders.models import Order
from fulfilment.payments import operations as payments
from fulfilment.payments.gateways.base import ProviderRefused
from fulfilment.payments.gateways.stripe import StripeProvider
from fulfilment.payments.models import PaymentAttempt
from storefront.demo.stripe.bank import DECLINED
from storefront.notifications.models import Message
from tests.factories.bank import pay
from tests.factories.orders import Guest, open_deliveries, place_order, stock
from tests.factories.parcels import move_to, open_parcels
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def order():
    return place_order((stock(), 2))


def path(order, end="", language="en"):
    return f"/{language}/orders/{order.number}/{end}"


def by_key(order, end=""):
    return f"{path(order, end)}?k={key_for(order.number)}"


def abroad(bank):
    return place_order((stock(), 1), shopping=Shopping("EUR", "FR"))


def test_a_stranger_is_told_that_there_is_no_such_order(order, client):
    client.force_login(make_person())

    answers = [client.get(path(order)), Client().get(path(order)), Client().get(path(order) + "?k=" + "0" * 24)]
    answers += [Client().post(path(order, "cancel/")), Client().post(path(order, "pay/start/"))]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert Order.objects.get().status == "CONFIRMED"


def test_the_signed_link_opens_the_page_and_its_buttons(order, client):
    page = client.get(order_path(order, "en"))
    cancelled = client.post(path(order, "cancel/"))

    assert page.status_code == 200
    assert (cancelled.status_code, Order.objects.get().status) == (302, "CANCELLED")
    assert StockRecord.objects.get().num_allocated == 0


def test_an_owner_sees_their_order_and_nobody_else_s(client):
    person = make_person()
    mine, other = place_order((stock(), 1), user_id=person.pk), place_order((stock(), 1))
    client.force_login(person)

    assert [client.get(path(order)).status_code for order in (mine, other)] == [200, 404]


def test_the_page_shows_each_step(order, client):
    parcel = open_parcels(order)[0]
    seen = []
    for state in ("PICKED", "HANDED_OVER", "DELIVERED"):
        move_to(parcel, state)
        page = client.get(by_key(order)).content.decode()
        seen.append(re.findall(r'step--(done|here)"', page))

    assert [len(steps) for steps in seen] == [3, 4, 5]
    assert seen[-1] == ["done"] * 5


def test_the_page_takes_as_many_queries_for_one_line_as_for_three(django_assert_num_queries, client):
    one, three = place_order((stock(), 1)), place_order((stock(), 1), (stock(), 1), (stock(), 1))
    for order in (one, three):
        client.get(by_key(order))
        with django_assert_num_queries(6):
            client.get(by_key(order))


def test_a_packed_order_is_not_cancelled(order, client):
    move_to(open_parcels(order)[0], "PACKED")

    page = client.get(by_key(order)).content.decode()
    client.post(by_key(order, "cancel/"))

    assert "Cancel the order" not in page
    assert Order.objects.get().status != "CANCELLED"


def test_a_declined_card_and_then_another_pays_the_same_order(bank, client):
    order = abroad(bank)
    page = client.get(by_key(order, "pay/"))
    start = client.post(by_key(order, "pay/start/")).json()
    intent = start["client_secret"].split("_secret_")[0]

    pay(bank, intent, DECLINED)
    declined = client.get(f"{start['return_path']}&payment_intent={intent}", follow=True)
    again = client.post(by_key(order, "pay/start/")).json()
    pay(bank, intent)
    paid = client.get(f"{start['return_path']}&payment_intent={intent}", follow=True)

    assert page.status_code == 200
    assert declined.redirect_chain[-1][0].startswith(path(order, "pay/"))
    assert "You can try another card" in declined.content.decode()
    assert again["client_secret"] == start["client_secret"]
    assert "Thank you, the payment has arrived." in paid.content.decode()
    assert (Order.objects.get().status, PaymentAttempt.objects.count()) == ("PAID", 1)


def test_the_card_page_alone_lets_the_provider_s_script_in(bank, client, settings):
    order = abroad(bank)

    card_page = client.get(by_key(order, "pay/"))["Content-Security-Policy"]
    order_page = client.get(by_key(order))["Content-Security-Policy"]

    origin = settings.STRIPE_JS_URL.removesuffix("/v3/")
    assert re.search(rf"script-src [^;]*{re.escape(origin)}", card_page)
    assert re.search(rf"frame-src {re.escape(origin)}", card_page)
    assert origin not in order_page


def test_the_return_page_knows_only_its_own_payment(bank, client):
    mine, other = abroad(bank), abroad(bank)
    intent = client.post(by_key(other, "pay/start/")).json()["client_secret"].split("_secret_")[0]
    pay(bank, intent)

    answers = [client.get(f"{by_key(mine, 'paid/')}&payment_intent={theirs}") for theirs in (intent, "pi_0", "")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert set(Order.objects.values_list("status", flat=True)) == {"PENDING_PAYMENT"}


def test_a_silent_bank_is_told_and_the_order_waits(bank, client):
    order = abroad(bank)
    bank.before_answer = lambda handler: False

    answer = client.post(by_key(order, "pay/start/"))

    assert answer.status_code == 503
    assert "Nothing was taken" in answer.json()["error"]
    assert Order.objects.get().status == "PENDING_PAYMENT"


@pytest.mark.parametrize("end", ["paid/", "cancel/"])
def test_a_bank_that_refuses_is_told_as_one_that_does_not_answer(bank, client, monkeypatch, end):
    order = abroad(bank)
    back = client.post(by_key(order, "pay/start/")).json()
    intent = back["client_secret"].split("_secret_")[0]
    monkeypatch.setattr(StripeProvider, "settle", refuse)
    monkeypatch.setattr(StripeProvider, "cancel", refuse)

    if end == "paid/":
        answer = client.get(f"{back['return_path']}&payment_intent={intent}", follow=True)
    else:
        answer = client.post(by_key(order, end), follow=True)

    assert answer.status_code == 200
    assert re.search("The bank (has not answered yet|does not answer)", answer.content.decode())
    assert Order.objects.get().status == "PENDING_PAYMENT"


def refuse(self, payment_id):
    raise ProviderRefused("not like this")


def test_the_bank_comes_back_in_another_browser(bank, client):
    order = abroad(bank)
    back = client.post(by_key(order, "pay/start/")).json()
    intent = back["client_secret"].split("_secret_")[0]
    pay(bank, intent)

    page = Client().get(f"{back['return_path']}&payment_intent={intent}", follow=True)

    assert (page.redirect_chain, page.status_code) == ([(path(order), 302)], 200)
    assert "Thank you, the payment has arrived." in page.content.decode()


def test_the_card_page_opened_by_its_key_is_opened_again_without_it(bank, client):
    order = abroad(bank)
    client.get(by_key(order, "pay/"))

    assert client.get(path(order, "pay/")).status_code == 200


def test_held_money_is_told_and_leaves_nothing_to_press(bank, client):
    order = abroad(bank)
    intent = client.post(by_key(order, "pay/start/")).json()["client_secret"].split("_secret_")[0]
    pay(bank, intent)
    bank.bank.intents[intent]["amount_received"] = 1
    client.get(f"{by_key(order, 'paid/')}&payment_intent={intent}")

    card_page = client.get(path(order, "pay/"))
    client.post(path(order, "cancel/"))
    page = Client().get(by_key(order)).content.decode()

    assert card_page.url == path(order)
    assert "We are looking at this payment ourselves and will call you." in page
    assert ("Cancel the order" in page, "by card</a>" in page) == (False, False)
    assert (Order.objects.get().status, StockRecord.objects.get().num_allocated) == ("PENDING_PAYMENT", 1)


def test_a_payment_that_a_person_gave_back_is_not_paid_again(bank, client):
    order = abroad(bank)
    intent = client.post(by_key(order, "pay/start/")).json()["client_secret"].split("_secret_")[0]
    pay(bank, intent)
    bank.bank.intents[intent]["amount_received"] = 1
    client.get(f"{by_key(order, 'paid/')}&payment_intent={intent}")
    payments.give_back_held(order_id=order.pk, now=timezone.now())

    page = client.get(path(order, "pay/"), follow=True)

    assert page.redirect_chain == [(path(order), 302)]
    assert "This payment was cancelled, nothing was taken." in page.content.decode()
    assert ("by card</a>" in page.content.decode(), "Cancel the order" in page.content.decode()) == (False, True)


def test_a_lost_link_is_found_by_number_and_a_code_to_the_phone(order):
    guest = Guest(language="en")
    typed = f" {order.number[:5].lower()}-{order.number[5:]} "

    asked = guest.post("orders/find/", number=typed, phone="0612345678")
    code = re.search(r"\d{6}", Message.objects.get(kind="order_code").text).group()
    found = guest.post("orders/find/", code=" ".join(code))

    assert "Write the code" in asked.content.decode()
    assert found.url == path(order)
    assert guest.client.get(found.url).status_code == 200


def test_finding_says_the_same_whether_the_order_exists_or_not(order):
    guest, other = Guest(language="en"), Guest(language="en")

    here = guest.post("orders/find/", number=order.number, phone="0612345678")
    nowhere = other.post("orders/find/", number="ABCDEFGH23", phone="0612345678")
    wrong_phone = other.post("orders/find/", number=order.number, phone="0612345679")

    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    texts = {strip.sub("", answer.content.decode()) for answer in (here, nowhere, wrong_phone)}
    assert len(texts) == 1
    assert Message.objects.count() == 1


def test_codes_are_few_short_lived_and_tried_five_times(order, clock):
    guest = Guest(language="en")
    for _ in range(5):
        guest.post("orders/find/", number=order.number, phone="0612345678")
    sent = Message.objects.filter(kind="order_code").count()
    clock.shift(timedelta(minutes=16))
    guest.post("orders/find/", number=order.number, phone="0612345678")
    code = re.search(r"\d{6}", Message.objects.order_by("-pk")[0].text).group()
    wrong = "000000" if code != "000000" else "111111"
    tries = [guest.post("orders/find/", code=wrong).status_code for _ in range(5)]

    assert sent == 3
    assert tries == [422] * 5
    assert guest.post("orders/find/", code=code).status_code == 422


def test_a_code_is_too_old_after_ten_minutes(order, clock):
    guest = Guest(language="en")
    guest.post("orders/find/", number=order.number, phone="0612345678")
    code = re.search(r"\d{6}", Message.objects.get().text).group()

    clock.shift(timedelta(minutes=11))

    assert guest.post("orders/find/", code=code).status_code == 422
    assert timezone.now() > order.date_placed
