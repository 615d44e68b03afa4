"""The desk for bank transfers: what is awaited, what is recorded, what a person decides."""

from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from fulfilment.orders.invoicing import InvoiceTo
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments import operations
from fulfilment.payments.models import BankCredit
from tests.factories.orders import open_deliveries
from tests.factories.people import make_staff, sign_in
from tests.factories.transfers import place_transfer, receive
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
State = BankCredit.State


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def order():
    return place_transfer(invoice_to=InvoiceTo("Atlas Cantines SARL", "999000001000075"))


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def type_line(client, order=None, language="en", **cells):
    data = {
        "reference": "VIR-1",
        "amount": str(order.total_incl_tax) if order else "600,00",
        "currency": "MAD",
        "value_on": "2026-11-20",
        "payer_name": "STE ATLAS",
        "message": order.number if order else "",
    }
    return client.post(f"/{language}" + english("transfers")[3:], data | cells)


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)][-1]


def status(order):
    return Order.objects.get(pk=order.pk).status


def test_the_desk_shows_who_is_awaited_with_company_and_amount(client, finance, order):
    page = client.get(english("transfers")).content.decode()

    assert order.number in page
    assert "Atlas Cantines SARL" in page
    assert "600.00" in page


@pytest.mark.parametrize("typed", ["600", "600,00", "600.00 DH", "٦٠٠٫٠٠"])
def test_a_line_is_typed_in_any_usual_way_and_pays_its_order(client, finance, order, typed):
    answer = type_line(client, order, amount=typed)

    credit = BankCredit.objects.get()
    assert (answer.status_code, told(answer)) == (302, f"Recorded. Order {order.number} is paid.")
    assert (credit.state, credit.recorded_by, credit.decided_by) == (State.SETTLED, finance, None)
    assert status(order) == "PAID"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"amount": ""}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-600"}, "amount"),
        ({"amount": "600.001"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "99999999999"}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"value_on": "2026-11-21"}, "value_on"),
        ({"value_on": "20/20/2026"}, "value_on"),
        ({"reference": ""}, "reference"),
        ({"reference": "VIR;1"}, "reference"),
        ({"reference": "A" * 41}, "reference"),
        ({"payer_name": " \u200f "}, "payer_name"),
        ({"message": "x" * 201}, "message"),
        ({"reference": "A\0B"}, "reference"),
    ],
)
def test_a_wrong_line_is_told_beside_its_field_and_nothing_is_kept(client, finance, order, cells, field):
    answer = type_line(client, order, **cells)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (BankCredit.objects.count(), status(order)) == (0, "PENDING_PAYMENT")


def test_the_same_line_again_is_refused_and_says_who_recorded_it(client, finance, order):
    type_line(client, order)

    answer = type_line(client, order, reference="vir-1")

    page = answer.content.decode()
    assert (answer.status_code, BankCredit.objects.count()) == (422, 1)
    assert "This line was recorded already" in page
    assert str(finance) in page


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"amount": "599.99"}, "for another amount"),
        ({"currency": "EUR"}, "in another currency"),
        ({"message": "loyer"}, "names no order"),
    ],
)
def test_what_does_not_fit_waits_and_says_why(client, finance, order, cells, words):
    answer = type_line(client, order, **cells)

    page = client.get(english("transfers")).content.decode()
    assert words in told(answer)
    assert words in page
    assert (BankCredit.objects.get().state, status(order)) == (State.WAITING, "PENDING_PAYMENT")


def test_the_order_s_page_names_the_company(client, finance, order):
    page = client.get(english("order", order.number)).content.decode()

    assert "Atlas Cantines SARL" in page
    assert "999000001000075" in page


