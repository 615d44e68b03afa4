"""Stamp duty at the office: dated rows on the page of taxes, an order's page, and what is to be declared."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.pricing.models import StampDuty
from fulfilment.ledger import operations, policies, queries
from fulfilment.ledger.policies import AtTheDoor, NewEntry, Refund, Sale, SoldLine, Source
from tests.factories.catalogue import make_cooperative
from tests.factories.duties import make_duty
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.people import make_staff, sign_in
from tests.fulfilment.ledger.policies.test_sales import sold_line
from tests.storefront.office.test_pages import english
from tests.storefront.office.test_prices import text_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def finance(client):
    sign_in(client, make_staff("finance"))
    return client


def sell(number: str, at: datetime, duty: str, *, of_buyer: bool = False) -> Sale:
    """Book a sale in cash with this duty."""
    door = AtTheDoor(stamp_duty=D(duty), of_buyer=D(duty) if of_buyer else D(0))
    line = sold_line(cooperative_id=make_cooperative().pk)
    sold = Sale("MAD", "cash", (SoldLine(**{**vars(line), "at_the_door": door}),))
    operations.post(NewEntry(Source.SALE, number, policies.sale(sold), at, order_number=number), now=at)
    return sold


def give_back(number: str, sold: Sale, at: datetime) -> None:
    legs = policies.refund(sold, Refund(sold.whole, method="transfer"))
    operations.post(NewEntry(Source.REFUND, f"{number}-refund", legs, at, order_number=number), now=at)


def test_the_duty_to_declare_is_read_off_the_ledger_by_month_of_the_shop():
    # November 2026 is UTC+0 in Casablanca: the last minute of October is October's
    sell("A1", datetime(2026, 10, 31, 23, 59, tzinfo=UTC), "0.70")
    sold = sell("A2", datetime(2026, 11, 1, 0, 1, tzinfo=UTC), "1.30", of_buyer=True)
    sell("A3", datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "0.25")
    give_back("A2", sold, datetime(2026, 12, 2, 9, 0, tzinfo=UTC))

    months = queries.stamp_duty_by_month()

    assert [(row.month.month, row.due, row.taken_back, row.to_declare, row.borne_by_office) for row in months] == [
        (12, D("0.00"), D("1.30"), D("-1.30"), D("0.00")),
        (11, D("1.55"), D("0.00"), D("1.55"), D("0.25")),
        (10, D("0.70"), D("0.00"), D("0.70"), D("0.70")),
    ]


def test_the_page_shows_it_to_finance_in_as_many_questions_for_one_month_as_for_three(finance):
    finance.get(english("stamp-duty"))  # who is asking is read once
    counts = []
    for month in (9, 10, 11):
        sell(f"B{month}", datetime(2026, month, 10, tzinfo=UTC), "0.70")
        with CaptureQueriesContext(connection) as asked:
            page = finance.get(english("stamp-duty"))
        counts.append(len(asked))

    assert counts[0] == counts[2]
    seen = text_of(page)
    assert all(word in seen for word in ("September 2026", "October 2026", "November 2026", "MAD 0.70"))


def test_nobody_else_reads_it(client):
    sign_in(client, make_staff("catalogue"))

    assert client.get(english("stamp-duty")).status_code == 403


def test_a_duty_is_written_and_ended_by_who_is_signed_in(finance):
    finance.post(
        english("dated-add", "stamp"),
        {"rate_pct": "0,25", "borne_by": "buyer", "valid_from": "2026-12-01", "note": "art. 252"},
    )
    row = StampDuty.objects.get()
    overlapping = finance.post(
        english("dated-add", "stamp"), {"rate_pct": "1", "borne_by": "office", "valid_from": "2027-01-01"}
    )
    finance.post(english("dated-end", "stamp", row.pk), {"until": "2027-01-01"})

    row.refresh_from_db()
    assert (row.rate_pct, row.borne_by, str(row.valid_until)) == (D("0.25"), "buyer", "2027-01-01")
    assert overlapping.status_code == 422
    assert "end that one first" in text_of(overlapping)
    assert "art. 252" in text_of(finance.get(english("taxes")))


@pytest.mark.parametrize("rate", ["0", "10,01", "-1", "a lot"])
def test_a_rate_that_cannot_be_is_refused(finance, rate):
    answer = finance.post(
        english("dated-add", "stamp"), {"rate_pct": rate, "borne_by": "buyer", "valid_from": "2026-12-01"}
    )

    assert (answer.status_code, StampDuty.objects.count()) == (422, 0)


def test_an_orders_page_says_what_the_office_bears(finance):
    make_duty("office")
    open_deliveries()
    order = place_order((stock("120.00"), 1))

    seen = text_of(finance.get(english("order", order.number)))

    assert re.search(r"Stamp duty of MAD\s0.39 \(\s?0.25%\s?\), borne by the office\.", seen)
