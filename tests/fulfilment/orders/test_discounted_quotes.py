"""A quote with discounts: what it adds up to, and that splitting a line or going round by euros changes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.orders.discounting import Amounts, AtHand, Kind, Offer
from fulfilment.orders.models import Line, LineDiscount
from fulfilment.orders.policies import Item
from fulfilment.orders.queries import quote
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db
D = Decimal
OFFERS = AtHand(
    (
        Offer(1, "a third", Kind.PERCENT, percent=D("33.33")),
        Offer(2, "some", Kind.BASKET, amount=Amounts({"MAD": D("17.77")}, converted=True)),
        Offer(3, "delivery", Kind.DELIVERY_PERCENT, percent=D("12.5")),
    )
)


def quoted(*items, currency="MAD", destination="MA"):
    return quote(
        [Item(record.pk, quantity) for record, quantity in items],
        shopping=Shopping(currency=currency, destination=destination),
        zone_code="MA3" if destination == "MA" else "IN-1",
        now=timezone.now() + timedelta(seconds=1),
        offers=OFFERS,
    )


@pytest.fixture
def records():
    open_deliveries()
    return stock("47.50"), stock("12.50")


@pytest.mark.parametrize("currency", ["MAD", "EUR", "USD"])
@pytest.mark.parametrize("destination", ["MA", "FR"])
def test_splitting_a_line_and_turning_the_basket_round_change_nothing(records, currency, destination):
    honey, dates = records
    one = quoted((honey, 5), (dates, 3), currency=currency, destination=destination)
    split = quoted((dates, 1), (honey, 2), (dates, 2), (honey, 3), currency=currency, destination=destination)

    way = one.deliveries[0]
    assert sorted(one.discounts, key=str) == sorted(split.discounts, key=str)
    assert one.fingerprint(way) == split.fingerprint(split.deliveries[0])
    assert one.total(way) == one.goods - one.discount + way.price


def test_dirhams_to_euros_and_back_is_the_same_quote(records):
    items = [(records[0], 2), (records[1], 7)]
    before = quoted(*items)
    quoted(*items, currency="EUR")

    assert quoted(*items) == before


def test_a_delivery_costs_what_is_left_of_it_and_says_why(records):
    found = quoted((records[0], 1))
    way = found.deliveries[0]

    (row,) = found.off_delivery(way)
    assert (way.price, row.amount, way.price_mad) == (D("30.62"), D("4.38"), D("35.00"))


@pytest.mark.parametrize(
    "change",
    [
        {"given_mad": D("0.01")},
        {"given_mad": D("-0.01"), "floor_mad": D("0")},
        {"given_mad": D("20.00"), "floor_mad": D("70.01")},
        {"line_price_incl_tax": D("120.01")},
        {"line_price_excl_tax": D("-0.01")},
    ],
)
def test_the_database_refuses_a_line_below_its_floor_or_above_its_price(change):
    open_deliveries()
    line = place_order((stock("120.00", farm_gate="80.00"), 1)).lines.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(pk=line.pk).update(**change)


@pytest.mark.parametrize(
    "figures", [{"amount": 0}, {"amount": -1}, {"tax": -1}, {"tax": D("2.01")}, {"cooperative_mad": -1}]
)
def test_the_database_refuses_a_discount_that_makes_no_sense(figures):
    open_deliveries()
    line = place_order((stock(), 1)).lines.get()
    values = {"amount": D(2), "tax": D(0), "cooperative_mad": D(0)} | figures

    with pytest.raises(IntegrityError), transaction.atomic():
        LineDiscount.objects.create(line=line, name="never", **values)
