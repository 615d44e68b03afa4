"""Where the bars or the line of a chart stand: numbers in, lengths out, no words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT = 640, 220
FOOT = 24
CURVE_WIDTH, CURVE_HEIGHT = 360, 120


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


@dataclass(frozen=True)
class Curve:
    """A line through days; its scale goes from the lowest value to the highest, not from zero."""

    points: str
    lowest: Decimal
    highest: Decimal
    lowest_y: float
    highest_y: float
    first: date
    last: date
    last_x: float
    last_y: float
    width: int = CURVE_WIDTH
    height: int = CURVE_HEIGHT


def draw_curve(values: Sequence[tuple[date, Decimal]]) -> Curve | None:
    """Lay out (day, value) pairs, first day to last; nothing to draw with fewer than two days."""
    if len(values) < 2:
        return None
    first, last = values[0][0], values[-1][0]
    lowest, highest = min(value for _day, value in values), max(value for _day, value in values)
    ground, top = CURVE_HEIGHT - FOOT - 8, 20

    def place(day: date, value: Decimal) -> tuple[float, float]:
        along = (day - first).days / (last - first).days
        up = (value - lowest) / (highest - lowest) if highest > lowest else Decimal("0.5")
        return round(along * (CURVE_WIDTH - 4), 1), round(ground - float(up) * (ground - top), 1)

    places = [place(day, value) for day, value in values]
    return Curve(
        points=" ".join(f"{x:g},{y:g}" for x, y in places),
        lowest=lowest,
        highest=highest,
        lowest_y=place(first, lowest)[1],
        highest_y=place(first, highest)[1],
        first=first,
        last=last,
        last_x=places[-1][0],
        last_y=places[-1][1],
    )
