"""Two workers make the same paper, two people hand over the same parcels. Each race has its twin."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.lots.operations.holding import NotHeld
from fulfilment.papers import operations
from fulfilment.papers.models import Manifest, ManifestLine, ParcelPaper
from fulfilment.shipping.models import Courier
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse import parcels as moved
from tests.factories.labels import make_parcel
from tests.factories.parcels import move_to
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


@pytest.fixture
def parcels():
    with transaction.atomic():
        return [move_to(make_parcel(), "PACKED") for _ in range(3)]


@pytest.fixture
def couriers():
    return [Courier.objects.create(name=f"Courier {number}", kind="own") for number in range(2)]


def make_together(parcel, monkeypatch, **options):
    """Make a parcel's label in several workers, each of which has set its own before any keeps it."""
    set_all = threading.Barrier(WORKERS)
    render = operations.render

    def render_together(*args):
        assert not connection.in_atomic_block
        pdf = render(*args)
        set_all.wait(timeout=30)
        return pdf

    monkeypatch.setattr(operations, "render", render_together)
    return run_together(
        lambda: operations.make_paper(consignment_id=parcel.pk, kind="label", now=timezone.now()),
        workers=WORKERS,
        **options,
    )


def test_of_many_workers_one_keeps_the_paper_with_no_transaction_open_while_it_is_set(parcels, monkeypatch):
    answers = make_together(parcels[0], monkeypatch)

    assert len({paper.pk for paper in answers}) == ParcelPaper.objects.count() == 1


def test_twin_without_the_lock_the_others_meet_the_databases_refusal(parcels, monkeypatch):
    unlock(monkeypatch, operations)
    read, looked = operations.queries.latest_paper, threading.Barrier(WORKERS)

    def look_together(*args):
        found = read(*args)
        if connection.in_atomic_block:
            looked.wait(timeout=30)
        return found

    monkeypatch.setattr(operations.queries, "latest_paper", look_together)

    answers = make_together(parcels[0], monkeypatch, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == WORKERS - 1
    assert ParcelPaper.objects.count() == 1


def hand_over_together(parcels, couriers, **options):
    """Let two people hand the same parcels, ticked in another order, to two couriers."""
    keys = [parcel.pk for parcel in parcels]
    orders = [keys, keys[::-1]]
    return run_together(
        lambda number: operations.hand_over(
            courier_id=couriers[number].pk,
            consignment_ids=orders[number],
            language="fr",
            by=None,
            now=timezone.now(),
        ),
        workers=2,
        **options,
    )


def test_of_two_who_hand_over_the_same_parcels_one_does(parcels, couriers):
    answers = hand_over_together(parcels, couriers, expected=operations.NotPacked)

    assert sum(isinstance(answer, Manifest) for answer in answers) == 1
    assert ManifestLine.objects.count() == 3


def test_twin_without_locks_the_second_meets_the_shelfs_or_the_databases_refusal(parcels, couriers, monkeypatch):
    unlock(monkeypatch, operations, warehouse, moved)
    read, looked = operations.queries.parcels, threading.Barrier(2)

    def look_together(keys):
        found = read(keys)
        looked.wait(timeout=30)
        return found

    monkeypatch.setattr(operations, "lock_ids", lambda model, ids: None)
    monkeypatch.setattr(operations.queries, "parcels", look_together)
    monkeypatch.setattr(warehouse, "_check_complete", lambda *parcel: None)  # would see that nothing is kept any more

    refusals = (IntegrityError, NotHeld)

    answers = hand_over_together(parcels, couriers, expected=refusals)

    assert any(isinstance(answer, refusals) for answer in answers)
