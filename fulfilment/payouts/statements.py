"""A statement: what was sold, what was taken off, what is received; and of what is owed, what waits for what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from catalogue.kernel.money import ZERO, from_minor
from catalogue.kernel.periods import day_of
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import Source

from . import policies, words
from .models import Payout


@dataclass(frozen=True)
class StatementLine:
    """One leg: something sold, or something taken back of it and why. ``deducted_mad`` is what was borne of discounts.

    ``leg`` is its number in the ledger. ``payable_on`` is the day from which it may be paid, where that is known;
    ``waits`` says in words for what else it waits. Neither: it is due, or paid. ``share`` says in words of which lots
    that several made, and how much of each; ``quantity`` is of the whole line.
    """

    leg: int
    reason: str | Promise
    is_sale: bool
    product: str
    parcel: str
    order_number: str
    earned_at: datetime
    quantity: int
    farm_gate_mad: Decimal
    sold_mad: Decimal
    deducted_mad: Decimal
    to_receive_mad: Decimal
    is_return: bool = False
    is_advance: bool = False
    payable_on: date | None = None
    waits: str | Promise = ""
    share: str = ""


@dataclass(frozen=True)
class Part:
    """What of the owed may be paid from a day on, or waits for something."""

    amount_mad: Decimal
    payable_on: date | None = None
    waits: str | Promise = ""


@dataclass(frozen=True)
class Statement:
    """Lines and what they come to: sold, less deducted, less taken back, and what the bank returned, is to receive.

    An advance comes to it, and what a payout takes for advances (``paid_back_mad``) goes off it.

    While it is owed: ``due_mad`` and the ``parts`` that wait are ``to_receive_mad``. ``paid_at`` is when it was paid,
    ``under_way_on`` for which day the bank was told to while that is not known yet.
    """

    payout: Payout | None
    lines: tuple[StatementLine, ...]
    sold_mad: Decimal
    deducted_mad: Decimal
    taken_back_mad: Decimal
    returned_mad: Decimal
    advanced_mad: Decimal
    paid_back_mad: Decimal
    to_receive_mad: Decimal
    due_mad: Decimal
    parts: tuple[Part, ...]
    paid_at: datetime | None
    under_way_on: date | None = None

    @property
    def is_negative(self) -> bool:
        return self.due_mad < 0

    @property
    def taken_off_mad(self) -> Decimal:
        """What was borne of discounts, taken back by single lines or for advances: the second of three lines."""
        taken_back_mad = -_total(line for line in self.lines if line.to_receive_mad < 0)
        return self.deducted_mad + taken_back_mad + self.paid_back_mad

    @property
    def brought_in_mad(self) -> Decimal:
        """What was sold, and whatever else came in; less what was taken off it is what is to receive."""
        return self.to_receive_mad + self.taken_off_mad


def lay_out(lines: Iterable[StatementLine], payout: Payout | None = None) -> Statement:
    """Add lines up."""
    lines = tuple(lines)
    others = [line for line in lines if not line.is_sale and not line.is_advance]
    paid_back = payout.deducted_mad if payout else ZERO
    due = [line for line in lines if not line.payable_on and not line.waits]
    return Statement(
        payout=payout,
        lines=lines,
        sold_mad=sum((line.sold_mad for line in lines), ZERO),
        deducted_mad=sum((line.deducted_mad for line in lines), ZERO),
        taken_back_mad=-_total(line for line in others if not line.is_return),
        returned_mad=_total(line for line in others if line.is_return),
        advanced_mad=_total(line for line in lines if line.is_advance),
        paid_back_mad=paid_back,
        to_receive_mad=_total(lines) - paid_back,
        due_mad=_total(due),
        parts=_parts(lines),
        paid_at=payout.settled_at if payout and payout.state == Payout.State.SETTLED else None,
        under_way_on=payout.run.executes_on if payout and payout.is_under_way else None,
    )


def line_of(leg: LedgerLine, line: Any, *, is_due: bool) -> StatementLine:
    """Put a leg into words. ``line`` is the order line it is about, with its order and shares; some are of none."""
    amount = from_minor(-leg.amount_minor)
    shares = [one for one in line.told if one["cooperative"] == leg.account.cooperative_id] if line else []
    given_mad = _given(line, shares)
    entry = leg.entry
    is_sale = line is not None and entry.source == Source.DELIVERY
    payable_on, waits = (None, "") if is_due else _waits(leg)
    link = getattr(line, "consignment_line", None)
    return StatementLine(
        leg=leg.pk,
        reason=words.reason_of(entry, gives=amount > 0),
        is_sale=is_sale,
        product=line.title_here if line else "",
        parcel=link.consignment.reference if link else "",
        order_number=line.order.number if line else entry.order_number,
        earned_at=entry.occurred_at,
        quantity=line.quantity if line else 0,
        farm_gate_mad=line.farm_gate_mad if line else ZERO,
        sold_mad=amount + given_mad if is_sale else ZERO,
        deducted_mad=given_mad if is_sale else ZERO,
        to_receive_mad=amount,
        is_advance=entry.source == Source.ADVANCE,
        is_return=entry.reverses is not None and entry.reverses.source == Source.PAYOUT,
        payable_on=payable_on,
        waits=waits,
        share=" · ".join(words.share_of(one["per_mille"], one["lot"]) for one in shares),
    )


def _given(line: Any, shares: Sequence[Mapping[str, Any]]) -> Decimal:
    """Return what was borne of discounts on a line: all of it, or one's share where several made it."""
    if line is None:
        return ZERO
    return from_minor(sum(one["given_minor"] for one in shares)) if line.told else line.given_mad


def _waits(leg: Any) -> tuple[date | None, str | Promise]:
    """Say from which day what is not due may be paid, or for what it waits."""
    if leg.disputed:
        return None, words.WAITS[policies.DISPUTE]
    if leg.withdrawn:
        return None, words.WAITS[policies.WITHDRAWAL]
    if leg.withdrawal_ends_at is None:
        return None, words.WAITS[policies.REST]
    if leg.money_in_at is None:
        return None, words.WAITS[policies.CASH]
    return day_of(leg.payable_from), ""


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
