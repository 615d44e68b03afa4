"""Declaring that goods go back, taking them in, and deciding: each under the order's lock, each once.

Money is given back by whoever hears ``withdrawal_accepted``, in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from fulfilment.orders import signals
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.models import Line, Order, OrderEvent

from . import policies, queries
from .models import Withdrawal, WithdrawalLine

State = Withdrawal.State


class NothingChosen(Exception):
    """No piece of any line was named."""


class NotWithdrawable(Exception):
    """This order is not withdrawn: ``way`` says what its buyer does instead (``policies.CANCEL`` …)."""

    def __init__(self, way: str) -> None:
        self.way = way
        super().__init__(way)


class LineRefused(Exception):
    """This line cannot be sent back: ``item.refused`` says why."""

    def __init__(self, item: queries.Item) -> None:
        self.item = item
        super().__init__(f"line {item.line.pk}: {item.refused}")


class MoreThanBought(Exception):
    """So many pieces of a line are not there to send back; ``item.left`` are."""

    def __init__(self, item: queries.Item) -> None:
        self.item = item
        super().__init__(f"line {item.line.pk}: only {item.left} left")


class NotOfThisOrder(Exception):
    """A line was named that the order does not have."""


class NotInState(Exception):
    """A withdrawal in this state cannot be moved there any more."""

    def __init__(self, withdrawal: Withdrawal) -> None:
        self.withdrawal = withdrawal
        super().__init__(f"{withdrawal.reference} is {withdrawal.state}")


class NothingBack(Exception):
    """Not a single piece is back: that is not accepted but rejected, with a reason."""


class MoreBackThanDeclared(Exception):
    """More pieces came back than were declared; the rest was never withdrawn."""


@transaction.atomic
def declare(
    *, order_id: int, pieces: Mapping[int, int], name: str, confirmation: str, now: datetime, by: Any = None
) -> Withdrawal:
    """Write down that a buyer withdraws from ``pieces`` (line id → how many). Announces ``withdrawal_declared``.

    Locks the order. The same ``confirmation`` again returns what it made the first time. Raises ``NothingChosen``,
    ``NotWithdrawable``, ``NotOfThisOrder``, ``LineRefused`` or ``MoreThanBought``.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if known := Withdrawal.objects.filter(order=order, confirmation=confirmation).first():
        return known
    chosen = {line: quantity for line, quantity in pieces.items() if quantity > 0}
    lines = queries.for_withdrawing(Line.objects.filter(order=order).order_by("pk"))
    check(queries.offer_of(order, lines, now), chosen)
    number = Withdrawal.objects.filter(order=order).count() + 1
    withdrawal = Withdrawal.objects.create(
        order=order, number=number, confirmation=confirmation, declared_name=name, declared_at=now, declared_by=by
    )
    WithdrawalLine.objects.bulk_create(
        WithdrawalLine(withdrawal=withdrawal, line_id=line, quantity=quantity)
        for line, quantity in sorted(chosen.items())
    )
    _note(withdrawal, queries.DECLARED, now, by)
    events.announce(signals.withdrawal_declared, order_id=order.pk, withdrawal_id=withdrawal.pk)
    return withdrawal


def check(offer: queries.Offer, chosen: Mapping[int, int]) -> None:
    """Refuse pieces that an order does not let go back; raises what ``declare`` raises."""
    if offer.way != policies.OPEN:
        raise NotWithdrawable(offer.way)
    if not chosen:
        raise NothingChosen
    for line_id, quantity in chosen.items():
        item = offer.item(line_id)
        if item is None:
            raise NotOfThisOrder(line_id)
        if item.refused:
            raise LineRefused(item)
        if quantity > item.left:
            raise MoreThanBought(item)


@transaction.atomic
def take_back(*, withdrawal_id: int, now: datetime, by: Any) -> Withdrawal:
    """Say that the goods are back and looked at. A second call changes nothing. Raises ``NotInState``."""
    withdrawal = _withdrawal(withdrawal_id)
    if withdrawal.state == State.RECEIVED:
        return withdrawal
    _move(withdrawal, State.RECEIVED, (State.DECLARED,), now=now, by=by, handled_by=by, received_at=now)
    return withdrawal


