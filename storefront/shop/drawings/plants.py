"""What grows, to stand beside the packaging. Drawn near (150, 166)."""

from .ink import (
    CREAM,
    DATE,
    GOLD,
    LEAF,
    MOSS,
    OLIVE,
    ROSE,
    SAFFRON,
    WHITE,
    at,
    box,
    dot,
    dots,
    leaf,
    line,
    oval,
    path,
    shade,
)


def berry(x: float, y: float, rx: float, ry: float, fill: str, turn: float = 0) -> str:
    """Return a rounded fruit with a light on it."""
    return oval(x, y, rx, ry, fill, turn) + oval(
        x - rx * 0.3, y - ry * 0.35, rx * 0.28, ry * 0.2, WHITE, turn, 'opacity=".5"'
    )


def ear(x: float, y: float, fill: str, beard: bool = False) -> str:
    """Return an ear of wheat, or of barley with its beard."""
    rows = [y - 12 - row * 9 for row in range(5)]
    ends = 'stroke-linecap="round"'
    grains = line("".join(f"M{x - 2} {row}l-4-7" for row in rows) + f"M{x} {y - 60}v-8", shade(fill, -0.12), 6, ends)
    grains += line("".join(f"M{x + 2} {row}l4-7" for row in rows), shade(fill, 0.2), 6, ends)
    beards = line("".join(f"M{x + s * 5} {row - 8}l{s * 9}-16" for row in rows[::2] for s in (-1, 1)), fill, 1.2)
    return line(f"M{x} {y}v-62", shade(fill, -0.3), 2) + (beards if beard else "") + grains


