"""What a cooperative earns: written once for each delivered line, dated, and paid once from the ledger."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from catalogue.cooperatives.models import Partner
from catalogue.kernel.locks import lock, lock_one, try_advisory_lock
from catalogue.kernel.periods import local
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH
from fulfilment.orders.withdrawing import queries as withdrawing
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from . import booking, owing, policies
from .models import Freeze, OrderCash, Payable, Payout, PayoutLine, PayoutRun

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
    """Something of this run's snapshot was paid by someone else; nothing of this run is kept."""


@transaction.atomic
def record_earnings(*, consignment_id: int, now: datetime) -> None:
    """Write what each line of a delivered consignment earned, book it, and date it if its order is whole; once.

    Locks the order, so that its parcels, its refunds and its cash follow one another.
    """
    consignment = Consignment.objects.select_related("order").get(pk=consignment_id)
    order = lock_one(Order.objects.filter(pk=consignment.order_id))
    if consignment.state != Consignment.State.DELIVERED:
        raise NotDelivered(consignment.reference)
    earned_at = consignment.delivered_at or now
    money_in_at = _cash_of([order.pk])[0].in_at if order.payment_method == CASH else earned_at
    lines = ConsignmentLine.objects.filter(consignment=consignment).order_by("pk")
    payables = [
        Payable(
            cooperative_id=consignment.cooperative_id,
            order_line_id=line.order_line_id,
            earned_at=earned_at,
            money_in_at=money_in_at,
        )
        for line in lines
    ]
    Payable.objects.bulk_create(payables, ignore_conflicts=True)
    _date(order)
    booking.earn(consignment, now=now)


@transaction.atomic
def date_earnings(*, order_id: int) -> None:
    """Date what an order earned, now that all of it has arrived. Locks the order; a second call changes nothing."""
    _date(lock_one(Order.objects.filter(pk=order_id)))


def _date(order: Order) -> None:
    """Write until when each line may be sent back: known once the last parcel has arrived."""
    undated = Payable.objects.filter(order_line__order=order, withdrawal_ends_at=None)
    payables = list(undated.select_related("order_line__withdrawal_period").order_by("pk"))
    arrived_at = withdrawing.delivered_at(order) if payables else None
    if arrived_at is None:
        return
    ends = withdrawing.ends_at((payable.order_line for payable in payables), arrived_at)
    for payable in payables:
        payable.withdrawal_ends_at = ends[payable.order_line_id]
    Payable.objects.bulk_update(payables, ["withdrawal_ends_at"])


@transaction.atomic
def take_in_cash(*, order_ids: Iterable[int], now: datetime) -> None:
    """Note that all the cash of these orders is in: from now on their lines may be paid, once their day has come.

    A second call changes nothing. Locks their rows of ``OrderCash`` in key order.
    """
    waiting = [cash for cash in _cash_of(order_ids) if cash.in_at is None]
    OrderCash.objects.filter(pk__in=[cash.pk for cash in waiting]).update(in_at=now)
    orders = [cash.order_id for cash in waiting]
    Payable.objects.filter(order_line__order__in=orders, money_in_at=None).update(money_in_at=now)


def _cash_of(order_ids: Iterable[int]) -> list[OrderCash]:
    """Lock the rows that say when cash was in, making those that are not there: whoever comes second sees the first."""
    ids = sorted(set(order_ids))
    OrderCash.objects.bulk_create([OrderCash(order_id=pk) for pk in ids], ignore_conflicts=True)
    return lock(OrderCash.objects.filter(order__in=ids))


@transaction.atomic
def freeze(*, order_id: int, dispute_id: int, now: datetime) -> None:
    """Keep what an order earned from being paid while a dispute lasts. Waits for a run that is paying it."""
    lock(Payable.objects.filter(order_line__order=order_id))
    Freeze.objects.update_or_create(
        dispute=dispute_id, defaults={"order_id": order_id, "frozen_at": now, "lifted_at": None}
    )


@transaction.atomic
def lift(*, dispute_id: int, now: datetime) -> None:
    """Let what an order earned be paid again: the dispute is over. What was lost stands in the ledger."""
    Freeze.objects.filter(dispute=dispute_id, lifted_at=None).update(lifted_at=now)


@transaction.atomic
def run_payouts(*, now: datetime, run_by: Any = None) -> PayoutRun | None:
    """Pay all that is due: one payout for each cooperative that is owed more than was taken back, or nothing.

    One transaction: a run that is killed leaves no trace. A second run at the same time raises ``RunInProgress``.
    The account and the way of paying are frozen on the payout. The number of statements does not grow with the lines.
    """
    if not try_advisory_lock(LOCK):
        raise RunInProgress
    groups = policies.to_pay(_snapshot(), now)
    if not groups:
        return None
    run = PayoutRun.objects.create(reference=_reference(now), cut_off_at=now, run_at=now, run_by=run_by)
    payouts = _draw_up(run, groups, now)
    booking.pay(run, now=now)
    _cover(payouts, groups)
    return run


def _snapshot() -> list[policies.OpenLeg]:
    """Lock the lines that something is owed for, in key order, then read what is open: two statements.

    Legs are written for ever and cannot be locked; whoever freezes a line or pays it locks its payable first.
    """
    lock(Payable.objects.filter(order_line__in=owing.open_lines().values("order_line")))
    return owing.open_legs()


def _draw_up(run: PayoutRun, groups: Mapping[int, list[policies.OpenLeg]], now: datetime) -> list[Payout]:
    cooperatives = Partner.objects.in_bulk(groups)
    payouts = [
        Payout(
            reference=f"{run.reference}-{number:04d}",
            run=run,
            cooperative=cooperatives[cooperative_id],
            amount_mad=policies.total(legs),
            state=Payout.State.SETTLED,
            method=cooperatives[cooperative_id].payout_method,
            rib=cooperatives[cooperative_id].rib,
            settled_at=now,
        )
        for number, (cooperative_id, legs) in enumerate(groups.items(), start=1)
    ]
    return Payout.objects.bulk_create(payouts)


def _cover(payouts: Iterable[Payout], groups: Mapping[int, list[policies.OpenLeg]]) -> None:
    """Write which legs each payout covers, its own among them: a leg that is covered already undoes the whole run.

    All in one statement: the database asks after it whether each payout is what it covers.
    """
    payouts = list(payouts)
    own = owing.own_lines(payouts)
    covered = [
        PayoutLine(payout=payout, ledger_line_id=pk)
        for payout in payouts
        for pk in (own[payout.reference], *(leg.ledger_line for leg in groups[payout.cooperative_id]))
    ]
    try:
        PayoutLine.objects.bulk_create(covered)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise PaidMeanwhile(payouts[0].run.reference) from error
        raise


def _reference(now: datetime) -> str:
    """Name a run by its day in the shop's zone and its number on that day."""
    day = f"{local(now):%Y%m%d}"
    today = PayoutRun.objects.filter(reference__startswith=f"PAY-{day}-").count()
    return f"PAY-{day}-{today + 1:02d}"
