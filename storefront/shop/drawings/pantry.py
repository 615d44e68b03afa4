"""What is gathered, cut and cooked, to stand beside the packaging. Drawn near (150, 166)."""

from .ink import (
    BRICK,
    CLAY,
    CREAM,
    DATE,
    GOLD,
    HONEY,
    LEAF,
    MOSS,
    OLIVE,
    PLUM,
    ROSE,
    SAND,
    WHITE,
    at,
    box,
    dot,
    dots,
    leaf,
    line,
    oval,
    path,
    scatter,
    shade,
    star,
)
from .plants import almonds, berry, blossom, cone


def mound(fill: str, seed: int, colours: tuple[str, ...] = ()) -> str:
    """Return a heap of grain with its specks."""
    colours = colours or (shade(fill, -0.3), shade(fill, 0.4))
    spots = scatter(seed, 20, 134, 150, 36, 14)
    specks = "".join(dots(spots[n :: len(colours)], 1.7, colour) for n, colour in enumerate(colours))
    return path("M118 167q10-4 20-20 13-18 28 2 10 14 20 18z", fill) + specks


def cut(x: float, y: float, r: float, skin: str, flesh: str, pip: str) -> str:
    """Return half a fruit, its flesh and pips to the front."""
    pips = "".join(
        oval(x + dx * r, y + dy * r, r * 0.09, r * 0.14, pip)
        for dx, dy in ((-0.3, -0.1), (0.3, -0.1), (0, 0.25), (0, -0.35))
    )
    return dot(x, y, r, skin) + dot(x, y, r * 0.82, flesh) + pips


def dates(fill: str, size: float = 1) -> str:
    return "".join(
        berry(x, y, 13 * size, 7.5 * size, shade(fill, s), t)
        + line(f"M{x - 5} {y + 1}q5-3 10 0", shade(fill, -0.35), 1)
        for x, y, t, s in ((140, 160, -14, 0), (166, 161, 12, 0.1), (153, 148, -4, 0.18), (178, 150, 30, -0.15))
    )


def slab(fill: str) -> str:
    return (
        path("M122 150l14-12h50l-12 12z", shade(fill, 0.25))
        + box(122, 150, 52, 16, fill, 2)
        + path("M174 150l12-12v14l-12 14z", shade(fill, -0.25))
        + "".join(oval(x, y, 2.6, 1.5, "#f3e2b6", n * 50) for n, (x, y) in enumerate(scatter(4, 9, 134, 140, 40, 8)))
    )


def dipper(drip: str) -> str:
    rings = "".join(
        oval(150, 134 + n * 7, 11 - abs(n - 1.5) * 2.5, 3.4, shade("#a9743a", n % 2 * 0.2)) for n in range(4)
    )
    return (
        line("M150 134l22-50", "#a9743a", 4, 'stroke-linecap="round"')
        + rings
        + path("M146 157q4 14 4 4t4-3z", drip)
        + path("M130 166q20-12 42 0z", drip)
    )


def honey_with(flower: str) -> str:
    return dipper(HONEY) + flower


def comb() -> str:
    cells = "".join(
        path(star(x, y, 11, 1, 3), HONEY if n % 3 else "#f2bf4a", 'stroke="#a8650f" stroke-width="2"')
        for n, (x, y) in enumerate(((138, 156), (157, 156), (176, 156), (147, 139), (166, 139), (157, 122)))
    )
    return cells + path("M152 164q3 10 6 0z", HONEY)


def nuts() -> str:
    walnut = dot(144, 156, 12, "#b98b54") + line("M144 145v22M136 150q5 6 0 12M152 150q-5 6 0 12", "#7d5629", 2)
    return walnut + almonds(26)


def sesame() -> str:
    return path("M118 167q18-16 38-18 20 2 34 18z", "#d9c184") + dots(scatter(8, 34, 130, 154, 50, 12), 1.9, "#f4e8c4")


def spice_cones() -> str:
    return cone("#b8342a", 140, 18, 40) + cone("#d99a1c", 176, 16, 34) + cone("#8a5a2b", 158, 18, 26)


