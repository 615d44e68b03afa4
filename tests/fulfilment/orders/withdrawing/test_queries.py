"""Which row speaks for an order, and until when its lines may be sent back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.orders.withdrawing.models import WithdrawalPeriod
from fulfilment.orders.withdrawing.queries import NoPeriod, ends_at, period_of, periods_for
from tests.factories.catalogue import make_product, make_stockrecord, publish_prices
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
DELIVERED = datetime(2026, 11, 24, 10, tzinfo=UTC)
FRANCE = Shopping(currency="EUR", destination="FR")


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def mixed_order(**fields):
    honey = make_stockrecord(product=make_product("Miel", date_type="DDM", shelf_life_days=720))
    cheese = make_stockrecord(product=make_product("Jben", date_type="DLC", shelf_life_days=21))
    rug = make_stockrecord(product=make_product("Hanbel", kind="craft", unique_piece=True))
    publish_prices()
    return place_order((honey, 2), (cheese, 1), (rug, 1), **fields)


@pytest.mark.parametrize(
    ("destination", "days"), [("MA", 7), ("FR", 14), ("US", 7), ("BR", 7)], ids=["home", "EU", "US", "not served"]
)
def test_the_nearest_row_speaks_for_a_destination(destination, days, django_assert_num_queries):
    periods_for(destination, TODAY)  # countries are read once
    with django_assert_num_queries(1):
        found = periods_for(destination, TODAY)

    assert {kind: (row.days, row.excluded, row.unopened_only) for kind, row in found.items()} == {
        "ordinary": (days, "", False),
        "sealed": (days, "", True),
        "perishable": (0, "spoils", False),
    }


def test_each_line_keeps_the_row_of_its_class_and_has_its_own_end(django_assert_num_queries):
    order = mixed_order(shopping=FRANCE)
    honey, cheese, rug = lines = list(order.lines.order_by("pk"))

    with django_assert_num_queries(1):
        ends = ends_at(lines, DELIVERED)

    assert ends == {
        honey.pk: datetime(2026, 12, 9, tzinfo=UTC),
        cheese.pk: DELIVERED,
        rug.pk: datetime(2026, 12, 9, tzinfo=UTC),
    }


def test_loaded_rows_are_not_read_again(django_assert_num_queries):
    lines = list(place_order().lines.select_related("withdrawal_period"))

    with django_assert_num_queries(0):
        assert list(ends_at(lines, DELIVERED).values()) == [datetime(2026, 12, 2, tzinfo=UTC)]
        assert ends_at([], DELIVERED) == {}


def test_what_was_promised_stays_when_rows_and_products_change(clock):
    order = mixed_order()
    before = ends_at(order.lines.all(), DELIVERED)
    tomorrow = TODAY + timedelta(days=1)
    WithdrawalPeriod.objects.filter(destination="MA").update(valid_until=tomorrow)
    for kind in ("ordinary", "sealed", "perishable"):
        WithdrawalPeriod.objects.create(
            destination="MA", product_class=kind, days=1, valid_from=tomorrow, written_at=timezone.now()
        )
    for line in order.lines.all():
        line.product.cold_chain = True
        line.product.save()

    clock.shift(timedelta(days=1))

    assert ends_at(order.lines.all(), DELIVERED) == before
    assert place_order((stock(), 1)).lines.get().withdrawal_period.days == 1


def test_without_any_row_nothing_is_promised():
    WithdrawalPeriod.objects.update(valid_until=TODAY)

    with pytest.raises(NoPeriod):
        period_of(make_product(), periods_for("MA", TODAY))


@pytest.mark.parametrize(
    "wrong",
    [
        {"destination": ""},
        {"days": 0},
        {"days": 7, "excluded": "spoils"},
        {"days": 0, "excluded": "spoils", "unopened_only": True},
        {"days": 91},
        {"valid_until": date(2026, 11, 19)},
        {"destination": "MA"},
    ],
)
def test_the_database_refuses_a_period_that_cannot_be(wrong):
    values = {"destination": "JP", "product_class": "sealed", "days": 7, "valid_from": TODAY, "written_at": DELIVERED}

    with pytest.raises(IntegrityError), transaction.atomic():
        WithdrawalPeriod.objects.create(**values | wrong)


@pytest.mark.parametrize("change", ["UPDATE order_withdrawalperiod SET days = 9", "DELETE FROM order_withdrawalperiod"])
def test_a_period_is_never_edited(change):
    with pytest.raises(IntegrityError, match="only be ended"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
