"""Parcels handed to a courier with one manifest: all or none, each on one manifest ever, its cash as at the door."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.papers import operations, queries
from fulfilment.papers.manifest import manifest_of
from fulfilment.papers.models import Manifest, ManifestLine, ManifestPaper
from fulfilment.payments.queries import due_at_door
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.queries import gross_weight_g
from tests.factories.duties import odd_order
from tests.factories.labels import make_parcel
from tests.factories.orders import open_deliveries
from tests.factories.parcels import move_to, open_parcels
from tests.support.papers import bars_on, pages

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def courier():
    return Courier.objects.create(name="Tournée de Fès", kind="own")


@pytest.fixture
def in_cash():
    """Two packed parcels of one order of 185.75, rounded to 185.50, of which 35.00 are its delivery."""
    open_deliveries()
    order = odd_order()
    return [move_to(parcel, "PACKED") for parcel in open_parcels(order)]


def hand_over(courier, parcels, **fields):
    values = {"language": "fr", "by": None, "now": timezone.now()} | fields
    return operations.hand_over(courier_id=courier.pk, consignment_ids=[one.pk for one in parcels], **values)


def broken():
    return [name for name, rows in violations() if rows]


def states():
    return sorted(Consignment.objects.values_list("state", flat=True))


def test_packed_parcels_go_together_under_following_numbers(courier, run_jobs):
    first, second, third = (move_to(make_parcel(), "PACKED") for _ in range(3))

    one, two = hand_over(courier, [first, second]), hand_over(courier, [third])
    run_jobs()

    assert [one.number, two.number] == ["M2026-000001", "M2026-000002"]
    assert [line.consignment for line in queries.lines_of(one)] == [first, second]
    assert set(Consignment.objects.values_list("state", "courier")) == {("HANDED_OVER", courier.pk)}
    assert ManifestPaper.objects.count() == 2
    assert broken() == []


def test_what_is_to_collect_is_what_doors_ask_with_the_delivery_once(courier, in_cash):
    first, second = in_cash
    alone = due_at_door(first.order, first.reference)

    lines = queries.lines_of(hand_over(courier, in_cash))

    assert lines[0].cash_mad == alone
    assert sum(line.cash_mad for line in lines) == first.order.total_incl_tax == D("185.50")
    assert lines[1].cash_mad < due_at_door(second.order, second.reference)
    assert [line.weight_g for line in lines] == [
        gross_weight_g(one.lines.all()) for one in queries.parcels([1, *_keys(in_cash)])
    ]


def _keys(parcels):
    return [parcel.pk for parcel in parcels]


def test_if_one_cannot_go_none_does_and_it_is_named(courier):
    packed, open_one = move_to(make_parcel(), "PACKED"), make_parcel()

    with pytest.raises(operations.NotPacked) as refused:
        hand_over(courier, [packed, open_one])

    assert [(parcel.pk, parcel.state) for parcel in refused.value.parcels] == [(open_one.pk, "OPEN")]
    assert states() == ["OPEN", "PACKED"]
    assert not Manifest.objects.exists()


def test_the_same_parcels_once_more_give_the_manifest_that_stands(courier):
    parcels = [move_to(make_parcel(), "PACKED") for _ in range(2)]
    other = Courier.objects.create(name="Atlas Messagerie", kind="partner")
    manifest = hand_over(courier, parcels)

    assert hand_over(courier, parcels) == manifest
    for changed in ((other, parcels), (courier, parcels[:1])):
        with pytest.raises(operations.NotPacked):
            hand_over(*changed)
    assert Manifest.objects.count() == 1


def test_a_manifest_is_of_some_parcels_and_not_of_too_many(courier, monkeypatch):
    parcels = [move_to(make_parcel(), "PACKED") for _ in range(2)]
    monkeypatch.setattr(operations.policies, "MOST_PARCELS", 1)

    for wanted in ([], parcels):
        with pytest.raises(operations.NothingChosen):
            hand_over(courier, wanted)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_paper_lists_weights_cash_and_where_both_sign(courier, in_cash, language):
    manifest = hand_over(courier, in_cash, language=language)

    content = manifest_of(manifest)

    (sheet,) = pages("manifest", operations._drawn(content))
    assert bars_on(sheet) == {manifest.number}
    assert [row["reference"]["text"] for row in content["rows"]] == [one.reference for one in in_cash]
    assert "185" in content["facts"][-1]["value"]["text"]
    assert len(content["signatures"]) == 2
    paper = operations.make_manifest_paper(manifest_id=manifest.pk, now=timezone.now())
    assert operations.make_manifest_paper(manifest_id=manifest.pk, now=timezone.now()) == paper


def test_the_database_keeps_a_manifest_closed_and_a_parcel_on_one(courier):
    manifest = hand_over(courier, [move_to(make_parcel(), "PACKED")])
    listed, other = manifest.lines.get().consignment, make_parcel()

    for place, parcel in ((2, other), (1, other), (1, listed)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ManifestLine.objects.create(manifest=manifest, place=place, consignment=parcel)
    for statement in ("UPDATE papers_manifest SET parcels = 2", "DELETE FROM papers_manifestline"):
        with pytest.raises(Exception, match=r"written once|permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_invariants_see_a_parcel_that_did_not_go_and_a_gap(courier):
    manifest = hand_over(courier, [move_to(make_parcel(), "PACKED")])
    fields = Manifest.objects.filter(pk=manifest.pk).values().get()
    wrong = Manifest.objects.create(**fields | {"id": None, "sequence": 9, "number": "M2026-9", "parcels": 2})
    ManifestLine.objects.create(manifest=wrong, place=1, consignment=make_parcel())

    assert {
        "papers: the numbers of a year's manifests leave none out",
        "papers: a manifest lists as many parcels as it says, all handed to its courier",
    } <= set(broken())
