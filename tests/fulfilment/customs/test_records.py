"""What proves that a shipment left: rows that are only added, the latest counting."""

import hashlib
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from catalogue.kernel import scans
from catalogue.kernel.periods import month
from fulfilment.customs import operations, queries
from fulfilment.customs.models import ExportRecord, ProofScan
from tests.factories.exports import make_courier, make_packed, record_export
from tests.factories.orders import open_deliveries
from tests.factories.parcels import make_held_order, move_to, open_parcels

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 stamped"
NO_PROOF = {"proof_kind": "", "proof_reference": "", "proof_on": None}


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()
    with translation.override("en"):
        yield


@pytest.fixture
def parcel():
    return make_packed()


def shipment(**wanted):
    return queries.with_records(queries.shipments(**wanted))


def test_a_shipment_is_complete_once_carrier_declaration_and_proof_are_written(parcel):
    known = []
    for fields in ({"declaration_number": "", "declared_on": None, **NO_PROOF}, NO_PROOF, {}):
        record_export(parcel, **fields)
        (found,) = shipment()
        known.append((found.carrier, found.declaration, found.proof, found.is_complete))

    assert known == [(True, False, False, False), (True, True, False, False), (True, True, True, True)]
    assert list(queries.shipments(only_missing=True)) == []


def test_a_correction_is_a_row_of_its_own_and_the_earlier_one_stays(parcel):
    first = record_export(parcel, declaration_number="DUM-1", scan=PDF)
    second = record_export(parcel, declaration_number="DUM-2")

    assert [row.declaration_number for row in queries.history(parcel.pk)] == ["DUM-2", "DUM-1"]
    assert queries.latest(parcel.pk) == second
    assert second.scan == first.scan
    assert [row.declaration_number for row in queries.declarations_of(parcel.order_id)] == ["DUM-2"]


def test_a_correction_that_loses_a_piece_makes_the_shipment_incomplete_again(parcel):
    record_export(parcel)
    record_export(parcel, **NO_PROOF)

    assert len(queries.shipments(only_missing=True)) == 1


def test_the_same_row_again_changes_nothing(parcel):
    assert record_export(parcel, based_on=None) == record_export(parcel, based_on=None)
    assert ExportRecord.objects.count() == 1


def test_who_writes_without_having_seen_the_latest_row_is_told(parcel):
    seen = record_export(parcel, declaration_number="DUM-1")
    record_export(parcel, declaration_number="DUM-2")

    with pytest.raises(operations.RecordedMeanwhile):
        record_export(parcel, declaration_number="DUM-3", based_on=seen.pk)

    assert ExportRecord.objects.count() == 2


def test_a_scan_is_kept_as_it_came(parcel):
    record = record_export(parcel, scan=PDF)

    assert (bytes(record.scan.content), record.scan.content_type) == (PDF, "application/pdf")
    assert record.scan.sha256 == hashlib.sha256(PDF).hexdigest()


@pytest.mark.parametrize(
    ("scan", "words"),
    [(b"<svg onload=alert(1)>", "neither a PDF nor a photo"), (b"%PDF-" + b"0" * 5 * 1024 * 1024, "larger than 5 MB")],
)
def test_what_is_no_scan_is_refused_and_nothing_is_written(parcel, scan, words):
    with pytest.raises(scans.NotAScan, match=words):
        record_export(parcel, scan=scan)

    assert (ExportRecord.objects.count(), ProofScan.objects.count()) == (0, 0)


def test_only_what_is_packed_to_go_abroad_has_an_export_to_prove():
    home = move_to(open_parcels(make_held_order())[0], "PACKED")

    with pytest.raises(operations.NotExported):
        record_export(home)

    assert shipment() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"declaration_number": "DUM", "declared_on": None},
        {"declaration_number": "", "declared_on": date(2026, 11, 1)},
        {"proof_kind": "", "proof_reference": "V"},
        {"proof_on": None},
        {"courier_id": None, "declaration_number": "", "declared_on": None, **NO_PROOF},
    ],
)
def test_the_database_refuses_half_a_statement(parcel, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        record_export(parcel, **fields)


def test_a_month_holds_what_left_in_it_by_casablancas_days(parcel, clock):
    move_to(parcel, "HANDED_OVER")

    assert [len(shipment(period=month(date(2026, number, 5)))) for number in (10, 11, 12)] == [0, 1, 0]


def test_the_list_asks_a_fixed_number_of_questions(django_assert_num_queries):
    make_courier()
    for count in (1, 3):
        while len(queries.shipments()) < count:
            record_export(make_packed())
        with django_assert_num_queries(2):
            shipment()


def test_a_shipment_says_what_its_goods_were_paid(parcel):
    (found,) = shipment()

    paid = sum(line.order_line.line_price_incl_tax for line in parcel.lines.all())
    assert found.parcel.goods == paid
    assert found.left_at == parcel.packed_at
    assert found.left_at <= timezone.now()
