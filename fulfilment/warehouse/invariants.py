"""What must be true of consignments."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef

from catalogue.kernel.invariants import invariant
from fulfilment.jobs.models import Job
from fulfilment.orders.models import Line, Order

from .models import Consignment, ConsignmentLine, DeliveryAttempt
from .policies import GONE, NOT_TAKEN

PREPARED = ("PREPARING", "SHIPPED", "DELIVERED", "COMPLETED")
NEVER_PROMISED = ("PENDING_PAYMENT", "PENDING_CONFIRMATION", "EXPIRED")
STEP_OF_ORDER = {
    "SHIPPED": GONE,
    "DELIVERED": ("DELIVERED", *NOT_TAKEN),
    "REFUSED": NOT_TAKEN,
    "RETURNED": ("RETURNED",),
}


@invariant("warehouse: every line of an order in preparation is in one consignment, whole")
def lines_are_consigned() -> Iterable[object]:
    lines = Line.objects.filter(order__status__in=PREPARED)
    return lines.exclude(consignment_line__quantity=F("quantity"))


@invariant("warehouse: a consignment holds lines of its own order and cooperative")
def lines_belong() -> Iterable[object]:
    lines = ConsignmentLine.objects.select_related("consignment", "order_line")
    return lines.exclude(
        order_line__order_id=F("consignment__order_id"), order_line__partner_id=F("consignment__cooperative_id")
    )


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
        behind = Consignment.objects.filter(order__status=status).exclude(state__in=[*states, "CANCELLED"])
        yield from behind
    yield from Consignment.objects.filter(order__status="CANCELLED").exclude(state="CANCELLED")
    of_order = Consignment.objects.filter(order=OuterRef("pk"))
    delivered = Order.objects.filter(Exists(of_order), status="DELIVERED")
    yield from delivered.exclude(Exists(of_order.filter(state="DELIVERED")))


@invariant("warehouse: a parcel is where its last attempt at the door left it")
def attempts_agree() -> Iterable[object]:
    attempts = DeliveryAttempt.objects.filter(consignment=OuterRef("pk"))
    for state in ("DELIVERED", "REFUSED"):
        yield from Consignment.objects.filter(Exists(attempts.filter(outcome=state.lower()))).exclude(
            state__in=(state, *(NOT_TAKEN if state == "REFUSED" else ()))
        )
    missed = attempts.filter(outcome="absent", number=DeliveryAttempt.MOST)
    yield from Consignment.objects.filter(Exists(missed)).exclude(coming_back_at__isnull=False)
    yield from Consignment.objects.filter(coming_back_at__isnull=False).exclude(Exists(missed))
