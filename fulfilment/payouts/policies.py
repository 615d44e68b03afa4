"""What is due to a cooperative, for which period it is paid, and what a payout adds up to. No database."""

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from types import MappingProxyType

from catalogue.kernel import periods
from catalogue.kernel.money import CENT, ZERO
from catalogue.kernel.periods import Period
from catalogue.kernel.workdays import NONE, workday_after

CASH, REST, DISPUTE, WITHDRAWAL = "cash", "rest", "dispute", "withdrawal"
"""What something earned waits for, but its day: the courier's cash, the rest of its order, a dispute, a withdrawal."""


@dataclass(frozen=True)
class OpenLeg:
    """A leg on what is to be paid that no payout covers.

    ``amount_mad`` is what the cooperative gets by it: less than nothing where something is taken back. ``disputed``
    and ``withdrawn`` say that its order line is frozen, by the buyer's bank or while goods are on their way back.
    One that is about no order line waits for nothing but to have happened (``since``).
    """

    ledger_line: int
    cooperative_id: int
    amount_mad: Decimal
    since: datetime
    order_line: int | None = None
    payable_from: datetime | None = None
    disputed: bool = False
    withdrawn: bool = False

    def may_be_paid(self, now: datetime) -> bool:
        if self.order_line is None:
            return self.since <= now
        is_held = self.disputed or self.withdrawn
        return not is_held and self.payable_from is not None and self.payable_from <= now


def due(legs: Iterable[OpenLeg], now: datetime) -> list[OpenLeg]:
    """Return the legs that count now: of each order line all or none, so that it is paid less what was taken of it.

    What is earned waits for its day. A line of which more was taken than is left to pay waits for nothing: what is
    taken back of goods paid already is taken at once, also by a run of a period that was over before.
    """
    lines: dict[tuple[int, int], list[OpenLeg]] = {}
    for leg in legs:
        lines.setdefault((leg.cooperative_id, leg.order_line or -leg.ledger_line), []).append(leg)
    return [
        leg
        for of_line in lines.values()
        if total(of_line) <= 0 or all(leg.may_be_paid(now) for leg in of_line)
        for leg in of_line
    ]


def total(legs: Iterable[OpenLeg]) -> Decimal:
    return sum((leg.amount_mad for leg in legs), ZERO)


CYCLES: Mapping[str, Callable[[date], Period]] = MappingProxyType(
    {"weekly": periods.week, "fortnightly": periods.fortnight, "monthly": periods.month}
)
"""From Monday to Monday; from the 1st and the 16th; from the 1st. The last day is left out."""


def period_of(cycle: str, day: date) -> Period:
    """Return the period of a cycle in which a day lies. It ends at midnight by Casablanca's clock."""
    return CYCLES[cycle](day)


def last_period(cycle: str, day: date) -> Period:
    """Return the period that was over when a day began."""
    return period_of(cycle, period_of(cycle, day).from_day - timedelta(days=1))


def pay_day(not_before: date, closed: frozenset[date] = NONE) -> date:
    """Return the first day, from this one on, on which banks work. ``closed`` are the days off that are rows."""
    return workday_after(not_before - timedelta(days=1), 1, closed)


TRANSFER = "bank_transfer"
NEGATIVE, BELOW_MINIMUM, NO_ACCOUNT, PAID_ALREADY = "negative", "minimum", "account", "already"
"""Why someone with something due is not paid by a run; it is carried over to the next."""


MOST_DEDUCTED = Decimal("0.50")
"""Of what a payout would be without advances, the most that is taken for them."""

SHARE_OF_PAID, SHARE_OF_OWED, LOOKED_BACK = Decimal("0.30"), Decimal("0.50"), timedelta(days=90)
"""An advance may reach these shares of what was earned and paid lately, and of what stands owed."""

MOST_INSTALMENTS = 12

MOST_CHARGES = Decimal("200.00")
"""The most that a bank keeps for one transfer, or for one that came back, MAD: what is more is something else."""


@dataclass(frozen=True)
class OpenAdvance:
    """An advance that a cooperative has and has not paid back, and how much of it each payout takes."""

    advance_id: int
    left_mad: Decimal
    instalment_mad: Decimal


