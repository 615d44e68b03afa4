"""Steps between shelf and door as people do them, each with what must hold right after it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import transaction
from django.utils import timezone

from catalogue.kernel.periods import day_of
from catalogue.lots.queries import candidates_of, sellable, unsendable
from fulfilment.jobs import runner
from fulfilment.jobs.models import Job
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.inspecting import operations as inspecting
from fulfilment.orders.inspecting.models import Returned
from fulfilment.warehouse import on_the_way, operations, policies
from fulfilment.warehouse.models import Consignment
from tests.factories.orders import place_order, settle_by_card

PREPARING = {"OPEN": operations.pick, "PICKED": operations.pack, "PACKED": operations.hand_over}


@contextmanager
def may_be_refused(*expected: type[Exception]) -> Iterator[None]:
    """Let the shop refuse a step: nothing of it is kept then."""
    with suppress(*expected), transaction.atomic():
        yield


def buy(records, pieces, way):
    wanted = [(record, number) for record, number in zip(records, pieces, strict=True) if number]
    order = place_order(*wanted, payment_method=way)
    first_expired_was_taken(order)
    if way == "card":
        settle_by_card(order)
    return order.pk


def prepare_further(pk):
    parcel = Consignment.objects.get(pk=pk)
    if step := PREPARING.get(parcel.state):
        step(consignment_id=pk, by=None, now=timezone.now())
        if step is operations.hand_over:
            nothing_unfit_left(pk)


def end_a_visit(parcel, end):
    common = {"consignment_id": parcel.pk, "by": None, "now": timezone.now()}
    match end:
        case "deliver":
            operations.deliver(**common)
        case "refuse":
            operations.refuse(reason="no_money", **common)
        case "miss":
            operations.miss(number=parcel.delivery_attempts.count() + 1, reason="no_answer", **common)
        case "lose":
            on_the_way.lose(why="its car burnt", **common)
        case _:
            on_the_way.expect_back(why="not found", **common)


def bring_to_its_end(pk):
    parcel = Consignment.objects.get(pk=pk)
    while parcel.state in PREPARING:
        prepare_further(pk)
        parcel.refresh_from_db()
    if parcel.state == "REFUSED" or parcel.coming_back_at:
        operations.take_back(consignment_id=pk, by=None, now=timezone.now())
    elif parcel.state in policies.UNDER_WAY:
        operations.deliver(consignment_id=pk, by=None, now=timezone.now())


def run_all_jobs():
    """Do what waits of the warehouse and of payouts, and what follows from it."""
    waiting = Job.objects.filter(task__regex=r"^fulfilment\.(warehouse|payouts)\.", state="WAITING").order_by("pk")
    while job := waiting.first():
        assert runner.run(job.pk), Job.objects.get(pk=job.pk).last_error


def first_expired_was_taken(order):
    """Nothing was taken from a lot that may not be sold, nor before an older one of the same place was used up."""
    free = candidates_of(sellable().select_related("lot__stockrecord__product", "place"), day=day_of(timezone.now()))
    by_stock = {found.stock_id: found for found in free}
    for taken in Allocation.objects.filter(line__order=order):
        lot = by_stock[taken.stock_id]
        older = [
            one
            for one in free
            if (one.place_id, one.stockrecord_id) == (lot.place_id, lot.stockrecord_id)
            and one.age < lot.age
            and one.free
        ]
        assert older == []


def nothing_unfit_left(parcel):
    inside = Allocation.objects.filter(line__consignment_line__consignment=parcel, state="LEFT").select_related(
        "stock__lot"
    )
    assert unsendable(row.stock.lot_id for row in inside) == set()
    today = day_of(timezone.now())
    assert [row for row in inside if row.stock.lot.best_before and row.stock.lot.best_before <= today] == []


def look_at_returned(reference: str, good: int) -> None:
    """Inspect all that came back under a reference: so many pieces of each row are as new, the others were opened."""
    rows = Returned.objects.filter(reference=reference, inspected_at=None)
    found = {
        row.pk: inspecting.Found(min(good, row.quantity), "" if good >= row.quantity else Returned.Reason.OPENED)
        for row in rows
    }
    inspecting.inspect(reference=reference, found=found, by=None, now=timezone.now())
