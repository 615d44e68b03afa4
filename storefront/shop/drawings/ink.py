"""Pencil and colours: the few strokes that every drawing is made of, on a sheet of 200 by 200."""

from collections.abc import Iterable
from math import cos, pi, sin

CREAM, WHITE, SHADOW = "#fbf3e2", "#fffdf8", "#3a2613"
LEAF, OLIVE, MOSS = "#4f7f45", "#7c8b2f", "#36602f"
SAFFRON, GOLD, HONEY = "#e5a11a", "#d9b24a", "#d98a1c"
CLAY, BRICK, DATE = "#b5522f", "#8f3322", "#5b2c1c"
INDIGO, SKY, PLUM = "#2c3e7b", "#6f9dc4", "#6d3c74"
ROSE, SAND, KRAFT, STONE = "#cf6a7d", "#e3c58e", "#c79a63", "#a59c8c"


def figure(value: float) -> str:
    """Write a coordinate as briefly as SVG allows."""
    return f"{value:.1f}".removesuffix(".0")


def shade(colour: str, by: float) -> str:
    """Return a colour nearer to white (``by`` above 0) or to black (below 0)."""
    target = 255 if by > 0 else 0
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(part + (target - part) * abs(by)):02x}" for part in parts)


def path(d: str, fill: str, more: str = "") -> str:
    return f'<path d="{d}" fill="{fill}"{" " + more if more else ""}/>'


def line(d: str, stroke: str, width: float = 2, more: str = "") -> str:
    extra = f" {more}" if more else ""
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{figure(width)}"{extra}/>'


def box(x: float, y: float, w: float, h: float, fill: str, r: float = 0, more: str = "") -> str:
    rounded = f' rx="{figure(r)}"' if r else ""
    at = f'x="{figure(x)}" y="{figure(y)}" width="{figure(w)}" height="{figure(h)}"'
    return f'<rect {at}{rounded} fill="{fill}"{" " + more if more else ""}/>'


def oval(x: float, y: float, rx: float, ry: float, fill: str, turn: float = 0, more: str = "") -> str:
    turned = f' transform="rotate({figure(turn)} {figure(x)} {figure(y)})"' if turn else ""
    at = f'cx="{figure(x)}" cy="{figure(y)}" rx="{figure(rx)}" ry="{figure(ry)}"'
    return f'<ellipse {at} fill="{fill}"{turned}{" " + more if more else ""}/>'


def dot(x: float, y: float, r: float, fill: str) -> str:
    return f'<circle cx="{figure(x)}" cy="{figure(y)}" r="{figure(r)}" fill="{fill}"/>'


def at(x: float, y: float, inside: str, scale: float = 1, turn: float = 0) -> str:
    size = f" scale({scale})" if scale != 1 else ""
    turned = f" rotate({figure(turn)})" if turn else ""
    return f'<g transform="translate({figure(x)} {figure(y)}){turned}{size}">{inside}</g>'


def polygon(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{figure(x)} {figure(y)}" for x, y in points) + "Z"


def star(x: float, y: float, r: float, inner: float = 0.765, points: int = 8, turn: float = 0) -> str:
    """Return the outline of a star; with eight points and the default inner radius, the zellige one."""
    step = pi / points
    return polygon(
        (
            x + r * (1 if n % 2 == 0 else inner) * cos(turn + n * step),
            y + r * (1 if n % 2 == 0 else inner) * sin(turn + n * step),
        )
        for n in range(2 * points)
    )


def lozenge(x: float, y: float, w: float, h: float) -> str:
    return f"M{figure(x)} {figure(y - h)}l{figure(w)} {figure(h)}-{figure(w)} {figure(h)}-{figure(w)}-{figure(h)}z"


def leaf(x: float, y: float, length: float, turn: float, fill: str = LEAF) -> str:
    """Return a leaf that starts at a point and goes where ``turn`` (degrees, 0 to the right) says."""
    across, down = cos(turn * pi / 180), sin(turn * pi / 180)

    def point(along: float, aside: float) -> str:
        return f"{figure(x + along * across - aside * down)} {figure(y + along * down + aside * across)}"

    belly = length * 0.45
    return path(
        f"M{point(0, 0)}Q{point(length / 2, -belly)} {point(length, 0)}Q{point(length / 2, belly)} {point(0, 0)}", fill
    )


def dots(places: Iterable[tuple[float, float]], r: float, fill: str) -> str:
    """Return many dots of one colour in one stroke."""
    return line("".join(f"M{figure(x)} {figure(y)}h0" for x, y in places), fill, 2 * r, 'stroke-linecap="round"')


def scatter(seed: int, count: int, x: float, y: float, w: float, h: float) -> list[tuple[float, float]]:
    """Return points spread over a field, always the same for a seed."""
    places, state = [], seed * 7919 + 17
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        across = state / 2**31
        state = (state * 1103515245 + 12345) % 2**31
        places.append((x + across * w, y + state / 2**31 * h))
    return places
