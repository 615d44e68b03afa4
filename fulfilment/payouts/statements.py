"""A statement: what was sold, what was taken off, what is received; and of what is owed, what waits for what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from catalogue.kernel.money import ZERO, from_minor
from catalogue.kernel.periods import day_of
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import Source
from fulfilment.orders.models import Line

from . import policies, words
from .models import Payout


@dataclass(frozen=True)
class StatementLine:
    """One leg: something sold, or something taken back of it and why. ``deducted_mad`` is what was borne of discounts.

    ``payable_on`` is the day from which it may be paid, where that is known; ``waits`` says in words for what else it
    waits. Neither: it is due, or paid.
    """

    reason: str | Promise
    is_sale: bool
    product: str
    order_number: str
    earned_at: datetime
    quantity: int
    farm_gate_mad: Decimal
    sold_mad: Decimal
    deducted_mad: Decimal
    to_receive_mad: Decimal
    is_return: bool = False
    payable_on: date | None = None
    waits: str | Promise = ""


@dataclass(frozen=True)
class Part:
    """What of the owed may be paid from a day on, or waits for something."""

    amount_mad: Decimal
    payable_on: date | None = None
    waits: str | Promise = ""


@dataclass(frozen=True)
class Statement:
    """Lines and what they come to: sold, less deducted, less taken back, and what the bank returned, is to receive.

    While it is owed: ``due_mad`` and the ``parts`` that wait are ``to_receive_mad``.
    """

    payout: Payout | None
    lines: tuple[StatementLine, ...]
    sold_mad: Decimal
    deducted_mad: Decimal
    taken_back_mad: Decimal
    returned_mad: Decimal
    to_receive_mad: Decimal
    due_mad: Decimal
    parts: tuple[Part, ...]
    paid_at: datetime | None

    @property
    def is_negative(self) -> bool:
        return self.due_mad < 0


def lay_out(lines: Iterable[StatementLine], payout: Payout | None = None) -> Statement:
    """Add lines up."""
    lines = tuple(lines)
    others = [line for line in lines if not line.is_sale]
    due = [line for line in lines if not line.payable_on and not line.waits]
    return Statement(
        payout=payout,
        lines=lines,
        sold_mad=sum((line.sold_mad for line in lines), ZERO),
        deducted_mad=sum((line.deducted_mad for line in lines), ZERO),
        taken_back_mad=-_total(line for line in others if not line.is_return),
        returned_mad=_total(line for line in others if line.is_return),
        to_receive_mad=_total(lines),
        due_mad=_total(due),
        parts=_parts(lines),
        paid_at=payout.settled_at if payout else None,
    )


def line_of(leg: LedgerLine, line: Line | None, *, is_due: bool) -> StatementLine:
    """Put a leg into words. ``line`` is the order line it is about, with its order and payable; some are of none."""
    amount = from_minor(-leg.amount_minor)
    entry = leg.entry
    is_sale = line is not None and entry.source == Source.DELIVERY
    payable_on, waits = (None, "") if is_due else _waits(leg, line)
    return StatementLine(
        reason=words.reason_of(entry),
        is_sale=is_sale,
        product=line.title_here if line else "",
        order_number=line.order.number if line else entry.order_number,
        earned_at=entry.occurred_at,
        quantity=line.quantity if line else 0,
        farm_gate_mad=line.farm_gate_mad if line else ZERO,
        sold_mad=amount + line.given_mad if line and is_sale else ZERO,
        deducted_mad=line.given_mad if line and is_sale else ZERO,
        to_receive_mad=amount,
        is_return=entry.reverses is not None and entry.reverses.source == Source.PAYOUT,
        payable_on=payable_on,
        waits=waits,
    )


def _waits(leg: Any, line: Line | None) -> tuple[date | None, str | Promise]:
    """Say from which day what is not due may be paid, or for what it waits."""
    payable = getattr(line, "payable", None)
    if leg.disputed:
        return None, words.WAITS[policies.DISPUTE]
    if leg.withdrawn:
        return None, words.WAITS[policies.WITHDRAWAL]
    if payable is None or payable.withdrawal_ends_at is None:
        return None, words.WAITS[policies.REST]
    if payable.money_in_at is None:
        return None, words.WAITS[policies.CASH]
    return day_of(payable.payable_from), ""


def _parts(lines: Iterable[StatementLine]) -> tuple[Part, ...]:
    """Sum what is not due by day, the next first, then by what it waits for."""
    sums: dict[tuple[date | None, str], Part] = {}
    for line in lines:
        if line.payable_on or line.waits:
            key = (line.payable_on, str(line.waits))
            before = sums[key].amount_mad if key in sums else ZERO
            sums[key] = Part(before + line.to_receive_mad, line.payable_on, line.waits)
    return tuple(sums[key] for key in sorted(sums, key=lambda key: (key[0] or date.max, key[1])))


def _total(lines: Iterable[StatementLine]) -> Decimal:
    return sum((line.to_receive_mad for line in lines), ZERO)
