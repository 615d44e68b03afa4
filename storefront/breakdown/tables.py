"""A breakdown as people see it: rows with their share, and the bar of the same shares."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from fulfilment.orders.breakdown import COOPERATIVE, OFFICE, Breakdown, percents

from . import words


@dataclass(frozen=True)
class Row:
    """``cooperative`` is its name where several are paid, ``percent`` the share of what was paid."""

    part: str
    label: str
    amount: Decimal
    percent: int
    cooperative: str = ""


@dataclass(frozen=True)
class Segment:
    """A stretch of the bar, in hundredths of its length from where reading begins."""

    part: str
    start: str
    end: str


@dataclass(frozen=True)
class Table:
    """What components/breakdown.html draws. The amounts of ``rows`` add up to ``total``."""

    currency: str
    rows: tuple[Row, ...]
    total: Decimal
    discount: Decimal
    borne: tuple[Row, ...]

    @property
    def cooperative_percent(self) -> int:
        return sum(row.percent for row in self.rows if row.part == COOPERATIVE)

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """What each part that is here pays for."""
        here = dict.fromkeys(row.part for row in self.rows)
        return [(str(words.NAMES[part]), str(words.MEANINGS[part])) for part in here]

    @property
    def description(self) -> str:
        """The bar in words."""
        language = get_language()
        return _(", ").join(
            f"{row.cooperative or row.label} {formats.percent(row.percent, language)}"
            for row in self.rows
            if row.percent
        )

    @property
    def segments(self) -> list[Segment]:
        """The bar: every share above nothing, in the order of the rows."""
        amounts = [(row.part, row.amount) for row in self.rows if row.amount > 0]
        whole = sum((amount for _part, amount in amounts), Decimal(0))
        drawn, begin = [], Decimal(0)
        for part, amount in amounts:
            end = begin + amount
            drawn.append(Segment(part, _place(begin, whole), _place(end, whole)))
            begin = end
        return drawn


def _place(amount: Decimal, whole: Decimal) -> str:
    return f"{amount * 100 / whole:.1f}".removesuffix(".0")


def table_of(breakdown: Breakdown) -> Table:
    """Put a breakdown in words; each cooperative has its name where there are several."""
    shares = breakdown.shares
    several = sum(share.part == COOPERATIVE for share in shares) > 1
    rows = tuple(
        Row(share.part, _label(share.part, share.amount), share.amount, percent, share.cooperative if several else "")
        for share, percent in zip(shares, percents(share.amount for share in shares), strict=True)
    )
    borne = tuple(Row(share.part, str(words.NAMES[share.part]), share.amount, 0) for share in breakdown.borne)
    return Table(breakdown.currency, rows, breakdown.total, breakdown.discount, borne)


def _label(part: str, amount: Decimal) -> str:
    return str(words.GIVEN if part == OFFICE and amount < 0 else words.NAMES[part])
