from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from catalogue.cooperatives.models import StockRecord
from catalogue.pricing import operations, queries
from catalogue.pricing.models import Price, PriceList

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue_data]

LATER = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def current():
    return queries.current_list(LATER)


@pytest.fixture
def opening():
    """An opening list in force, as after a first load."""
    return operations.publish_opening_list(now=LATER - timedelta(hours=1))


def test_publish_opening_list_says_nothing_new_twice(opening):
    assert operations.publish_opening_list(now=LATER) is None
    assert queries.current_list(LATER) == opening


def test_publish_opening_list_ends_the_one_in_force(current):
    StockRecord.objects.filter(pk=StockRecord.objects.order_by("pk").first().pk).update(price=999)

    published = operations.publish_opening_list(now=LATER)

    current.refresh_from_db()
    assert current.ends_at == published.starts_at == LATER
    assert queries.current_list(LATER) == published
    assert queries.current_list(LATER - timedelta(seconds=1)) == current
    assert published.prices.count() == StockRecord.objects.count() * 6


def test_publish_opening_list_refuses_to_start_before_the_one_in_force(current):
    StockRecord.objects.filter(pk=StockRecord.objects.order_by("pk").first().pk).update(price=999)

    with pytest.raises(operations.TooEarly):
        operations.publish_opening_list(now=current.starts_at)


def test_every_price_is_the_sum_of_its_parts_and_round(current):
    wrong = [
        price
        for price in current.prices.all()
        if sum(getattr(price, f"part_{part}") for part in Price.PARTS) != price.price
        or price.price % {"MAD": Decimal("0.50")}.get(price.currency, Decimal("0.10"))
    ]

    assert wrong == []


def test_dirhams_at_home_keep_the_public_price(opening):
    kept = dict(opening.prices.filter(currency="MAD", side="home").values_list("stockrecord", "price"))

    assert kept == dict(StockRecord.objects.values_list("pk", "price"))


@pytest.mark.parametrize("field", ["price", "farm_gate_mad", "part_office"])
def test_the_database_refuses_to_change_a_price(current, field):
    with pytest.raises(DatabaseError, match="a published price never changes"), transaction.atomic():
        current.prices.filter(pk=current.prices.first().pk).update(**{field: 1})


def test_the_database_refuses_to_delete_what_was_published(current):
    for rows in (current.prices.all(), PriceList.objects.filter(pk=current.pk)):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            rows._raw_delete(rows.db)


def test_a_list_can_be_ended_once_and_nothing_else(current):
    for change in ({"eur_rate": 1}, {"starts_at": LATER}, {"reference": "X"}, {"eur_rate": 1, "ends_at": LATER}):
        with pytest.raises(DatabaseError, match="can only be ended"), transaction.atomic():
            PriceList.objects.filter(pk=current.pk).update(**change)
    PriceList.objects.filter(pk=current.pk).update(ends_at=LATER)
    with pytest.raises(DatabaseError, match="can only be ended"), transaction.atomic():
        PriceList.objects.filter(pk=current.pk).update(ends_at=LATER + timedelta(hours=1))


def test_two_lists_cannot_be_in_force_at_once(current):
    with pytest.raises(DatabaseError, match="price_lists_follow_each_other"), transaction.atomic():
        PriceList.objects.create(
            reference="SECOND", starts_at=LATER, published_at=LATER, eur_rate=11, usd_rate=9, rates_day=LATER.date()
        )


def test_current_list_of_a_time_before_any():
    with pytest.raises(queries.NoPriceList):
        queries.current_list(datetime(2020, 1, 1, tzinfo=UTC))


def test_rates_on_a_day_without_any_are_the_last_before():
    assert queries.rates_on(LATER.date() + timedelta(days=2)) == queries.rates_on(LATER.date())
    with pytest.raises(queries.NoRates):
        queries.rates_on(LATER.date() - timedelta(days=3000))
