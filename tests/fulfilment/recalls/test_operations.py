"""Calling lots back: once, for a reason, for ever; what is kept of them is replaced, and the recall is closed once."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from catalogue.lots import operations as lots
from catalogue.lots.models import Lot, QualityDecision
from catalogue.receiving.operations import NotSo, decide_lot
from fulfilment.jobs.models import Job
from fulfilment.orders.allocating.models import Allocation
from fulfilment.recalls import operations
from fulfilment.recalls.models import Recall, RecalledLot
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.parcels import make_held_order, open_parcels
from tests.factories.people import make_staff
from tests.factories.recalls import call_back, pack
from tests.factories.receiving import make_hub
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def oil():
    """Ten pieces of one lot."""
    record = make_stockrecord(in_stock=0)
    make_lot(record, 10, number="OIL")
    return record


def test_a_lot_called_back_is_recalled_with_the_reason_and_nothing_of_it_is_on_offer(oil):
    recall = call_back("OIL", words={"fr": " Rincez ", "ar": "", "en": ""})

    oil.refresh_from_db()
    decision = QualityDecision.objects.get(state="RECALLED")
    assert (oil.num_in_stock, Lot.objects.get().state, recall.words_fr) == (0, "RECALLED", "Rincez")
    assert (decision.reason, decision.note, decision.by) == ("authority", recall.number, recall.opened_by)
    assert Job.objects.filter(task="storefront.notifications.tell_of_recall").count() == 1
    assert broken() == []


def test_pressed_twice_it_is_one_recall_and_another_of_the_same_lot_is_refused(oil):
    key = uuid4()

    first, second = (call_back("OIL", key=key) for _press in range(2))

    assert (first, RecalledLot.objects.count()) == (second, 1)
    with pytest.raises(operations.AlreadyRecalled) as known:
        call_back("OIL")
    assert (known.value.lot.recall, Recall.objects.count()) == (first, 1)


def test_after_it_was_closed_a_lot_may_be_called_back_for_another_reason(oil):
    first = call_back("OIL")
    operations.close_recall(recall_id=first.pk, note="all destroyed", by=make_staff(), now=timezone.now())

    second = call_back("OIL", danger="residues")

    assert (second.lots.get().lot.number, broken()) == ("OIL", [])


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"danger": "taste"}, ValueError),
        ({"source": "checked"}, ValueError),
        ({"danger": "other"}, operations.WordsMissing),
        ({"danger": "other", "words": {"fr": "verre", "ar": "زجاج", "en": " "}}, operations.WordsMissing),
    ],
)
def test_a_recall_says_what_is_wrong_to_everyone(oil, fields, refusal):
    with pytest.raises(refusal):
        call_back("OIL", **fields)

    assert (Recall.objects.count(), Lot.objects.get().state) == (0, "RELEASED")


def test_a_recall_is_of_lots_that_there_are():
    with pytest.raises(operations.NoLot):
        call_back("NOBODY")


def test_nothing_makes_a_recalled_lot_anything_else(oil):
    call_back("OIL")
    lot, by = Lot.objects.get(), make_staff()

    with pytest.raises(lots.StaysRecalled):
        lots.decide(lot=lot, state="RELEASED", reason="cleared", now=timezone.now())
    with pytest.raises(NotSo):
        decide_lot(lot=lot, state="RELEASED", reason="cleared", note="good", by=by, now=timezone.now())
    with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
        Lot.objects.update(state="RELEASED")


def test_what_is_kept_of_it_is_replaced_and_what_is_packed_does_not_leave(oil, run_jobs):
    (parcel,) = open_parcels(make_held_order((oil, 3)))
    other = make_lot(oil, 5, number="NEW")

    call_back("OIL")
    run_jobs()

    held = Allocation.objects.filter(line__consignment_line__consignment=parcel, state="HELD")
    assert (list(held.values_list("stock", "quantity")), broken()) == ([(other.pk, 3)], [])


def test_hampers_that_a_lot_went_into_are_called_back_with_it(oil):
    hub = make_hub()
    jam = make_stockrecord(in_stock=0)
    for record, number in ((oil, "OIL-HUB"), (jam, "JAM")):
        make_lot(record, 5, place=hub, number=number)
    packed = pack(hub, oil, jam, number=2)

    recall = call_back("JAM")

    told = recall.lots.values_list("lot__number", "holds__number")
    assert dict(told) == {"JAM": None, packed.number: "JAM"}
    states = dict(Lot.objects.values_list("number", "state"))
    assert (states["OIL-HUB"], states[packed.number]) == ("RELEASED", "RECALLED")
    assert broken() == []
    call_back("OIL-HUB")  # its hampers are called back already, and for this reason too
    assert broken() == []


def test_a_recall_is_closed_once_with_a_note(oil):
    recall, by = call_back("OIL"), make_staff()
    with pytest.raises(operations.NoteMissing):
        operations.close_recall(recall_id=recall.pk, note=" ", by=by, now=timezone.now())

    operations.close_recall(recall_id=recall.pk, note="8 came back", by=by, now=timezone.now())

    with pytest.raises(operations.AlreadyClosed):
        operations.close_recall(recall_id=recall.pk, note="again", by=by, now=timezone.now())
    recall.refresh_from_db()
    assert (recall.closing_note, recall.is_open, recall.lots.get().is_open) == ("8 came back", False, False)
    assert broken() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda: Recall.objects.update(danger="date"),
        lambda: Recall.objects.update(closed_at=timezone.now()),
        lambda: RecalledLot.objects.update(lot=make_lot(make_stockrecord(in_stock=0)).lot),
        lambda: RecalledLot.objects.all().delete(),
    ],
)
def test_what_buyers_were_told_stays(oil, change):
    call_back("OIL")

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        change()
