"""Giving back what was sold: by line and quantity, exactly the share that was paid, above a limit by two persons."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from catalogue.kernel.locks import lock, lock_one
from catalogue.kernel.money import ZERO
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import THE_DELIVERY, Source
from fulfilment.orders.models import Order
from fulfilment.payments import shares
from fulfilment.payments.disputing.queries import keeping_money
from fulfilment.payments.models import PaymentAttempt, Refund, RefundLine

from .refunds import MoreThanCaptured, PaymentDisputed, check_left, given_back, locked, make_due, owe_late
from .refunds import note as note_step

log = logging.getLogger("fulfilment.payments")
State, Reason = Refund.State, Refund.Reason


class NothingToGiveBack(Exception):
    """What was chosen comes to nothing."""


class NotAsked(Exception):
    """This refund does not wait for a second person."""


class OwnRefund(Exception):
    """Whoever asked for a refund does not decide it."""


class NotFailed(Exception):
    """This refund did not fail, or was made another way since; there is nothing to do again."""


@transaction.atomic
def ask_refund(
    *,
    order_id: int,
    quantities: Mapping[int, int],
    delivery: bool = False,
    reason: str,
    now: datetime,
    by: Any = None,
    note: str = "",
    waits: bool = False,
) -> Refund:
    """Give back pieces of an order's lines (line id → pieces), and what was paid for delivery if asked.

    The amount is what the frozen lines say for those pieces. Above ``REFUND_ALONE_UP_TO`` it waits for a second
    person; else it is due at once and announces ``refund_owed``. An order that was cancelled needs nobody. With
    ``waits`` it waits in any case, and may be asked for while a dispute lasts: the second person's yes is refused
    then. Locks the order, then its attempt. Raises ``MoreThanLeft``, ``MoreThanCaptured``, ``PaymentDisputed`` or
    ``NothingToGiveBack``.
    """
    order, attempt = _locked(order_id)
    share = _share(attempt, quantities, delivery=delivery, waits=waits)
    waits = waits or (not _by_itself(order, reason) and needs_second(attempt, share.amount))
    refund = Refund.objects.create(
        attempt=attempt,
        amount=share.amount,
        currency=attempt.currency,
        reason=reason,
        way=shares.way_of(attempt),
        delivery=share.delivery,
        note=note[:300],
        state=State.ASKED if waits else State.DUE,
        asked_by=by,
        created_at=now,
        updated_at=now,
    )
    _write_lines(refund, share.runs)
    if waits:
        note_step(refund, "refund_asked", now, by=by)
    else:
        make_due(refund, now=now, by=by)
    return refund


def preview(*, order_id: int, quantities: Mapping[int, int], delivery: bool = False) -> shares.Share:
    """Say what a refund would come to, and what each cooperative would lose. Writes nothing; raises like asking."""
    attempt = _captured(PaymentAttempt.objects.filter(order_id=order_id).select_related("order"))
    return _share(attempt, quantities, delivery=delivery)


def _share(
    attempt: PaymentAttempt, quantities: Mapping[int, int], *, delivery: bool, waits: bool = False
) -> shares.Share:
    share = shares.choose(attempt, quantities, delivery=delivery, way=shares.way_of(attempt))
    if not waits:
        check_left(attempt, share.amount)
    elif share.amount > (left := attempt.captured - given_back(attempt)):
        raise MoreThanCaptured(left)
    if share.amount <= 0:
        raise NothingToGiveBack(attempt.order.number)
    return share


def needs_second(attempt: PaymentAttempt, amount: Decimal) -> bool:
    """Tell whether so much more is above what one person gives back of an order, what went before counted in."""
    alone = attempt.refunds.filter(decided_by=None).exclude(state__in=Refund.NULL_STATES)
    before: Decimal = alone.exclude(state=State.ASKED).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return before + amount > settings.REFUND_ALONE_UP_TO[attempt.currency]


@transaction.atomic
def approve_refund(*, refund_id: int, by: Any, now: datetime) -> Refund:
    """Let a refund go, as its second person. Announces ``refund_owed``.

    Raises ``NotAsked``, ``OwnRefund``, or ``MoreThanCaptured`` or ``PaymentDisputed`` where a dispute came between.
    """
    refund = _asked(refund_id, by)
    check_left(refund.attempt, ZERO)  # its own amount is counted in
    _decide(refund, State.DUE, by, now)
    make_due(refund, now=now, by=by)
    return refund


@transaction.atomic
def decline_refund(*, refund_id: int, by: Any, now: datetime, note: str) -> Refund:
    """Say no to a refund, as its second person; its pieces may be asked for again. Raises as approving does."""
    refund = _asked(refund_id, by)
    refund.decision = note[:300]
    _decide(refund, State.DECLINED, by, now)
    note_step(refund, "refund_declined", now, by=by)
    return refund


@transaction.atomic
def refund_again(*, refund_id: int, now: datetime, by: Any = None, way: str = "") -> Refund:
    """Try once more what failed, as a new refund with a key of its own; ``way`` to go another way.

    Each failed refund is followed once. Who asked and who decided stays. Raises ``NotFailed``.
    """
    failed = locked(refund_id)
    if failed.state != State.FAILED or Refund.objects.filter(follows=failed).exists():
        raise NotFailed(refund_id)
    check_left(failed.attempt, failed.amount)
    kept = ("attempt", "amount", "currency", "reason", "delivery", "note", "asked_by", "decided_by", "decided_at")
    refund = Refund.objects.create(
        **{name: getattr(failed, name) for name in kept},
        way=way or failed.way,
        follows=failed,
        created_at=now,
        updated_at=now,
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, order_line_id=row.order_line_id, first_piece=row.first_piece, pieces=row.pieces)
        for row in failed.lines.order_by("pk")
    )
    make_due(refund, now=now, by=by)
    return refund


@transaction.atomic
def give_back_cancelled(*, order_id: int, now: datetime) -> None:
    """Owe all that is left of a cancelled order's money; what waited for a second person goes with it.

    Of a payment that the buyer's bank disputes nothing is owed until the shop has won; lost, a person sees to the rest.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    attempt = PaymentAttempt.objects.filter(order=order, state=PaymentAttempt.State.SUCCEEDED).first()
    if attempt is None or order.status != Order.Status.CANCELLED:
        return
    if keeping_money().filter(attempt=attempt).exists():
        log.error("cancelled and disputed, nothing is given back: order=%s", order.number)
        return
    for refund_id in attempt.refunds.filter(state=State.ASKED).order_by("pk").values_list("pk", flat=True):
        refund = locked(refund_id)
        refund.state, refund.updated_at = State.DUE, now
        refund.save(update_fields=["state", "updated_at"])
        make_due(refund, now=now)
    left = shares.left_of(order)
    delivery = bool(left.pop(THE_DELIVERY))
    quantities = {line: pieces for line, pieces in left.items() if line is not None and pieces}
    if quantities or delivery:
        ask_refund(order_id=order_id, quantities=quantities, delivery=delivery, reason=Reason.CANCELLED, now=now)


