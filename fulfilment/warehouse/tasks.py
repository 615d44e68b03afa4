"""Jobs of the warehouse."""

from django.utils import timezone

from catalogue.kernel.periods import day_of
from fulfilment.jobs.operations import enqueue
from fulfilment.jobs.tasks import job
from fulfilment.orders.allocating import operations as allocating
from fulfilment.payments import operations as payments

from . import operations
from .shortages import operations as shortages
from .shortages.queries import overdue

OPEN_CONSIGNMENTS = "fulfilment.warehouse.open_consignments"
REFUND_RETURNED = "fulfilment.warehouse.refund_returned"
REFUND_LOST = "fulfilment.warehouse.refund_lost"
REPLACE_WITHDRAWN = "fulfilment.warehouse.replace_withdrawn"
ANSWER_BY_RULE = "fulfilment.warehouse.answer_by_rule"


@job(OPEN_CONSIGNMENTS, in_transaction=True)
def open_consignments(*, order_id: int) -> None:
    operations.open_consignments(order_id=order_id, now=timezone.now())


@job(REFUND_RETURNED, queue="money", in_transaction=True)
def refund_returned(*, order_id: int, quantities: dict[str, int], delivery: bool) -> None:
    """Owe what was paid for a parcel that came back, or have it wait while that is disputed."""
    pieces = {int(line): number for line, number in quantities.items()}
    payments.give_back_returned(order_id=order_id, quantities=pieces, delivery=delivery, now=timezone.now())


@job(REFUND_LOST, queue="money", in_transaction=True)
def refund_lost(*, order_id: int, quantities: dict[str, int], delivery: bool) -> None:
    """Owe what was paid for a parcel that was lost, or have it wait while that is disputed."""
    pieces = {int(line): number for line, number in quantities.items()}
    payments.give_back_lost(order_id=order_id, quantities=pieces, delivery=delivery, now=timezone.now())


@job(REPLACE_WITHDRAWN, in_transaction=True)
def replace_withdrawn(*, order_id: int) -> None:
    shortages.replace_withdrawn(order_id=order_id, now=timezone.now())


@job(ANSWER_BY_RULE, queue="money", in_transaction=True)
def answer_by_rule(*, shortage_id: int) -> None:
    shortages.answer_by_rule(shortage_id=shortage_id, now=timezone.now())


@job("fulfilment.warehouse.look_at_shortages", in_transaction=True)
def look_at_shortages() -> None:
    """Have each parcel sent without what is missing where nobody answered in time; one job for each question.

    And have what passed its date while it was kept replaced: nobody decides of such a lot, the day does.
    """
    now = timezone.now()
    for shortage_id, answer_by in overdue(now):
        key = f"shortage:{shortage_id}:{answer_by:%Y%m%d%H%M%S}"
        enqueue(task=ANSWER_BY_RULE, key=key, payload={"shortage_id": shortage_id}, now=now)
    today = day_of(now)
    for order_id in allocating.keeping_what_is_over(today):
        key = f"replace:{order_id}:over-{today:%Y%m%d}"
        enqueue(task=REPLACE_WITHDRAWN, key=key, payload={"order_id": order_id}, now=now)
