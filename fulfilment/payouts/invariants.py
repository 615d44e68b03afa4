"""What must be true of what cooperatives are owed and paid."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from catalogue.kernel.invariants import invariant
from fulfilment.jobs.models import Job
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import NewEntry, Source
from fulfilment.ledger.policies.accounts import PAYABLE
from fulfilment.ledger.queries import balances_by_cooperative, not_as_expected
from fulfilment.orders.models import Line
from fulfilment.warehouse.models import Consignment

from . import booking
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


@invariant("ledger: what each delivered parcel earned is booked as its payables say")
def deliveries_are_booked() -> Iterable[object]:
    delivered = Consignment.objects.filter(lines__order_line__payable__isnull=False).distinct()
    yield from not_as_expected(_in_chunks(booking.deliveries, delivered.select_related("order").order_by("pk")))


@invariant("ledger: every paid payout is booked, and no other")
def payouts_are_booked() -> Iterable[object]:
    paid = Payout.objects.filter(state=Payout.State.SETTLED)
    yield from not_as_expected(_in_chunks(booking.payouts, paid.order_by("pk")))
    references = paid.filter(reference=OuterRef("external_id"))
    yield from Entry.objects.filter(source=Source.PAYOUT, reversed_by=None).exclude(Exists(references))


@invariant("ledger: what stands to be paid to each cooperative is the sum of its unpaid payables")
def payables_are_the_ledger() -> Iterable[object]:
    """What refunds took stands beside: payables are written once, at their delivery."""
    unpaid = Payable.objects.exclude(state=Payable.State.SETTLED).order_by().values_list("cooperative")
    owed = {pk: amount for pk, amount in unpaid.annotate(amount=Sum("amount_mad")) if amount}
    booked = {pk: -balance for pk, balance in balances_by_cooperative(PAYABLE, refunds=False).items()}
    return [(pk, owed.get(pk), booked.get(pk)) for pk in owed.keys() | booked.keys() if owed.get(pk) != booked.get(pk)]


def _in_chunks(entries: Callable[[Iterable[Any]], Iterator[NewEntry]], rows: QuerySet[Any]) -> Iterator[NewEntry]:
    found = rows.iterator(chunk_size=500)
    while chunk := list(islice(found, 500)):
        yield from entries(chunk)