@dataclass(frozen=True)
class Deduction:
    """What a payout takes for an advance."""

    advance_id: int
    amount_mad: Decimal


def instalment(amount_mad: Decimal, instalments: int) -> Decimal:
    """Return what each payout takes so that an advance is paid back in so many; the last takes less."""
    return (amount_mad / instalments).quantize(CENT, ROUND_UP)


def deductions(due_mad: Decimal, advances: Iterable[OpenAdvance]) -> tuple[Deduction, ...]:
    """Say what a payout takes for each advance, in the order given; something is always left to be paid."""
    room = max((due_mad * MOST_DEDUCTED).quantize(CENT, ROUND_DOWN), ZERO)
    found = []
    for one in advances:
        taken = min(one.instalment_mad, one.left_mad, room)
        if taken > 0:
            found.append(Deduction(one.advance_id, taken))
            room -= taken
    return tuple(found)


def advance_limit(paid_mad: Decimal, owed_mad: Decimal) -> Decimal:
    """Return how much a cooperative may have in advances: what it owes the office itself makes it less."""
    share = paid_mad * SHARE_OF_PAID + (owed_mad * SHARE_OF_OWED if owed_mad > 0 else owed_mad)
    return max(share.quantize(CENT, ROUND_DOWN), ZERO)


@dataclass(frozen=True)
class PayTo:
    """An account, whose it is, and its number among accounts."""

    rib: str
    holder: str
    account_id: int


@dataclass(frozen=True)
class Planned:
    """What one cooperative would be paid, by which legs, less what is deducted for advances.

    With ``left_out`` saying why, it would not be paid, and nothing is deducted.
    """

    cooperative_id: int
    legs: tuple[OpenLeg, ...]
    method: str
    to: PayTo | None = None
    left_out: str = ""
    deductions: tuple[Deduction, ...] = ()

    @property
    def deducted_mad(self) -> Decimal:
        return sum((one.amount_mad for one in self.deductions), ZERO)

    @property
    def amount_mad(self) -> Decimal:
        return total(self.legs) - self.deducted_mad


@dataclass(frozen=True)
class Terms:
    """What a run goes by: the cut-off, the least that is paid, each cooperative's method, and accounts by cooperative.

    ``paid`` are those who have a payout for this period already, ``mandated`` those for whom a member of their union
    receives: always by transfer. ``advances`` are those to be paid back, the oldest first.
    """

    cut_off_at: datetime
    methods: Mapping[int, str]
    accounts: Mapping[int, PayTo] = field(default_factory=dict)
    paid: Container[int] = frozenset()
    minimum_mad: Decimal = ZERO
    mandated: Container[int] = frozenset()
    advances: Mapping[int, Sequence[OpenAdvance]] = field(default_factory=dict)


def plan(legs: Iterable[OpenLeg], terms: Terms) -> list[Planned]:
    """Say of each cooperative with something due whether it is paid, and why not, by its number."""
    groups: dict[int, list[OpenLeg]] = {}
    for leg in due(legs, terms.cut_off_at):
        groups.setdefault(leg.cooperative_id, []).append(leg)
    return [_planned(cooperative, tuple(owed), terms) for cooperative, owed in sorted(groups.items()) if total(owed)]


def _planned(cooperative_id: int, legs: tuple[OpenLeg, ...], terms: Terms) -> Planned:
    method = TRANSFER if cooperative_id in terms.mandated else terms.methods[cooperative_id]
    to = terms.accounts.get(cooperative_id)
    taken = deductions(total(legs), terms.advances.get(cooperative_id, ()))
    why = ""
    if total(legs) < 0:
        why = NEGATIVE
    elif cooperative_id in terms.paid:
        why = PAID_ALREADY
    elif total(legs) - sum((one.amount_mad for one in taken), ZERO) < terms.minimum_mad:
        why = BELOW_MINIMUM
    elif method == TRANSFER and to is None:
        why = NO_ACCOUNT
    return Planned(cooperative_id, legs, method, to if method == TRANSFER else None, why, () if why else taken)


def fingerprint(lines: Iterable[str]) -> str:
    """Return the SHA-256 of a run's content, written line by line."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
