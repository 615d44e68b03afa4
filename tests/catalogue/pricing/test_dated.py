"""Rows that hold from one day until another: two at once are refused, and what held once is never edited."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from catalogue.pricing import operations, terms
from catalogue.pricing.models import CooperativeTaxStatus, Fee, Seller, SellerOfRecord, TaxStatus, VatRate
from tests.factories.catalogue import make_cooperative, make_family, make_vat_rates

pytestmark = pytest.mark.django_db

NEW_YEAR, SPRING, SUMMER = date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1)
TODAY = date(2026, 11, 20)


def fee(part="packing", value="4", basis="unit", valid_from=NEW_YEAR, **fields):
    return Fee(part=part, value=Decimal(value), basis=basis, valid_from=valid_from, **fields)


def add(row):
    return operations.add_row(row=row, written_by=None, now=timezone.now())


def test_the_database_refuses_two_rows_that_overlap():
    Fee.objects.bulk_create([fee(valid_until=SUMMER, written_at=timezone.now())])

    with pytest.raises(IntegrityError, match="fees_follow_each_other"), transaction.atomic():
        Fee.objects.bulk_create([fee(valid_from=SPRING, written_at=timezone.now())])


@pytest.mark.parametrize("until", [None, SUMMER])
def test_an_overlap_is_named(until):
    add(fee(valid_until=until))

    with pytest.raises(operations.Overlaps, match="01/01/2027"):
        add(fee(valid_from=SPRING))

    assert Fee.objects.count() == 1


def test_what_follows_or_is_of_another_family_or_part_does_not_overlap():
    add(fee(valid_until=SPRING))

    for row in (fee(valid_from=SPRING), fee(family=make_family()), fee(part="transport")):
        add(row)

    assert Fee.objects.count() == 4


def test_a_family_goes_before_all_families():
    family = make_family()
    add(fee(part="office", basis="price", value="12"))
    add(fee(value="4"))
    add(fee(value="9", family=family))

    found = terms.on(SPRING)

    assert found.charges_of(family.pk).by_part["packing"].value == 9
    assert found.charges_of(family.pk).by_part["office"].value == 12
    assert found.charges_of(0).by_part["packing"].value == 4
    assert terms.on(TODAY).charges_of(family.pk).by_part == {}


@pytest.mark.parametrize("value", ["-1", "100", "150"])
def test_the_database_refuses_negative_fees_and_whole_percentages(value):
    with pytest.raises(IntegrityError), transaction.atomic():
        add(fee(basis="price", value=value))


def test_fees_that_together_take_the_whole_price_are_refused():
    add(fee(part="office", basis="price", value="60"))

    with pytest.raises(operations.FeesOverAHundred, match="100%"):
        add(fee(part="payment", basis="price", value="40", family=make_family("honey")))

    assert not Fee.objects.filter(part="payment").exists()


def test_fees_that_together_take_the_whole_price_on_a_later_day_are_refused():
    add(fee(part="office", basis="price", value="60", valid_from=SUMMER))

    with pytest.raises(operations.FeesOverAHundred, match="100%"):
        add(fee(part="payment", basis="price", value="40", family=make_family("honey")))

    assert Fee.objects.count() == 1


def test_a_row_is_ended_once_and_nothing_else():
    row = add(fee())

    for change in ({"value": 5}, {"valid_from": SPRING}, {"valid_until": SPRING, "note": "x"}):
        with pytest.raises(DatabaseError, match="can only be ended"), transaction.atomic():
            Fee.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError, match="can only be ended"), transaction.atomic():
        Fee.objects.filter(pk=row.pk)._raw_delete("default")
    operations.end_row(row=row, until=SPRING, today=TODAY)

    assert Fee.objects.get().valid_until == SPRING
    with pytest.raises(operations.EndedAlready):
        operations.end_row(row=row, until=SUMMER, today=TODAY)


def test_a_row_ended_on_its_first_day_never_held():
    row = add(fee())

    operations.end_row(row=row, until=NEW_YEAR, today=TODAY)
    add(fee(value="7"))

    assert terms.on(SPRING).charges_of(0).by_part["packing"].value == 7


@pytest.mark.parametrize(
    ("until", "refusal"), [(TODAY, operations.EndsBeforeStart), (date(2026, 11, 19), operations.EndsInThePast)]
)
def test_a_row_cannot_end_before_it_begins_nor_in_the_past(until, refusal):
    row = add(fee(valid_from=NEW_YEAR if refusal is operations.EndsBeforeStart else date(2026, 1, 1)))

    with pytest.raises(refusal):
        operations.end_row(row=row, until=until, today=TODAY)


def test_one_status_and_one_seller_of_a_cooperative_at_a_time():
    cooperative = make_cooperative()
    add(CooperativeTaxStatus(cooperative=cooperative, status=TaxStatus.LIABLE, valid_from=NEW_YEAR))
    add(SellerOfRecord(cooperative=cooperative, seller=Seller.COOPERATIVE, valid_from=NEW_YEAR))

    with pytest.raises(operations.Overlaps):
        add(CooperativeTaxStatus(cooperative=cooperative, status=TaxStatus.EXEMPT_RAW, valid_from=SPRING))
    with pytest.raises(operations.Overlaps):
        add(SellerOfRecord(cooperative=cooperative, seller=Seller.OFFICE, valid_from=SPRING))

    assert terms.on(SPRING).seller_of(cooperative.pk) == "cooperative"
    assert terms.on(TODAY).seller_of(cooperative.pk) == "office"


def test_the_database_keeps_exports_zero_rated():
    make_vat_rates()
    rate = VatRate.objects.filter(side="export").first()

    with pytest.raises(IntegrityError, match="vat_rate_export_is_zero"), transaction.atomic():
        add(VatRate(vat_class=rate.vat_class, side="export", destination="FR", rate_pct=20, valid_from=NEW_YEAR))


def test_a_rate_changes_on_its_day():
    make_vat_rates()
    old = VatRate.objects.get(side="home", vat_class__code="N20")
    operations.end_row(row=old, until=NEW_YEAR, today=TODAY)
    add(VatRate(vat_class=old.vat_class, side="home", rate_pct=Decimal("19.60"), valid_from=NEW_YEAR))

    assert terms.on(date(2026, 12, 31)).vat_pct("N20", "home", 1) == 20
    assert terms.on(NEW_YEAR).vat_pct("N20", "home", 1) == Decimal("19.60")
    assert terms.on(NEW_YEAR).vat_pct("NONE", "home", 1) is None
