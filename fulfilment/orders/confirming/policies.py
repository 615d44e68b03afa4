"""When an order in cash is confirmed first, and when a number pays in cash no more. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

AUTOMATIC, LINK, PHONE = "automatic", "link", "phone"
ALL, DOUBTFUL = "all", "doubtful"
BETWEEN_CALLS = timedelta(hours=1)


@dataclass(frozen=True)
class Past:
    """How one earlier order in cash of a number ended: ``taken``, or refused and missed at the door."""

    placed_at: datetime
    taken: bool


@dataclass(frozen=True)
class Standing:
    """What a number's orders in cash say, the newest first, since someone last let it pay in cash again."""

    past: tuple[Past, ...] = ()

    @property
    def refusals(self) -> int:
        return sum(not one.taken for one in self.past)

    @property
    def refusals_in_a_row(self) -> int:
        """How many were not taken since the last that was."""
        return next((number for number, one in enumerate(self.past) if one.taken), len(self.past))


@dataclass(frozen=True)
class Rules:
    """The settings, as plain data. ``above_mad``: none for any amount; ``refusals``: 0 for never."""

    way: str
    which: str
    above_mad: Decimal | None
    first: bool
    refusals: int


def cash_is_off(standing: Standing, rules: Rules) -> bool:
    return bool(rules.refusals) and standing.refusals_in_a_row >= rules.refusals


def why_ask(standing: Standing, total_mad: Decimal, rules: Rules) -> str:
    """Say why an order is confirmed before it is prepared; empty when it need not be."""
    if rules.way == AUTOMATIC:
        return ""
    if rules.which == ALL:
        return "all"
    if standing.refusals:
        return "refused"
    if rules.above_mad is not None and total_mad > rules.above_mad:
        return "large"
    return "first" if rules.first and not standing.past else ""


def may_call(calls_at: Sequence[datetime], now: datetime) -> bool:
    """Tell whether another unanswered call counts: one within the hour is the same try."""
    return all(now - at >= BETWEEN_CALLS for at in calls_at)