@transaction.atomic
def give_back_waiting(*, attempt: PaymentAttempt, now: datetime) -> None:
    """Owe what a dispute, over by now, kept from being given back, and left: of an order cancelled, or paid too late.

    The order and the attempt are locked. Another dispute of the same payment that lasts keeps it still.
    """
    if ledger.find(Source.HELD, attempt.idempotency_key) is None:
        give_back_cancelled(order_id=attempt.order_id, now=now)
    elif attempt.state == PaymentAttempt.State.SUCCEEDED:
        with suppress(PaymentDisputed):
            owe_late(attempt, now=now)


def _by_itself(order: Order, reason: str) -> bool:
    return reason == Reason.CANCELLED and order.status == Order.Status.CANCELLED


def _locked(order_id: int) -> tuple[Order, PaymentAttempt]:
    order = lock_one(Order.objects.filter(pk=order_id))
    attempts = lock(PaymentAttempt.objects.filter(order=order).select_related("order"))
    return order, _captured(attempts)


def _captured(attempts: Any) -> PaymentAttempt:
    found = next((one for one in attempts if one.state == PaymentAttempt.State.SUCCEEDED), None)
    if found is None:
        raise MoreThanCaptured(ZERO)
    return found


def _asked(refund_id: int, by: Any) -> Refund:
    refund = locked(refund_id)
    if refund.state != State.ASKED:
        raise NotAsked(refund_id)
    if refund.asked_by_id == by.pk:
        raise OwnRefund(refund_id)
    return refund


def _decide(refund: Refund, state: str, by: Any, now: datetime) -> None:
    refund.state, refund.decided_by, refund.decided_at, refund.updated_at = state, by, now, now
    refund.save(update_fields=["state", "decided_by", "decided_at", "decision", "updated_at"])


def _write_lines(refund: Refund, runs: tuple[shares.Run, ...]) -> None:
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, order_line_id=run.order_line, first_piece=run.first, pieces=run.pieces)
        for run in runs
    )