def horns() -> str:
    one = path("M-20 4Q-14-16 0-16T20 4Q10-6 0-6T-20 4z", "#e7c48f") + path(
        "M-20 4Q-10-6 0-6T20 4Q8-10 0-9T-20 4z", "#c99a5b"
    )
    return at(148, 160, one) + at(168, 162, one, turn=8) + at(158, 146, one, turn=-6)


def tea() -> str:
    return (
        path("M134 112h40l-6 50q-1 5-5 5h-18q-4 0-5-5z", "#e9d38f", 'opacity=".9"')
        + path("M136 128h36l-4 34q-1 5-5 5h-18q-4 0-5-5z", "#b8862b", 'opacity=".85"')
        + leaf(146, 124, 20, -110)
        + leaf(154, 122, 22, -70)
        + leaf(160, 124, 18, -40, MOSS)
        + line("M135 118h38", GOLD, 2.5)
        + line("M140 104q-5-8 0-14M154 100q-5-8 0-14M168 104q-5-8 0-14", WHITE, 2)
    )


def clay_lumps() -> str:
    return "".join(
        path(star(x, y, r, 0.86, 5, t), c) + path(star(x - 2, y - 3, r * 0.55, 0.86, 5, t), shade(c, 0.2))
        for x, y, r, t, c in (
            (140, 156, 13, 0.3, "#a37a58"),
            (164, 154, 15, 1, "#8f6a4d"),
            (152, 142, 10, 2, "#b78e6a"),
            (182, 162, 7, 0.6, "#a37a58"),
        )
    )


def fig() -> str:
    return (
        path("M142 118q4 10 14 20 12 14-2 26-12 6-24 0-14-12-2-26 10-10 14-20z", PLUM)
        + line("M142 120q-8 18-8 40M142 120q6 20 6 42", shade(PLUM, 0.25), 1.5)
        + cut(172, 154, 13, PLUM, "#d98c86", "#f7e3b4")
    )


def fruit_pair(fill: str, other: str) -> str:
    return (
        berry(142, 154, 14, 13, fill)
        + berry(170, 156, 12, 11, other)
        + leaf(142, 142, 18, -40)
        + line("M142 141q0 12-2 26", shade(fill, -0.25), 1.5)
    )


def pomegranate() -> str:
    return (
        dot(146, 150, 17, "#b52f37")
        + path("M140 136l-2-10 5 5 3-7 3 7 5-5-2 10z", "#b52f37")
        + cut(174, 155, 13, "#b52f37", "#f3d9b0", "#c92e3c")
        + "".join(dot(x, y, 2.4, "#c92e3c") for x, y in scatter(6, 7, 168, 149, 12, 12))
    )


def pepper_lemon() -> str:
    return (
        path("M134 124c-12 10-6 38 10 42 6-16 4-36-2-42z", "#c5302a")
        + path("M134 125q4-8 10-1l1-10h-4z", LEAF)
        + oval(168, 154, 16, 12, "#edc42f", -12)
        + path("M182 148l6-4-2 8z", "#edc42f")
        + oval(163, 149, 5, 3, WHITE, -12, 'opacity=".6"')
    )


def olives_mixed() -> str:
    return "".join(
        berry(x, y, 9, 8, c) + dot(x + 4, y - 2, 2, shade(c, -0.4))
        for x, y, c in (
            (136, 159, "#8a9a3a"),
            (156, 160, "#5e3a52"),
            (176, 159, "#33291f"),
            (146, 146, "#a5533f"),
            (166, 146, "#8a9a3a"),
        )
    ) + leaf(160, 136, 24, -30, "#7d9560")


def fish() -> str:
    one = (
        path("M-26 0Q-8-14 14-3L26-11 24 0 26 11 14 3Q-8 14-26 0z", "#7f97a8")
        + path("M-26 0Q-8-14 14-3 -6-2-26 0z", "#4d6a80")
        + dot(-17, -2, 1.8, WHITE)
        + line("M-8-6q4 6 0 12M0-6q4 6 0 12", "#5d7689", 1.2)
    )
    return at(156, 112, one) + at(158, 100, one, 0.85, -6)


