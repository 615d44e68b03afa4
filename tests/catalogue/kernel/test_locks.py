import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalogue.kernel import locks
from catalogue.places.models import Region
from tests.support.races import run_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def regions():
    codes = ("MA-02", "MA-01")
    return [
        Region.objects.create(code=code, slug=code, name=code, latitude=0, longitude=0, population_2024=0)
        for code in codes
    ]


def test_lock_takes_rows_in_key_order_without_their_keys(regions):
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        locked = locks.lock(Region.objects.all())

    assert [region.pk for region in locked] == sorted(region.pk for region in regions)
    assert any("FOR NO KEY UPDATE" in query["sql"] for query in queries)


def test_lock_one_returns_the_row_or_says_that_there_is_none(regions):
    assert locks.lock_one(Region.objects.filter(pk=regions[0].pk)) == regions[0]

    with pytest.raises(Region.DoesNotExist):
        locks.lock_one(Region.objects.none())


def test_lock_ids_returns_rows_by_id(regions):
    later = regions[1].pk

    assert locks.lock_ids(Region, [later, later]) == {later: regions[1]}


def test_the_same_transaction_may_take_an_advisory_lock_again():
    assert locks.try_advisory_lock("relay")
    assert locks.try_advisory_lock("relay")


@pytest.mark.django_db(transaction=True)
def test_an_advisory_lock_is_refused_while_another_has_it():
    taken = []

    def take():
        with transaction.atomic():
            taken.append(locks.try_advisory_lock("payouts"))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.5)")

    run_together(take, workers=2)

    assert sorted(taken) == [False, True]
