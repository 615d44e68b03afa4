"""What must be true of what cooperatives are owed and paid."""

from collections.abc import Iterable

from django.db.models import F, Sum

from catalogue.kernel.invariants import invariant
from fulfilment.jobs.models import Job
from fulfilment.orders.models import Line

from .models import Payable, Payout


@invariant("payouts: a payable is farm gate times quantity less discounts borne, for the line's own cooperative")
def amounts_are_frozen() -> Iterable[object]:
    return Payable.objects.exclude(
        amount_mad=F("order_line__farm_gate_mad") * F("order_line__quantity") - F("order_line__given_mad"),
        cooperative_id=F("order_line__partner_id"),
    )


@invariant("payouts: a payout is the sum of its payables, all of its own cooperative")
def payouts_add_up() -> Iterable[object]:
    yield from Payout.objects.annotate(sum=Sum("payables__amount_mad")).exclude(sum=F("amount_mad"))
    yield from Payable.objects.filter(payout__isnull=False).exclude(payout__cooperative_id=F("cooperative_id"))


@invariant("payouts: only delivered goods are owed for")
def only_delivered() -> Iterable[object]:
    return Payable.objects.exclude(order_line__consignment_line__consignment__state="DELIVERED")


@invariant("payouts: every delivered line is owed once its job is done")
def delivered_lines_are_owed() -> Iterable[object]:
    missing = Line.objects.filter(consignment_line__consignment__state="DELIVERED", payable__isnull=True)
    missing = missing.annotate(consignment=F("consignment_line__consignment_id"))
    open_jobs = set(
        Job.objects.filter(task="fulfilment.payouts.record_earnings")
        .exclude(state=Job.State.DONE)
        .values_list("key", flat=True)
    )
    return (line for line in missing if f"earnings:{line.consignment}" not in open_jobs)
