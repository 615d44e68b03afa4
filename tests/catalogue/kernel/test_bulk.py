from decimal import Decimal

import pytest

from catalogue.kernel.bulk import Counts, upsert
from catalogue.places.models import Region
from catalogue.pricing.models import VatClass

pytestmark = pytest.mark.django_db


def test_upsert_writes_only_the_difference():
    upsert(VatClass, [VatClass(code="N20", rate_pct=20), VatClass(code="R10", rate_pct=10)], key=("code",), fields=())

    wanted = [VatClass(code=code, rate_pct=Decimal(rate)) for code, rate in (("N20", 20), ("R10", 14), ("EXO", 0))]
    counts = upsert(VatClass, wanted, key=("code",), fields=("rate_pct",))

    assert counts == Counts(created=1, changed=1, unchanged=1)
    assert dict(VatClass.objects.values_list("code", "rate_pct")) == {"N20": 20, "R10": 14, "EXO": 0}
    assert all(row.pk for row in wanted)


def test_upsert_takes_as_many_queries_for_three_rows_as_for_one(django_assert_num_queries):
    with django_assert_num_queries(2):
        upsert(VatClass, [VatClass(code="A", rate_pct=1)], key=("code",), fields=("rate_pct",))
    with django_assert_num_queries(2):
        upsert(VatClass, [VatClass(code=code, rate_pct=1) for code in "BCD"], key=("code",), fields=("rate_pct",))


def test_upsert_leaves_rows_that_are_not_wanted():
    VatClass.objects.create(code="OLD", rate_pct=7)

    assert upsert(VatClass, [], key=("code",), fields=("rate_pct",)) == Counts()
    assert VatClass.objects.filter(code="OLD").exists()
    assert not Region.objects.exists()
