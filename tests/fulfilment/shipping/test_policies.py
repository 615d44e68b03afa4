"""What a parcel weighs and costs. No database."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from fulfilment.shipping.policies import Load, Promise, Terms, deliveries, flags_of, in_currency, promise, refusal


def terms(method="home", weight_from_g=0, weight_to_g=5000, price_mad="35.00", free_from_mad=None, **fields):
    values = {
        "days_from": 2,
        "days_until": 4,
        "cash_allowed": True,
        "cash_up_to_mad": Decimal(10_000),
        "divisor": 5000,
    }
    free = Decimal(free_from_mad) if free_from_mad else None
    values |= fields
    return Terms(method, weight_from_g, weight_to_g, Decimal(price_mad), free_from_mad=free, **values)


def offered(tariffs, *, load=Load(900), goods_mad="100.00", destination="MA", currency="MAD", rate="1"):
    found = deliveries(
        tariffs,
        load=load,
        goods_mad=Decimal(goods_mad),
        destination=destination,
        currency=currency,
        mad_per_unit=Decimal(rate),
    )
    return [(way.code, way.price) for way in found]


@pytest.mark.parametrize(
    ("weight_g", "volume_cm3", "divisor", "chargeable_g"),
    [(900, "1000", 5000, 900), (900, "6000", 5000, 1200), (0, "1", 3000, 1), (1200, "6000", 5000, 1200)],
)
def test_a_light_bulky_parcel_is_charged_by_its_room(weight_g, volume_cm3, divisor, chargeable_g):
    assert Load(weight_g, Decimal(volume_cm3)).chargeable_g(divisor) == chargeable_g


def test_only_brackets_that_cover_the_weight_are_offered_their_upper_end_included():
    tariffs = [terms("home", 0, 1000, "25.00"), terms("home", 1000, 3000, "29.00"), terms("express", 0, 999, "50.00")]

    assert offered(tariffs, load=Load(1000)) == [("home", Decimal("25.00"))]


def test_pick_up_points_are_not_offered_while_there_are_none():
    assert offered([terms("relay", price_mad="15.00"), terms()]) == [("home", Decimal("35.00"))]


def test_delivery_is_free_from_the_threshold_at_home_only():
    tariff = terms(free_from_mad="600.00")

    at, below = offered([tariff], goods_mad="600.00"), offered([tariff], goods_mad="599.99")
    abroad = offered([tariff], goods_mad="600.00", destination="FR")

    assert (at, below, abroad) == ([("home", Decimal(0))], [("home", Decimal("35.00"))], [("home", Decimal("35.00"))])


@pytest.mark.parametrize(
    ("amount_mad", "currency", "rate", "price"),
    [
        ("190.00", "EUR", "10.80", "17.60"),
        ("190.00", "USD", "9.30", "20.50"),
        ("108.00", "EUR", "10.80", "10.00"),
        ("190.00", "MAD", "1", "190.00"),
        ("0.00", "EUR", "10.80", "0.00"),
    ],
)
def test_a_tariff_is_converted_once_and_rounded_up_by_the_currency_s_step(amount_mad, currency, rate, price):
    assert in_currency(Decimal(amount_mad), currency, Decimal(rate)) == Decimal(price)


def test_what_is_blocked_is_named_before_what_needs_a_review():
    rules = {"ANY_FOOD": "review", "ANIMAL_ORIGIN_DAIRY": "block"}

    assert refusal(flags_of(["ANIMAL_ORIGIN_DAIRY"], "food"), rules) == "ANIMAL_ORIGIN_DAIRY"
    assert refusal(flags_of([], "food"), rules) == "ANY_FOOD"
    assert refusal(flags_of([], "craft"), rules) == ""


@pytest.mark.parametrize(
    ("ordered", "first", "last"),
    [
        (datetime(2026, 11, 20, 9), date(2026, 11, 24), date(2026, 11, 26)),
        (datetime(2026, 11, 20, 14), date(2026, 11, 24), date(2026, 11, 26)),
        (datetime(2026, 11, 20, 14, 1), date(2026, 11, 25), date(2026, 11, 27)),
        (datetime(2026, 11, 21, 9), date(2026, 11, 25), date(2026, 11, 27)),
        (datetime(2026, 12, 30, 9), date(2027, 1, 4), date(2027, 1, 6)),
    ],
)
def test_a_parcel_begins_its_way_by_two_o_clock_on_a_working_day(ordered, first, last):
    assert promise(ordered, 2, 4) == Promise(first, last)


def test_a_promise_counts_around_a_feast():
    eid = {date(2026, 11, 24), date(2026, 11, 25)}

    assert promise(datetime(2026, 11, 20, 9), 2, 4, eid) == Promise(date(2026, 11, 26), date(2026, 11, 30))
