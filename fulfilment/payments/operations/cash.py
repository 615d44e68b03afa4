"""Cash at the door: what a courier took for each parcel, and what of it was handed in."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel import events
from catalogue.kernel.locks import lock, lock_one
from catalogue.kernel.money import ZERO
from fulfilment.payments import booking, frozen, signals
from fulfilment.payments.models import CashCollected, CashRemittance, PaymentAttempt
from fulfilment.payments.queries import owed_by
from fulfilment.payments.remitting.queries import on_account_of
from fulfilment.shipping.models import Courier

from .paying import write_state

State = PaymentAttempt.State


class NotTheirs(Exception):
    """Some of these were not collected by this courier."""


class RemittedAlready(Exception):
    """Some of these are paid for, or this reference stands for another sum; nothing was written."""


class MoreThanOwed(Exception):
    """More was handed in than this courier owes. ``owed`` is what they do."""

    def __init__(self, owed: Decimal) -> None:
        self.owed = owed
        super().__init__(_("This courier owes less than that. Count again, or call the courier."))


@transaction.atomic
def collect_at_door(*, order_id: int, parcel: str, courier_id: int | None, now: datetime) -> CashCollected | None:
    """Note that the courier was paid for this parcel, and book the sale of what is in it.

    The first parcel is paid with the delivery, the rounding and the duty. None for an order that is not paid in cash;
    a second call changes nothing. Called with the order's consignments locked, so against the usual order; harmless,
    since whoever locks attempts or consignments holds the order's row first.
    """
    attempts = lock(PaymentAttempt.objects.filter(order_id=order_id, provider="cash", state=State.STARTED))
    if not attempts:
        return None
    attempt = attempts[0]
    made = list(CashCollected.objects.filter(attempt=attempt))
    if known := next((row for row in made if row.parcel == parcel), None):
        return known
    delivery_paid = any(row.with_delivery for row in made)
    sale, with_delivery = frozen.next_at_door(attempt.order, parcel, delivery_paid=delivery_paid)
    collected = CashCollected.objects.create(
        attempt=attempt,
        parcel=parcel,
        courier_id=courier_id,
        amount=sale.gross,
        with_delivery=with_delivery,
        collected_at=now,
    )
    attempt.captured += collected.amount
    attempt.save(update_fields=["captured"])
    booking.sell_at_door(collected, sale, now=now)
    return collected


@transaction.atomic
def collect_cash(*, order_id: int, now: datetime) -> None:
    """Note that nothing more will be collected for an order whose buyer accepted something of it.

    An order without parcels was paid whole. Announces ``cash_remitted`` when all that was collected is in already.
    """
    for attempt in _open_own(order_id, "cash"):
        collections = list(attempt.collections.all())
        if not collections:
            attempt.captured = attempt.amount
            attempt.save(update_fields=["captured"])
        write_state(attempt, State.SUCCEEDED, now)
        if not collections:
            booking.sell(attempt, now=now)
        elif all(row.remittance_id for row in collections):
            last = max(row.remittance_id for row in collections if row.remittance_id)
            events.announce(signals.cash_remitted, order_ids=[order_id], remittance_id=last)


@transaction.atomic
def drop_cash(*, order_id: int, now: datetime) -> None:
    """Note that no cash, and no transfer, is awaited for an order that was called off, ran out or was refused."""
    for attempt in _open_own(order_id, "cash", "transfer"):
        write_state(attempt, State.CANCELLED, now)


def _open_own(order_id: int, *providers: str) -> list[PaymentAttempt]:
    return lock(PaymentAttempt.objects.filter(order_id=order_id, provider__in=providers, state=State.STARTED))


@transaction.atomic
def remit_cash(
    *,
    courier_id: int,
    collections: Collection[int],
    amount: Decimal,
    received_on: date,
    reference: str,
    now: datetime,
    by: Any = None,
    fees: Decimal = ZERO,
    explained: Decimal = ZERO,
) -> CashRemittance:
    """Take in what a courier hands over for collections, and book it.

    Of ``amount`` the courier kept ``fees`` for their work. Beyond what they owe no more is taken than is ``explained``
    by their files, and stands on account.

    The oldest are paid for first, whole, with this money and what the courier handed in too much before; what the
    money does not reach stays owed. Locks the courier, so that two remittances follow each other. The same reference
    and sum again changes nothing. Announces ``cash_remitted``; raises ``NotTheirs``, ``RemittedAlready``,
    ``MoreThanOwed``.
    """
    courier = lock_one(Courier.objects.filter(pk=courier_id))
    known = CashRemittance.objects.filter(courier=courier, reference=reference).first()
    if known is not None:
        if (known.amount, known.fees, known.received_on) != (amount, fees, received_on):
            raise RemittedAlready(reference)
        return known
    chosen = lock(CashCollected.objects.filter(pk__in=collections))
    _check_chosen(courier, chosen, collections)
    owed = owed_by(courier.pk)
    if amount > owed + explained:
        raise MoreThanOwed(owed)
    on_account = on_account_of(courier.pk)
    remittance = CashRemittance.objects.create(
        courier=courier,
        amount=amount,
        fees=fees,
        received_on=received_on,
        reference=reference,
        recorded_at=now,
        recorded_by=by,
    )
    paid = list(_paid_by(on_account + amount, chosen))
    CashCollected.objects.filter(pk__in=[row.pk for row in paid]).update(remittance=remittance)
    booking.remit(remittance, now=now)
    order_ids = all_in(paid)
    if order_ids:
        events.announce(signals.cash_remitted, order_ids=order_ids, remittance_id=remittance.pk)
    return remittance


def _check_chosen(courier: Courier, chosen: list[CashCollected], wanted: Collection[int]) -> None:
    if len(chosen) != len(set(wanted)) or any(row.courier_id != courier.pk for row in chosen):
        raise NotTheirs(courier.pk)
    if any(row.remittance_id for row in chosen):
        raise RemittedAlready(courier.pk)


def _paid_by(money: Decimal, chosen: Iterable[CashCollected]) -> Iterable[CashCollected]:
    for row in sorted(chosen, key=lambda row: (row.collected_at, row.pk)):
        if row.amount > money:
            return
        money -= row.amount
        yield row


def all_in(paid: Iterable[CashCollected]) -> list[int]:
    """Return the orders for which everything is collected, and everything collected is in."""
    attempts = PaymentAttempt.objects.filter(collections__in=[row.pk for row in paid], state=State.SUCCEEDED)
    return sorted(set(attempts.exclude(collections__remittance=None).values_list("order_id", flat=True)))