def wedge(rind: str, paste: str, holes: bool = False) -> str:
    dots = (
        "".join(dot(x, y, 2.4, shade(paste, -0.15)) for x, y in ((146, 158), (158, 152), (166, 160), (174, 154)))
        if holes
        else ""
    )
    return (
        path("M122 150l44-20q18 4 20 14v22h-64z", paste)
        + path("M122 150l44-20q18 4 20 14-30 0-64 6z", shade(paste, 0.3))
        + path("M186 144v22h-10v-21z", rind)
        + dots
    )


def little_cheeses() -> str:
    one = path("M-15-8v12q15 9 30 0v-12z", "#efe5d2") + oval(0, -8, 15, 5, WHITE)
    return (
        at(142, 160, one)
        + at(172, 161, one)
        + at(157, 144, one)
        + leaf(158, 134, 14, -50, MOSS)
        + leaf(156, 134, 12, -120, MOSS)
    )


def churn() -> str:
    return (
        path("M134 166q-12-26 8-44l2-14h22l2 14q20 18 8 44z", CLAY)
        + oval(155, 108, 13, 4, shade(CLAY, -0.4))
        + line("M136 136q19 8 38 0", CREAM, 2)
        + line("M133 146l4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5", CREAM, 1.6)
        + path("M144 108q11-12 22 0z", "#f3dd8f")
    )


def strips() -> str:
    return (
        line("M126 96h62", DATE, 3)
        + "".join(
            path(f"M{x} 97q7 20 0 {h}q8 4 12-2 4-30-4-{h - 2}z", c)
            for x, h, c in ((134, 54, BRICK), (150, 62, "#7a2b1f"), (168, 48, "#a0452f"))
        )
        + "".join(dot(x, y, 1.6, "#e9c27c") for x, y in scatter(12, 12, 136, 104, 40, 46))
    )


def blob() -> str:
    return (
        path("M124 166q2-22 22-22 2-14 16-8 16-2 14 14 10 4 10 16z", "#4b3a1d")
        + path("M136 152q6-10 14-8-8 4-10 10z", "#8a7440")
        + berry(176, 136, 7, 10, OLIVE, 20)
        + leaf(176, 126, 18, -140, "#7d9560")
    )


def cream_pot() -> str:
    return (
        oval(156, 152, 26, 9, WHITE)
        + path("M130 152v8q0 8 26 8t26-8v-8q-26 14-52 0z", "#f0d5d0")
        + path("M140 150q16-16 30-2-6 6-14 4t-16-2z", "#fbeeea")
        + blossom(172, 130, 11, ROSE, GOLD)
    )


def bubbles(fill: str) -> str:
    return "".join(
        dot(x, y, r, fill) + dot(x - r * 0.3, y - r * 0.3, r * 0.28, WHITE)
        for x, y, r in ((160, 104, 9), (178, 120, 6), (150, 88, 5), (172, 92, 4))
    )


def bowl(fill: str, filling: str, seed: int) -> str:
    spots = scatter(seed, 16, 134, 131, 44, 9)
    balls = dots(spots[::2], 4, shade(filling, -0.14)) + dots(spots[1::2], 4, filling)
    return (
        oval(156, 138, 30, 9, shade(fill, -0.3))
        + balls
        + path("M126 138q30 14 60 0-4 28-22 28h-16q-18 0-22-28z", fill)
        + line("M132 150q24 10 48 0", CREAM, 2)
    )


def five_grains() -> str:
    return "".join(
        cone(c, x, 9, h)
        for x, h, c in (
            (126, 20, "#c99a4b"),
            (142, 26, "#8a5a2b"),
            (158, 30, SAND),
            (174, 24, "#b5723a"),
            (188, 18, "#6f6a3a"),
        )
    )


def scoop(fill: str) -> str:
    return (
        line("M168 134l18-22", "#a9743a", 5, 'stroke-linecap="round"')
        + path("M128 140q22-14 44-8 2 22-16 32-20 6-28-24z", "#b9834a")
        + dots(scatter(21, 11, 136, 138, 28, 18), 3, fill)
        + dots(scatter(22, 9, 136, 138, 28, 18), 3, shade(fill, 0.3))
    )
