"""What is worn: silver of the south, beads and silk. Variants as in ``textiles``."""

from .ink import (
    CLAY,
    GOLD,
    INDIGO,
    ROSE,
    SAFFRON,
    SAND,
    STONE,
    WHITE,
    at,
    box,
    dot,
    line,
    lozenge,
    oval,
    path,
    polygon,
    shade,
    star,
)

SILVER, CORAL = "#c3c8cc", "#b5342c"
TARNISH = shade(SILVER, -0.4)


def _triangle(x: float, y: float, size: float) -> str:
    return polygon([(x, y + size), (x - size * 0.9, y - size * 0.6), (x + size * 0.9, y - size * 0.6)])


def _lozenges() -> str:
    return "".join(lozenge(x, y, 20, 22) for x, y in ((100, 76), (78, 98), (122, 98), (100, 120)))


def _ring() -> str:
    return (
        line("M58 122a42 42 0 1 0 84 0a42 42 0 1 0-84 0", TARNISH, 13)
        + line("M58 120a42 42 0 1 0 84 0a42 42 0 1 0-84 0", SILVER, 10)
        + path(star(100, 66, 30), TARNISH)
        + path(star(100, 64, 28), SILVER)
        + oval(100, 64, 13, 13, "#2d6a8f")
        + oval(96, 60, 4, 3, WHITE, more='opacity=".7"')
    )


def _bracelet() -> str:
    return (
        path("M34 110a66 40 0 1 0 132 0a66 40 0 1 0-132 0z", TARNISH)
        + oval(100, 104, 66, 40, SILVER)
        + oval(100, 100, 54, 29, "#e9dfcd")
        + path("M34 108v18a66 40 0 0 0 132 0v-18a66 40 0 0 1-132 0z", shade(SILVER, -0.15))
        + "".join(
            path(star(x, y, 8), TARNISH) + dot(x, y, 3, CORAL)
            for x, y in ((52, 140), (76, 152), (100, 156), (124, 152), (148, 140))
        )
    )


def _earrings() -> str:
    one = (
        line("M0-50q-12 0-12 14t12 12 12-12", TARNISH, 3)
        + path(_triangle(0, 8, 34), SILVER)
        + path(_triangle(0, 4, 18), TARNISH)
        + dot(0, 0, 6, CORAL)
        + "".join(
            line(f"M{x} {y}v14", SILVER, 2) + dot(x, y + 18, 4.5, SILVER) for x, y in ((-16, 16), (0, 42), (16, 16))
        )
    )
    return at(64, 90, one) + at(136, 90, one)


def _khmissa() -> str:
    return (
        line("M100 30v22M84 24q16-12 32 0", TARNISH, 3)
        + path(_lozenges(), SILVER)
        + dot(100, 76, 9, "#2d6a8f")
        + "".join(dot(x, y, 5, CORAL) for x, y in ((78, 98), (122, 98), (100, 120)))
        + "".join(
            line(f"M{x} {y}v12", TARNISH, 2) + dot(x, y + 16, 5, SILVER) for x, y in ((78, 122), (100, 144), (122, 122))
        )
    )


def _necklace() -> str:
    beads = "".join(
        dot(100 + 62 * dx, 44 + 84 * dy, 7 if n % 2 else 5.5, (SILVER, CORAL, "#2d6a8f")[n % 3])
        for n, (dx, dy) in enumerate(
            (
                (-1, 0),
                (-0.96, 0.22),
                (-0.86, 0.43),
                (-0.7, 0.62),
                (-0.5, 0.78),
                (-0.26, 0.9),
                (0.26, 0.9),
                (0.5, 0.78),
                (0.7, 0.62),
                (0.86, 0.43),
                (0.96, 0.22),
                (1, 0),
            )
        )
    )
    return (
        line("M38 44q4 84 62 84t62-84", TARNISH, 2.5)
        + beads
        + path(_triangle(100, 138, 26), SILVER)
        + path(_triangle(100, 136, 13), TARNISH)
        + dot(100, 133, 5, CORAL)
    )


def _fibula() -> str:
    pin = (
        path(_triangle(0, 10, 40), SILVER)
        + line("M-36-14H36L0 50z", TARNISH, 2.5)
        + path(star(0, 6, 15), TARNISH)
        + dot(0, 6, 7, CORAL)
        + dot(0, -26, 10, "none").replace("/>", f' stroke="{SILVER}" stroke-width="5"/>')
        + line("M0-62v36", SILVER, 4)
        + "".join(dot(x, -14, 4, SAFFRON) for x in (-24, 24))
    )
    return at(62, 92, pin) + at(138, 92, pin) + line("M62 142q38 44 76 0", TARNISH, 3) + dot(100, 164, 7, SAFFRON)


def silver(variant: str) -> str:
    return {
        "ring": _ring,
        "bracelet": _bracelet,
        "earrings": _earrings,
        "khmissa": _khmissa,
        "necklace": _necklace,
        "fibula": _fibula,
    }.get(variant, _fibula)()


def costume(variant: str) -> str:
    colours = {
        "amber": ("#d9861c", "#e9a93a", "#b5651a"),
        "leather": ("#8c5a3a", "#5b2c1c", SAND),
        "silk": (ROSE, "#3f7d8c", SAFFRON),
    }.get(variant, (CLAY, INDIGO, SAFFRON))
    ring = (
        (-1, 0.1),
        (-0.98, 0.32),
        (-0.88, 0.53),
        (-0.72, 0.71),
        (-0.5, 0.86),
        (-0.26, 0.96),
        (0, 1),
        (0.26, 0.96),
        (0.5, 0.86),
        (0.72, 0.71),
        (0.88, 0.53),
        (0.98, 0.32),
        (1, 0.1),
    )
    beads = "".join(
        dot(100 + 58 * dx, 42 + 80 * dy, 11 - abs(n - 6) * 0.7, colours[n % 3])
        + dot(97 + 58 * dx, 38 + 80 * dy, 2.4, shade(colours[n % 3], 0.6))
        for n, (dx, dy) in enumerate(ring)
    )
    tassel = (
        path("M94 134h12l4 34H90z", colours[0])
        + box(92, 128, 16, 9, GOLD, 2)
        + line("M96 140l-2 28M100 140v28M104 140l2 28", shade(colours[0], -0.3), 1.4)
    )
    return line("M42 50Q50 20 100 20t58 30", STONE, 3) + tassel + beads