def test_two_parts_are_matched_by_a_person(client, finance, order):
    parts = [receive(amount=order.total_incl_tax - 35), receive(amount=Decimal(35))]

    answer = client.post(
        english("transfers-match"), {"credit": [part.pk for part in parts], "number": order.number.lower()}
    )

    assert (told(answer), status(order)) == (f"Order {order.number} is paid.", "PAID")
    assert set(BankCredit.objects.values_list("state", "decided_by")) == {(State.SETTLED, finance.pk)}
    assert [name for name, rows in violations() if rows] == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"number": "2222222222"}, "There is no order"),
        ({"number": "22"}, "ten letters and digits"),
        ({"credit": []}, "Mark the lines"),
        ({"credit": ["999999"]}, ""),
        ({"credit": ["x"]}, ""),
        ({}, "Nothing was matched"),
    ],
)
def test_a_match_that_cannot_be_says_why_and_changes_nothing(client, finance, order, data, words):
    credit = receive(amount=Decimal(5))

    answer = client.post(english("transfers-match"), {"credit": [credit.pk], "number": order.number} | data)

    assert answer.status_code == 302
    assert words in told(answer)
    assert (status(order), BankCredit.objects.get().state) == ("PENDING_PAYMENT", State.WAITING)


def test_money_that_went_back_is_noted_once(client, finance, order):
    credit = receive(order, amount=Decimal(5))

    answers = [client.post(english("transfer-returned", credit.pk), {"returned_as": "RET 9"}) for _ in range(2)]

    credit.refresh_from_db()
    assert (credit.state, credit.returned_as, credit.decided_by) == (State.RETURNED, "RET9", finance)
    assert told(answers[1]).startswith("Somebody decided this line meanwhile")
    assert set(OrderEvent.objects.filter(order=order).values_list("kind", flat=True)) >= {
        "transfer_waits",
        "transfer_returned",
    }


@pytest.mark.parametrize("reference", ["", ";", "R" * 41])
def test_money_does_not_go_back_without_the_bank_s_reference(client, finance, reference):
    credit = receive()

    answer = client.post(english("transfer-returned", credit.pk), {"returned_as": reference})

    assert (answer.status_code, BankCredit.objects.get().state) == (302, State.WAITING)


@pytest.mark.parametrize("group", ["support", "logistics", "catalogue"])
def test_others_neither_see_nor_record_transfers(client, order, group):
    credit = receive()
    sign_in(client, make_staff(group))

    answers = [
        client.get(english("transfers")),
        type_line(client, order, reference="VIR-2"),
        client.post(english("transfers-match"), {"credit": [credit.pk], "number": order.number}),
        client.post(english("transfer-returned", credit.pk), {"returned_as": "R-1"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert "/office/transfers/" not in client.get(english("home")).content.decode()


def test_a_visit_decides_nothing(client, finance):
    answers = [client.get(english("transfers-match")), client.get(english("transfer-returned", 1))]

    assert [answer.status_code for answer in answers] == [405, 405]


def test_the_home_page_counts_what_waits(client, finance):
    receive()

    page = client.get(english("home")).content.decode()

    assert "Transfers to look at" in page


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_desk_reads_in_each_language(client, finance, order, language):
    receive(order, amount=Decimal(5))

    page = client.get(f"/{language}/office/transfers/").content.decode()

    assert f'lang="{language}"' in page
    assert order.number in page


def test_the_desk_asks_as_much_for_three_as_for_one(client, finance, order):
    def visit():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(english("transfers")).status_code == 200
        return len(queries)

    record = StockRecord.objects.get()
    receive(order, amount=Decimal(5))
    one_paid = place_transfer((record, 2))
    receive(one_paid)
    visit()
    one = visit()
    for _ in range(2):
        awaited = place_transfer((record, 2))
        receive(awaited, amount=Decimal(6))
    spare = [receive(amount=Decimal(7)) for _ in range(2)]
    for number, credit in enumerate(spare):
        operations.return_credit(credit_id=credit.pk, returned_as=f"R-{number}", now=timezone.now(), by=finance)

    assert visit() == one
