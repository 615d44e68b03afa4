"""The office's pages about withdrawals: who opens them, what the buttons do, and how long buyers have."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fulfilment.orders import signals
from fulfilment.orders.withdrawing import operations
from fulfilment.orders.withdrawing.models import Withdrawal, WithdrawalPeriod
from fulfilment.payments.operations import MoreThanCaptured
from tests.factories.orders import open_deliveries
from tests.factories.people import make_staff, sign_in
from tests.factories.withdrawals import declare, make_cheese, make_delivered_order, make_honey
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client):
    return sign_in(client, make_staff("support"))


@pytest.fixture
def order():
    return make_delivered_order((make_honey(), 3))


def page_of(withdrawal, name="withdrawal"):
    return english(name, withdrawal.order.number, withdrawal.number)


def take_back(withdrawal):
    return operations.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=None)


@pytest.mark.parametrize(
    ("group", "sees", "decides", "changes"),
    [
        ("support", 200, 302, 403),
        ("logistics", 200, 302, 403),
        ("finance", 200, 403, 422),
        ("director", 200, 302, 422),
        ("catalogue", 403, 403, 403),
    ],
)
def test_the_pages_open_by_right(client, order, group, sees, decides, changes):
    withdrawal = declare(order)
    sign_in(client, make_staff(group))

    pages = [english("withdrawals"), english("withdrawal-periods"), page_of(withdrawal)]
    assert [client.get(page).status_code for page in pages] == [sees] * 3
    assert client.post(page_of(withdrawal, "withdrawal-received")).status_code == decides
    assert client.post(english("withdrawal-periods"), {}).status_code == changes


def test_buyers_do_not_find_the_office(client, order):
    withdrawal = declare(order)

    assert client.get(page_of(withdrawal)).status_code == 302  # to sign in
    assert Withdrawal.objects.get().state == "DECLARED"


def test_goods_come_back_and_fewer_pieces_are_accepted(client, support, order):
    withdrawal = declare(order)
    line = order.lines.get()

    client.post(page_of(withdrawal, "withdrawal-received"))
    shown = client.get(page_of(withdrawal)).content.decode()
    done = client.post(page_of(withdrawal, "withdrawal-accept"), {f"back-{line.pk}": "٢", "note": "One jar open"})

    assert f'name="back-{line.pk}" value="3"' in shown
    assert done.status_code == 302
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.lines.get().back, withdrawal.note) == ("ACCEPTED", 2, "One jar open")
    assert withdrawal.handled_by.is_staff


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("4", "Only 3 of these were declared."),
        ("0", "Nothing is back: reject it instead"),
        ("", "Write how many"),
        ("-1", "Take at least one."),
        ("some", "Write a whole number"),
    ],
)
def test_pieces_that_cannot_be_back_are_said_on_the_page(client, support, order, typed, said):
    withdrawal = take_back(declare(order))

    answer = client.post(page_of(withdrawal, "withdrawal-accept"), {f"back-{order.lines.get().pk}": typed})

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    withdrawal.refresh_from_db()
    assert withdrawal.state == "RECEIVED"


def test_a_rejection_needs_a_reason_and_keeps_it(client, support, order):
    withdrawal = declare(order)

    without = client.post(page_of(withdrawal, "withdrawal-reject"), {"rejection": "BECAUSE"})
    client.post(page_of(withdrawal, "withdrawal-reject"), {"rejection": "OPENED", "note": "All three"})

    assert without.status_code == 422
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.rejection, withdrawal.note) == ("REJECTED", "OPENED", "All three")


@pytest.mark.parametrize("step", ["withdrawal-received", "withdrawal-accept", "withdrawal-reject"])
def test_a_button_of_a_page_left_open_changes_nothing(client, support, order, step):
    withdrawal = declare(order)
    operations.call_off(withdrawal_id=withdrawal.pk, now=timezone.now())
    fields = {f"back-{order.lines.get().pk}": "1", "rejection": "USED"}

    answer = client.post(page_of(withdrawal, step), fields, follow=True)

    assert "taken back by the buyer” now; nothing was changed." in answer.content.decode()
    assert Withdrawal.objects.get().state == "CANCELLED"


def test_money_that_cannot_be_given_back_is_said_and_leaves_all_as_it_was(client, support, order):
    withdrawal = take_back(declare(order))

    def refuse(**kwargs):
        raise MoreThanCaptured(0)

    signals.withdrawal_accepted.connect(refuse)
    try:
        answer = client.post(
            page_of(withdrawal, "withdrawal-accept"), {f"back-{order.lines.get().pk}": "1"}, follow=True
        )
    finally:
        signals.withdrawal_accepted.disconnect(refuse)

    assert "So much cannot be given back any more" in answer.content.decode()
    assert Withdrawal.objects.get().state == "RECEIVED"


def test_what_is_not_there_is_not_found(client, support, order):
    assert client.get(english("withdrawal", order.number, 1)).status_code == 404
    assert client.get(english("withdrawal", "nothing", 1)).status_code == 404


def test_the_list_begins_with_what_is_open_and_filters(client, support, order):
    first = declare(order, {order.lines.get().pk: 1}, confirmation="a")
    second = declare(order, {order.lines.get().pk: 1}, confirmation="b")
    operations.reject(withdrawal_id=first.pk, rejection="USED", now=timezone.now(), by=None)

    def listed(**wanted):
        page = client.get(english("withdrawals"), wanted).content.decode()
        return [one.reference for one in (first, second) if f">{one.reference}<" in page]

    assert listed() == [second.reference]
    assert listed(state="") == [first.reference, second.reference]
    assert listed(state="REJECTED") == [first.reference]


@pytest.mark.parametrize("name", ["withdrawals", "withdrawal"])
def test_pages_ask_the_same_for_one_row_and_for_many(client, support, name, django_assert_num_queries):
    def address(number):
        order = make_delivered_order(*((make_honey(), 1) for _ in range(number)))
        withdrawal = declare(order)
        return english("withdrawals") if name == "withdrawals" else page_of(withdrawal)

    one = address(1)
    client.get(one)
    with CaptureQueriesContext(connection) as first:
        client.get(one)
    three = address(3)

    with django_assert_num_queries(len(first)):
        assert client.get(three).status_code == 200


def change(**fields):
    values = {"destination": "FR", "product_class": "ordinary", "days": "30", "valid_from": "2026-12-01"}
    return values | {"note": "our own promise"} | fields


@pytest.fixture
def finance(client):
    open_deliveries()
    return sign_in(client, make_staff("finance"))


def test_a_change_takes_the_place_of_the_row_before_it(client, finance):
    for days, first in (("30", "2026-12-01"), ("45", "2027-01-01")):
        assert client.post(english("withdrawal-periods"), change(days=days, valid_from=first)).status_code == 302

    rows = WithdrawalPeriod.objects.filter(destination="FR").values_list("days", "valid_from", "valid_until")
    assert list(rows) == [(30, date(2026, 12, 1), date(2027, 1, 1)), (45, date(2027, 1, 1), None)]
    assert "France" in client.get(english("withdrawal-periods")).content.decode()


def test_what_cannot_be_sent_back_has_a_reason_and_no_days(client, finance):
    client.post(english("withdrawal-periods"), change(excluded="health", unopened_only="on"))

    row = WithdrawalPeriod.objects.get(destination="FR")
    assert (row.days, row.excluded, row.unopened_only, row.written_by.is_staff) == (0, "health", False, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"days": ""}, "From 1 to 90 days."),
        ({"days": "0"}, "From 1 to 90 days."),
        ({"days": "91"}, "From 1 to 90 days."),
        ({"days": "-3"}, "Take at least one."),
        ({"valid_from": "2026-11-20"}, "choose tomorrow or later"),
        ({"valid_from": "1026-11-20"}, "valid date"),
        ({"destination": "XX"}, "Select a valid choice"),
        ({"note": ""}, "required"),
    ],
)
def test_a_change_typed_wrongly_is_said_and_changes_nothing(client, finance, fields, said):
    answer = client.post(english("withdrawal-periods"), change(**fields))

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not WithdrawalPeriod.objects.filter(destination="FR").exists()


def test_a_change_before_one_that_is_planned_is_refused(client, finance):
    client.post(english("withdrawal-periods"), change(valid_from="2027-01-01"))

    answer = client.post(english("withdrawal-periods"), change(valid_from="2026-12-01"))

    assert (answer.status_code, "is written already" in answer.content.decode()) == (422, True)


def test_pages_stand_in_each_language(client, support, order):
    take_back(declare(order, {order.lines.get().pk: 1}))
    for language in ("ar", "fr", "en"):
        for name, args in (("withdrawals", ()), ("withdrawal-periods", ()), ("withdrawal", (order.number, 1))):
            path = f"/{language}" + reverse(f"office:{name}", args=args)[3:]
            assert client.get(path).status_code == 200


def test_cheese_is_listed_as_excluded(client, support):
    make_delivered_order((make_cheese(), 1))

    assert "it spoils quickly" in client.get(english("withdrawal-periods")).content.decode()
