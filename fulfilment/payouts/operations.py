"""What a cooperative earns, recorded once for each delivered line and paid once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Partner
from catalogue.kernel.locks import lock, try_advisory_lock
from catalogue.kernel.periods import local
from fulfilment.orders.models import Order
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from . import booking, policies
from .models import Payable, Payout, PayoutRun

LOCK = "payouts.run"


class NotDelivered(Exception):
    """A cooperative earns when the buyer has the parcel, not before."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"consignment {reference} is not delivered")


class RunInProgress(Exception):
    """Another run holds the lock; what it pays must not be paid by this one."""

    def __init__(self) -> None:
        super().__init__(_("Another payout run is going on; nothing was paid by this one."))


class PaidMeanwhile(Exception):
    """Rows of this run's snapshot were settled by someone else; nothing of this run is kept."""


@transaction.atomic
def record_earnings(*, consignment_id: int, now: datetime) -> None:
    """Write and book what each line of a delivered consignment earned, its frozen farm gate less discounts, once.

    Locks the order, so that a refund at the same time finds its goods delivered or not, never in between.
    """
    consignment = Consignment.objects.select_related("order").get(pk=consignment_id)
    lock(Order.objects.filter(pk=consignment.order_id))
    if consignment.state != Consignment.State.DELIVERED:
        raise NotDelivered(consignment.reference)
    lines = ConsignmentLine.objects.filter(consignment=consignment).select_related("order_line").order_by("pk")
    payables = [
        Payable(
            cooperative_id=consignment.cooperative_id,
            order_line=line.order_line,
            amount_mad=policies.earned(line.order_line.farm_gate_mad, line.quantity, line.order_line.given_mad),
            earned_at=consignment.delivered_at or now,
        )
        for line in lines
    ]
    Payable.objects.bulk_create(payables, ignore_conflicts=True)
    booking.earn(consignment, now=now)


@transaction.atomic
def run_payouts(*, now: datetime, run_by: Any = None) -> PayoutRun | None:
    """Pay everything payable that was earned up to now: one payout for each cooperative, or nothing if none is owed.

    One transaction: a run that is killed leaves no trace. A second run at the same time raises ``RunInProgress``.
    The account and the way of paying are frozen on the payout.
    """
    if not try_advisory_lock(LOCK):
        raise RunInProgress
    rows = _snapshot(now)
    groups = policies.by_cooperative(rows)
    if not groups:
        return None
    run = PayoutRun.objects.create(reference=_reference(now), cut_off_at=now, run_at=now, run_by=run_by)
    cooperatives = Partner.objects.in_bulk(groups)
    for number, (cooperative_id, owed) in enumerate(groups.items(), start=1):
        _pay(run, number, cooperatives[cooperative_id], owed, now)
    booking.pay(run, now=now)
    return run


def _snapshot(now: datetime) -> list[policies.Owed]:
    """Lock and list what is payable, in key order."""
    rows = (
        Payable.objects.filter(state=Payable.State.PAYABLE, earned_at__lte=now)
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    return [policies.Owed(*row) for row in rows.values_list("pk", "cooperative_id", "amount_mad")]


def _pay(run: PayoutRun, number: int, cooperative: Partner, owed: list[policies.Owed], now: datetime) -> None:
    payout = Payout.objects.create(
        reference=f"{run.reference}-{number:04d}",
        run=run,
        cooperative=cooperative,
        amount_mad=policies.total(owed),
        state=Payout.State.SETTLED,
        method=cooperative.payout_method,
        rib=cooperative.rib,
        settled_at=now,
    )
    _settle(payout, [row.payable_id for row in owed])


def _settle(payout: Payout, payable_ids: list[int]) -> None:
    """Mark the rows as paid by this payout, each once: a row that is paid already undoes the whole run."""
    unpaid = Payable.objects.filter(pk__in=payable_ids, state=Payable.State.PAYABLE)
    if unpaid.update(state=Payable.State.SETTLED, payout=payout) != len(payable_ids):
        raise PaidMeanwhile(payout.reference)


def _reference(now: datetime) -> str:
    """Name a run by its day in the shop's zone and its number on that day."""
    day = f"{local(now):%Y%m%d}"
    today = PayoutRun.objects.filter(reference__startswith=f"PAY-{day}-").count()
    return f"PAY-{day}-{today + 1:02d}"