@transaction.atomic
def accept(*, withdrawal_id: int, back: Mapping[int, int], now: datetime, by: Any, note: str = "") -> Withdrawal:
    """Accept what came back (line id → pieces). Announces ``withdrawal_accepted``; a second call changes nothing.

    The pieces wait to be inspected. With the last piece of an order goes what was paid for its delivery. Raises
    ``NotInState``, ``NothingBack``, ``NotOfThisOrder``, ``MoreBackThanDeclared``.
    """
    withdrawal = _withdrawal(withdrawal_id)
    if withdrawal.state == State.ACCEPTED:
        return withdrawal
    if withdrawal.state != State.RECEIVED:
        raise NotInState(withdrawal)
    lines = {row.line_id: row for row in withdrawal.lines.all()}
    _check_back(lines, back)
    for line_id, row in lines.items():
        row.back = back.get(line_id, 0)
        row.save(update_fields=["back"])
    delivery = _whole(withdrawal.order, back)
    decision = {"ended_at": now, "handled_by": by, "delivery": delivery, "note": note}
    _move(withdrawal, State.ACCEPTED, (State.RECEIVED,), now=now, by=by, **decision)
    allocating.take_some_back(back, reference=withdrawal.reference, now=now)
    events.announce(
        signals.withdrawal_accepted,
        order_id=withdrawal.order_id,
        withdrawal_id=withdrawal.pk,
        quantities={line: quantity for line, quantity in back.items() if quantity},
        delivery=delivery,
        by=by,
    )
    return withdrawal


def _check_back(lines: Mapping[int, WithdrawalLine], back: Mapping[int, int]) -> None:
    for line_id, quantity in back.items():
        if line_id not in lines:
            raise NotOfThisOrder(line_id)
        if quantity > lines[line_id].quantity:
            raise MoreBackThanDeclared(line_id)
    if not any(quantity > 0 for quantity in back.values()):
        raise NothingBack


def _whole(order: Order, back: Mapping[int, int]) -> bool:
    """Tell whether with these pieces the whole order came back, counting what was accepted before."""
    bought = dict(Line.objects.filter(order=order).values_list("pk", "quantity"))
    before = WithdrawalLine.objects.filter(withdrawal__order=order, withdrawal__state=State.ACCEPTED)
    total = dict(back)
    for line_id, quantity in before.values_list("line_id", "back"):
        total[line_id] = total.get(line_id, 0) + (quantity or 0)
    return policies.is_whole(bought, total)


@transaction.atomic
def reject(*, withdrawal_id: int, rejection: str, now: datetime, by: Any, note: str = "") -> Withdrawal:
    """Refuse a withdrawal, for a reason that the buyer is told. Announces ``withdrawal_rejected``.

    A second call changes nothing. Raises ``NotInState``.
    """
    withdrawal = _withdrawal(withdrawal_id)
    if withdrawal.state == State.REJECTED:
        return withdrawal
    decision = {"ended_at": now, "handled_by": by, "rejection": rejection, "note": note}
    _move(withdrawal, State.REJECTED, Withdrawal.OPEN_STATES, now=now, by=by, **decision)
    events.announce(signals.withdrawal_rejected, order_id=withdrawal.order_id, withdrawal_id=withdrawal.pk)
    return withdrawal


@transaction.atomic
def call_off(*, withdrawal_id: int, now: datetime, by: Any = None) -> Withdrawal:
    """Let the buyer keep the goods after all, until they are back. A second call changes nothing.

    Raises ``NotInState``.
    """
    withdrawal = _withdrawal(withdrawal_id)
    if withdrawal.state == State.CANCELLED:
        return withdrawal
    _move(withdrawal, State.CANCELLED, (State.DECLARED,), now=now, by=by, ended_at=now)
    return withdrawal


def _withdrawal(withdrawal_id: int) -> Withdrawal:
    """Lock the order, then read what was declared of it."""
    order = lock_one(
        Order.objects.filter(pk=Withdrawal.objects.values_list("order_id", flat=True).get(pk=withdrawal_id))
    )
    withdrawal = Withdrawal.objects.get(pk=withdrawal_id)
    withdrawal.order = order
    return withdrawal


def _move(
    withdrawal: Withdrawal, state: str, from_states: tuple[str, ...], *, now: datetime, by: Any, **fields: Any
) -> None:
    if withdrawal.state not in from_states:
        raise NotInState(withdrawal)
    withdrawal.state = state
    for name, value in fields.items():
        setattr(withdrawal, name, value)
    withdrawal.save(update_fields=["state", *fields])
    _note(withdrawal, f"withdrawal_{state.lower()}", now, by)


def _note(withdrawal: Withdrawal, kind: str, now: datetime, by: Any) -> None:
    OrderEvent.objects.create(
        order=withdrawal.order, kind=kind, at=now, by=by, data={"withdrawal": withdrawal.reference}
    )
