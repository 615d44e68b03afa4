"""What must be true of recalls and of goods that came back is seen when it is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.lots.models import Lot, LotStock, StockMovement
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.inspecting.models import Returned
from fulfilment.recalls.models import Recall, RecalledLot
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.recalls import call_back
from tests.factories.returns import bring_back, inspect_all
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db


def came_back():
    """Put one piece more back than came."""
    stock = LotStock.objects.get(lot__number="OIL")
    reference = Returned.objects.get().reference
    StockMovement.objects.create(stock=stock, kind="came_back", change=1, reference=reference, at=timezone.now())


def leave_late():
    left = Allocation.objects.filter(state="LEFT")
    left.update(made_at=timezone.now(), changed_at=timezone.now() + timedelta(hours=1))


BREAKS = {
    "orders: what came back is in the books once it was inspected, and not before": came_back,
    "orders: what waits or was inspected had left, and came back": lambda: Allocation.objects.filter(
        state="BACK"
    ).update(state="RELEASED"),
    "recalls: a lot that is called back is recalled, and so is every lot of hampers that it went into": lambda: (
        RecalledLot.objects.create(recall=Recall.objects.get(), lot=Lot.objects.get(number="OTHER"))
    ),
    "recalls: nothing leaves after its lot was called back": leave_late,
    "recalls: closed as a whole": lambda: RecalledLot.objects.update(is_open=False),
}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_broken_rule_is_named(name):
    record = make_stockrecord(in_stock=0)
    make_lot(record, 10, number="OIL")
    make_lot(make_stockrecord(in_stock=0), 1, number="OTHER")
    move_to(open_parcels(make_held_order((record, 1)))[0], "DELIVERED")
    parcel = bring_back((record, 3))
    call_back("OIL")
    inspect_all(parcel.reference)
    assert broken() == []

    BREAKS[name]()

    assert broken() == [name]
