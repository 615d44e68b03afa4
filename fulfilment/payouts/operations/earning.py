"""What a cooperative earns: written once for each delivered line, dated, frozen while someone disputes it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from catalogue.kernel.locks import lock, lock_one
from fulfilment.orders.models import Line, LineShare, Order
from fulfilment.orders.policies import CASH
from fulfilment.orders.sharing import queries as sharing
from fulfilment.orders.withdrawing import queries as withdrawing
from fulfilment.payouts import booking
from fulfilment.payouts.models import Freeze, OrderCash, Payable
from fulfilment.warehouse.models import Consignment, ConsignmentLine


class NotDelivered(Exception):
    """A cooperative earns when the buyer has the parcel, not before."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"consignment {reference} is not delivered")


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
    links = ConsignmentLine.objects.filter(consignment=consignment).select_related("order_line").order_by("pk")
    shares = sharing.shares_of(link.order_line_id for link in links)
    payables = [
        Payable(
            cooperative_id=cooperative_id,
            order_line_id=link.order_line_id,
            earned_at=earned_at,
            money_in_at=money_in_at,
        )
        for link in links
        for cooperative_id in _earners(link.order_line, shares.get(link.order_line_id, ()))
    ]
    Payable.objects.bulk_create(payables, ignore_conflicts=True)
    _date(order)
    booking.earn(consignment, now=now)


def _earners(line: Line, shares: Iterable[LineShare]) -> list[int]:
    """Return who earns by a line: each that made its lots, or the cooperative that it was sold as."""
    return sorted({share.cooperative_id for share in shares}) or [line.partner_id]


@transaction.atomic
def bear_loss(*, consignment_id: int, now: datetime) -> None:
    """Owe cooperatives what a parcel that was lost would have earned them, payable at once; once."""
    booking.bear_loss(Consignment.objects.select_related("order").get(pk=consignment_id), now=now)


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
