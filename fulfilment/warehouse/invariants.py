"""What must be true of consignments."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from fulfilment.jobs.models import Job
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Line, Order

from .models import Consignment, ConsignmentLine, DeliveryAttempt, PackingCheck, Shortage
from .policies import GONE, NEVER_SENT, NOT_BOUGHT, NOT_TAKEN

PREPARED = ("PREPARING", "SHIPPED", "DELIVERED", "COMPLETED")
NEVER_PROMISED = ("PENDING_PAYMENT", "PENDING_CONFIRMATION", "EXPIRED")
STEP_OF_ORDER = {
    "SHIPPED": GONE,
    "DELIVERED": ("DELIVERED", *NOT_BOUGHT),
    "REFUSED": NOT_BOUGHT,
    "RETURNED": ("RETURNED", "LOST"),
}


@invariant("warehouse: every line of an order in preparation is in one consignment, whole but for what was left out")
def lines_are_consigned() -> Iterable[object]:
    left_out = Shortage.objects.filter(order_line=OuterRef("pk"), outcome=Shortage.Outcome.LEFT_OUT).order_by()
    summed = left_out.values("order_line").annotate(found=Sum("missing")).values("found")
    lines = Line.objects.filter(order__status__in=PREPARED).annotate(missing=Coalesce(Subquery(summed), 0))
    lines = lines.exclude(consignment_line__consignment__state=Consignment.State.SHORT, missing__gt=0)  # set aside
    return lines.exclude(consignment_line__quantity=F("quantity")).exclude(
        consignment_line__quantity=F("quantity") - F("missing")
    )


@invariant("warehouse: a consignment holds lines of its own order, and pieces from its own place")
def lines_belong() -> Iterable[object]:
    lines = ConsignmentLine.objects.select_related("consignment", "order_line")
    yield from lines.exclude(order_line__order_id=F("consignment__order_id"))
    elsewhere = Allocation.objects.filter(state__in=("HELD", "LEFT"), line__consignment_line__isnull=False)
    yield from elsewhere.exclude(stock__place_id=F("line__consignment_line__consignment__origin_id"))


@invariant("warehouse: nothing is prepared for an order that nobody promised to pay")
def none_for_unpaid() -> Iterable[object]:
    return Consignment.objects.filter(order__status__in=NEVER_PROMISED)


@invariant("warehouse: a paid or confirmed order is in preparation or has the job that starts it")
def waiting_orders_have_their_job() -> Iterable[object]:
    waiting = Order.objects.filter(status__in=("PAID", "CONFIRMED"))
    keys = [f"consignments:{pk}" for pk in waiting.values_list("pk", flat=True)]
    has_job = set(Job.objects.filter(key__in=keys).exclude(state=Job.State.DONE).values_list("key", flat=True))
    return [order for order in waiting if f"consignments:{order.pk}" not in has_job]


@invariant("warehouse: an order is as far as its least advanced consignment")
def orders_follow() -> Iterable[object]:
    for status, states in STEP_OF_ORDER.items():
        behind = Consignment.objects.filter(order__status=status).exclude(state__in=[*states, *NEVER_SENT])
        yield from behind
    yield from Consignment.objects.filter(order__status="CANCELLED").exclude(state__in=NEVER_SENT)
    of_order = Consignment.objects.filter(order=OuterRef("pk"))
    delivered = Order.objects.filter(Exists(of_order), status="DELIVERED")
    yield from delivered.exclude(Exists(of_order.filter(state="DELIVERED")))
    refused = Order.objects.filter(Exists(of_order), status="REFUSED")
    yield from refused.exclude(Exists(of_order.filter(state="REFUSED")))


@invariant("warehouse: a parcel is where its last attempt at the door left it")
def attempts_agree() -> Iterable[object]:
    attempts = DeliveryAttempt.objects.filter(consignment=OuterRef("pk"))
    for state in ("DELIVERED", "REFUSED"):
        yield from Consignment.objects.filter(Exists(attempts.filter(outcome=state.lower()))).exclude(
            state__in=(state, *(NOT_TAKEN if state == "REFUSED" else ()))
        )
    missed = attempts.filter(outcome="absent", number=DeliveryAttempt.MOST)
    yield from Consignment.objects.filter(Exists(missed)).exclude(coming_back_at__isnull=False)
    yield from Consignment.objects.filter(coming_back_at__isnull=False, coming_back_why="").exclude(Exists(missed))


@invariant("warehouse: what was counted before it was closed is closed still, and holds what was counted")
def counts_hold() -> Iterable[object]:
    standing = PackingCheck.objects.filter(opened_again_at=None)
    yield from standing.filter(consignment__state__in=("OPEN", "PICKED"))
    yield from standing.annotate(inside=Sum("consignment__lines__quantity")).exclude(pieces=F("inside"))
