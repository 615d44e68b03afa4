"""Where the bars of a chart stand: numbers in, rectangles out, no words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT = 640, 220
FOOT = 24


@dataclass(frozen=True)
class Bar:
    """One day: what was ordered behind, what was taken in front."""

    day: date
    ordered: Decimal
    taken: Decimal
    x: float
    width: float
    ordered_y: float
    ordered_height: float
    taken_y: float
    taken_height: float
    labelled: bool

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    lines: list[tuple[Decimal, float]]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def ground(self) -> int:
        return HEIGHT - FOOT


def draw(days: Iterable[tuple[date, Decimal, Decimal]]) -> Chart:
    """Lay out days given as (day, ordered, taken), first to last, on a scale that ends at a round number."""
    days = list(days)
    top = _round_top(max((max(ordered, taken) for _day, ordered, taken in days), default=Decimal(0)))
    ground = HEIGHT - FOOT
    step = WIDTH / max(len(days), 1)

    def height(amount: Decimal) -> float:
        return round(float(amount / top) * (ground - 12), 1)

    bars = []
    for position, (day, ordered, taken) in enumerate(days):
        bars.append(
            Bar(
                day=day,
                ordered=ordered,
                taken=taken,
                x=round(position * step + step * 0.15, 1),
                width=round(step * 0.7, 1),
                ordered_y=ground - height(ordered),
                ordered_height=height(ordered),
                taken_y=ground - height(taken),
                taken_height=height(taken),
                labelled=(len(days) - 1 - position) % 7 == 0,
            )
        )
    lines = [(top * part / 2, ground - height(top * part / 2)) for part in (1, 2)]
    return Chart(bars, lines)


def _round_top(highest: Decimal) -> Decimal:
    """Return 1, 2 or 5 followed by zeros, at least ``highest``."""
    top = Decimal(10)
    while top < highest:
        for factor in (2, 5, 10):
            if top * factor >= highest:
                return top * factor
        top *= 10
    return top
