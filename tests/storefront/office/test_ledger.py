"""The ledger's pages: read by finance, in each currency, a fixed number of questions, and no button anywhere."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfilment.ledger import operations, policies
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Earned, NewEntry, Source
from fulfilment.orders.models import Order
from fulfilment.payments import booking
from fulfilment.payments.models import PaymentAttempt
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.people import make_staff, sign_in
from tests.factories.sales import make_order
from tests.storefront.office.test_pages import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(client):
    sign_in(client, make_staff("finance"))
    return client


def sell(**fields) -> Order:
    """Return an order that was paid, with its sale in the ledger."""
    values = {"currency": "EUR", "destination": "FR", "method": "card", "status": "PAID"} | fields
    order = make_order((make_stockrecord(), 2), **values)
    now = timezone.now()
    attempt = PaymentAttempt.objects.create(
        order=order,
        number=1,
        provider="stripe",
        amount=order.total_incl_tax,
        currency=order.currency,
        state="SUCCEEDED",
        idempotency_key=f"order-{order.number}-attempt-1",
        intent_id=f"pi_{order.number}",
        created_at=now,
        updated_at=now,
    )
    booking.sell(attempt, now=now)
    return order


def deliver(cooperative, number: str, amount: str = "80.00", *, occurred_at=None) -> Entry:
    legs = policies.delivered([Earned(1, cooperative.pk, Decimal(amount))])
    now = timezone.now()
    return operations.post(NewEntry(Source.DELIVERY, number, legs, occurred_at or now), now=now)


def body(client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ")


def rows_of(page: str) -> list[list[str]]:
    """Return the words of each table row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    texts = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "|", row)) for row in rows]
    return [[cell.strip() for cell in text.split("|") if cell.strip()] for text in texts]


def test_an_empty_ledger_says_so(finance):
    assert "Nothing was booked yet." in body(finance, english("ledger"))


def test_the_trial_balance_keeps_currencies_apart_and_each_adds_up(finance):
    order = sell()

    rows = rows_of(body(finance, english("ledger")))

    gross = f"EUR {order.total_incl_tax}"
    assert ["Card provider", "5115", "asset", gross] in rows
    assert ["Conversion of euros", "6331", "conversion", gross] in rows
    assert ["Total", gross, gross] in rows
    totals = [row for row in rows if row[0] == "Total"]
    assert [debit == credit for _, debit, credit in totals] == [True, True]


def test_the_trial_balance_sums_cooperatives_into_one_row(finance):
    for number in ("a", "b"):
        deliver(make_cooperative(), number)

    rows = rows_of(body(finance, english("ledger")))

    assert ["Cooperatives: to be paid", "4411", "liability", "MAD 160.00"] in rows


def test_the_trial_balance_of_a_day_leaves_out_what_came_later(finance):
    cooperative = make_cooperative()
    deliver(cooperative, "a", "80.00", occurred_at=timezone.now() - timedelta(days=2))
    deliver(cooperative, "b", "31.50")

    before = body(finance, english("ledger"), at="2026-11-19")

    assert ("MAD 80.00" in before, "MAD 111.50" in before) == (True, False)
    assert "MAD 111.50" in body(finance, english("ledger"), at="")


@pytest.mark.parametrize("at", ["nonsense", "9999-12-31", "2026-13-01"])
def test_a_day_that_is_none_is_said_beside_the_field(finance, at):
    assert "field__error" in body(finance, english("ledger"), at=at)


def test_an_account_lists_its_movements_with_their_orders_newest_first(finance):
    first = sell()
    second = sell()

    rows = rows_of(body(finance, english("ledger-account", "clearing.card", "EUR")))

    assert [row[2] for row in rows if row[0] == "Sale"] == [second.number, first.number]


def test_an_account_of_cooperatives_opens_one_by_one(finance):
    atlas, souss = make_cooperative(), make_cooperative()
    deliver(atlas, "a", "80.00")
    deliver(souss, "b", "31.50")
    address = english("ledger-account", "cooperatives.payable", "MAD")

    both, one = body(finance, address), body(finance, address, cooperative=souss.slug)

    assert "MAD 111.50" in both
    assert ("MAD 31.50" in one, "MAD 80.00" in one, "MAD 111.50" in one) == (True, False, False)
    assert finance.get(address, {"cooperative": "nobody"}).status_code == 404


def test_an_entry_shows_both_sides_and_what_took_it_back(finance):
    entry = deliver(make_cooperative(), "P-1")
    back = operations.reverse(entry_id=entry.pk, reason="wrong parcel", now=timezone.now())

    page, opposite = (body(finance, english("ledger-entry", pk)) for pk in (entry.pk, back.pk))

    assert english("ledger-entry", back.pk) in page
    assert ("wrong parcel" in opposite, english("ledger-entry", entry.pk) in opposite) == (True, True)


def test_what_was_never_opened_is_not_there(finance):
    missing = [
        english("ledger-account", "bank", "MAD"),
        english("ledger-account", "x" * 300, "EUR"),
        english("ledger-account", "\0", "MAD"),
        english("ledger-entry", 1),
        english("ledger-entry", 10**30),
    ]

    assert [finance.get(address).status_code for address in missing] == [404] * len(missing)


def test_no_page_of_the_ledger_has_a_button_but_those_around_it(finance):
    sell()
    entry = Entry.objects.get()
    pages = [
        english("ledger"),
        english("ledger-account", "clearing.card", "EUR"),
        english("ledger-entry", entry.pk),
    ]

    for address in pages:
        posts = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', body(finance, address))
        assert all("ledger" not in action for action in posts)
        assert posts != []


def test_an_order_shows_what_was_booked_for_it_to_who_may_see_the_ledger(finance, client):
    order = sell()
    page = body(finance, english("order", order.number))
    sign_in(client, make_staff("support"))

    other = body(client, english("order", order.number))

    assert ("Conversion of euros" in page, "Conversion of euros" in other) == (True, False)


@pytest.mark.parametrize("name", ["ledger", "ledger-account", "ledger-entry", "order"])
def test_pages_ask_the_same_for_one_entry_and_for_many(finance, name, django_assert_num_queries):
    first = sell()
    address = {
        "ledger": english("ledger"),
        "ledger-account": english("ledger-account", "cooperatives.accrued", "MAD"),
        "ledger-entry": english("ledger-entry", Entry.objects.get().pk),
        "order": english("order", first.number),
    }[name]
    body(finance, address)
    with CaptureQueriesContext(connection) as once:
        body(finance, address)
    for _ in range(2):
        sell()

    with django_assert_num_queries(len(once)):
        body(finance, address)
    assert name == "order" or len(once) <= 12