def sprig(x: float, y: float, h: float, green: str, flower: str = "") -> str:
    """Return a stem with pairs of leaves, and flowers on top when it has any."""
    rows = range(int(h // 12))
    leaves = "".join(leaf(x, y - 8 - row * 11, 15 - row, turn, green) for row in rows for turn in (-35, -145))
    top = (
        "".join(dot(x + side * 4, y - h - n * 4, 3.2, shade(flower, n * 0.08)) for n in range(3) for side in (-1, 1))
        if flower
        else ""
    )
    return line(f"M{x} {y}v-{h:.0f}", shade(green, -0.25), 2) + leaves + top


def blossom(x: float, y: float, r: float, petal: str, heart: str, petals: int = 5) -> str:
    """Return an open flower."""
    turns = "".join(
        oval(0, -r * 0.62, r * 0.34, r * 0.5, petal, more=f'transform="rotate({n * 360 // petals})"')
        for n in range(petals)
    )
    return at(x, y, turns + dot(0, 0, r * 0.28, heart))


def cone(fill: str, x: float = 154, w: float = 24, h: float = 48) -> str:
    return path(f"M{x - w} 167q{w * 0.7:.0f}-{h * 0.6:.0f} {w}-{h} {w * 0.3:.0f} {h * 0.4:.0f} {w} {h}z", fill) + path(
        f"M{x} {167 - h}q{w * 0.3:.0f} {h * 0.4:.0f} {w} {h}h-{w * 0.8:.0f}q0-{h * 0.5:.0f}-{w * 0.2:.0f}-{h}z",
        shade(fill, -0.18),
    )


def argan() -> str:
    return (
        line("M124 150q24-24 60-26", DATE, 2)
        + "".join(
            leaf(x, y, 16, t, OLIVE) for x, y, t in ((138, 139, -100), (154, 130, -80), (166, 127, 60), (180, 124, -30))
        )
        + berry(146, 150, 10, 14, "#a8b23c", 12)
        + berry(168, 146, 10, 14, "#c9b23a", -10)
        + oval(140, 165, 7, 4.5, "#8a5527")
        + oval(160, 166, 7, 4.5, "#a5682f", 12)
    )


def argan_flower() -> str:
    return argan() + blossom(172, 160, 11, "#f6efcf", SAFFRON)


def olive_branch(fill: str) -> str:
    leaves = "".join(
        leaf(x, y, 24, t, "#7d9560")
        for x, y, t in (
            (136, 150, -120),
            (148, 138, -70),
            (160, 128, -100),
            (150, 136, 20),
            (168, 120, 0),
            (172, 116, -60),
        )
    )
    return (
        line("M128 166q14-34 48-54", DATE, 2)
        + leaves
        + berry(140, 158, 8, 11, fill, 16)
        + berry(160, 154, 8, 11, shade(fill, 0.15), -14)
        + berry(176, 161, 8, 11, shade(fill, -0.2), 60)
    )


def cactus(fill: str) -> str:
    spines = "".join(
        line(f"M{x} {y}l3-3M{x} {y}l-3-3", CREAM, 1)
        for x, y in ((150, 120), (160, 134), (147, 140), (158, 152), (172, 128))
    )
    return (
        oval(154, 140, 18, 28, LEAF)
        + oval(176, 128, 11, 17, "#679a58", 28)
        + spines
        + berry(146, 108, 6, 9, fill, -14)
        + berry(162, 108, 6, 9, fill, 10)
        + berry(184, 108, 5, 8, fill, 24)
        + berry(138, 162, 9, 6, fill)
    )


def date_branch(fill: str) -> str:
    strands = "".join(line(f"M150 96q{dx} 20 {dx * 1.3:.0f} 60", GOLD, 1.6) for dx in (-16, -5, 6, 18))
    fruits = "".join(
        oval(150 + dx * (0.8 + row * 0.13) + (row % 2) * 4, 118 + row * 13, 5, 7.5, shade(fill, row * 0.06))
        for dx in (-18, -6, 7, 20)
        for row in range(4)
    )
    fruits += dots(
        [
            (148 + dx * (0.8 + row * 0.13) + (row % 2) * 4, 115 + row * 13)
            for dx in (-18, -6, 7, 20)
            for row in range(4)
        ],
        1.3,
        "#e9b98a",
    )
    return path("M146 84q6-6 10 2l-2 14h-6z", LEAF) + strands + fruits


def euphorbia() -> str:
    return "".join(
        path(f"M{x} 166V{top}q5-7 10 0v{166 - top}z", "#6f9a63")
        + line(f"M{x + 5} {top}V164", "#4d7a45", 1.5)
        + dot(x + 5, top - 5, 4.5, "#f0cf3c")
        for x, top in ((132, 128), (146, 108), (160, 120), (174, 138))
    )


def arbutus() -> str:
    return "".join(leaf(154, 128, 28, t, MOSS) for t in (-150, -100, -60, -20)) + "".join(
        dot(x, y, 9, c) + dot(x - 3, y - 3, 2, "#f6b49a")
        for x, y, c in ((142, 150, "#c5372c"), (162, 146, "#d8622e"), (153, 161, "#b62b28"), (176, 158, "#e08a2f"))
    )


def bee() -> str:
    return (
        at(
            158,
            112,
            oval(-5, -9, 7, 10, WHITE, -30, 'opacity=".8"')
            + oval(6, -9, 7, 10, WHITE, 30, 'opacity=".8"')
            + oval(0, 2, 15, 9, SAFFRON)
            + line("M-5-6v16M3-7v17", DATE, 4)
            + dot(13, 1, 4, DATE),
        )
        + blossom(146, 152, 14, WHITE, SAFFRON, 8)
        + blossom(172, 156, 11, ROSE, GOLD, 6)
    )


def crocus() -> str:
    return "".join(
        at(
            x,
            y,
            line("M0 0q2 20 0 44", LEAF, 2.5)
            + line("M0 40q-12-14-14-30M0 40q12-12 15-26", LEAF, 2)
            + path("M0 4C-18-2-16-26-8-34-6-28-2-26 0-38 2-26 6-28 8-34 16-26 18-2 0 4z", "#8a63b3")
            + path("M0 4C-8-8-6-24 0-38 6-24 8-8 0 4z", "#a883cc")
            + line("M0-8l-5-24M0-8v-28M0-8l5-24", "#c93a1c", 2),
        )
        for x, y in ((148, 124), (172, 132))
    )


def rose(fill: str) -> str:
    one = (
        dot(0, 0, 15, fill)
        + path("M-13-4q13-16 26 0-6 10-13 10t-13-10z", shade(fill, 0.2))
        + path("M-8-2q8-9 16 0-4 7-8 7t-8-7z", shade(fill, -0.18))
        + dot(0, 0, 3, shade(fill, -0.35))
    )
    return (
        leaf(150, 150, 26, -160, MOSS)
        + leaf(158, 150, 26, -10, MOSS)
        + at(148, 140, one)
        + at(170, 156, one, 0.7)
        + at(134, 160, one, 0.5)
    )


def lavender() -> str:
    stems = "".join(
        line(f"M154 166q{dx * 0.3:.0f}-30 {dx}-46", MOSS, 2)
        + dots([(154 + dx * (1 + n * 0.05), 119 - n * 6) for n in range(5)], 4.6 - abs(dx) / 20, "#7d69b0")
        + dots([(153 + dx * (1 + n * 0.05), 117 - n * 6) for n in range(5)], 1.7, "#a597cf")
        for dx in (-24, -8, 8, 24)
    )
    return stems + box(146, 140, 16, 7, ROSE, 3)


def mint() -> str:
    return "".join(
        leaf(154, y, size, t, c)
        for y, size, t, c in (
            (160, 30, -150, MOSS),
            (160, 30, -30, MOSS),
            (146, 26, -140, LEAF),
            (146, 26, -40, LEAF),
            (132, 20, -120, "#6da05b"),
            (132, 20, -60, "#6da05b"),
        )
    ) + line("M154 167v-40", MOSS, 2.5)


def henna_leaves() -> str:
    return sprig(150, 166, 58, "#6f8f3a") + cone("#7d8a2e", 174, 13, 26)


def apple(fill: str) -> str:
    return (
        path("M152 130c-18-9-28 6-24 20 4 14 14 18 24 14 10 4 20 0 24-14 4-14-6-29-24-20z", fill)
        + line("M152 131q0-10 6-14", DATE, 2.5)
        + leaf(154, 122, 18, -20)
        + oval(139, 141, 4, 7, WHITE, 24, 'opacity=".5"')
    )


def almonds(shift: float = 0) -> str:
    one = path("M-11 0Q-4-10 11 0-4 10-11 0z", "#b97a3f") + line("M-6 0h10M-4-3q5-1 8 1M-4 3q5 1 8-1", "#8a5527", 1)
    places = (
        ((166, 160, -20), (180, 150, 30))
        if shift
        else ((136, 162, 0), (160, 163, -16), (148, 150, 20), (172, 152, -30), (182, 164, 10))
    )
    return "".join(at(x, y, one, turn=t) for x, y, t in places)
