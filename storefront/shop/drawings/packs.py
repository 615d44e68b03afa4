"""The packagings: one silhouette each, filled with the colour of what is inside, with the cooperative's label."""

from dataclasses import dataclass

from .ink import CREAM, GOLD, KRAFT, WHITE, box, dot, dots, line, oval, path, scatter, shade, star


@dataclass(frozen=True)
class Filling:
    """What a packaging needs to know: the colour inside, its lid and the label's colour, and a number to vary by."""

    inside: str
    lid: str
    accent: str
    seed: int = 0


GLINT = 'opacity=".35"'


def label(x: float, y: float, w: float, h: float, accent: str) -> str:
    """Return the cooperative's label: cream paper, a coloured band, our star, two lines of writing."""
    middle = x + w / 2
    return (
        box(x, y, w, h, CREAM, 2)
        + box(x, y, w, h * 0.16, accent, 1)
        + path(star(middle, y + h * 0.47, min(w, h) * 0.23), accent)
        + dot(middle, y + h * 0.47, min(w, h) * 0.08, CREAM)
        + line(f"M{x + w * 0.2:.0f} {y + h * 0.79:.0f}h{w * 0.6:.0f}", shade(accent, -0.3), 2)
        + line(f"M{x + w * 0.32:.0f} {y + h * 0.91:.0f}h{w * 0.36:.0f}", shade(accent, 0.3), 1.5)
    )


def glass(f: Filling) -> str:
    body = "M80 62c0 14-18 15-18 32v62q0 10 10 10h32q10 0 10-10V94c0-17-18-18-18-32z"
    return (
        path(body, f.inside)
        + path("M80 62c0 14-18 15-18 32h52c0-17-18-18-18-32z", shade(f.inside, 0.35), 'opacity=".7"')
        + box(81, 44, 14, 22, shade(f.inside, 0.3))
        + box(78, 34, 20, 17, f.lid, 3)
        + box(78, 44, 20, 3, shade(f.lid, -0.25))
        + path("M67 96c1-6 5-10 8-12v78q-8 0-8-8z", WHITE, GLINT)
        + label(66, 106, 44, 46, f.accent)
    )


def amber(f: Filling) -> str:
    brown = "#7a4317"
    return (
        path("M84 44q4-14 8 0v14h-8z", f.lid)
        + box(79, 54, 18, 17, f.lid, 3)
        + line("M83 57v11M88 57v11M93 57v11", shade(f.lid, 0.3), 1.5)
        + path("M80 70h16v8c0 6 18 8 18 20v60q0 8-8 8H70q-8 0-8-8V98c0-12 18-14 18-20z", brown)
        + path("M62 112h52v46q0 8-8 8H70q-8 0-8-8z", shade(brown, -0.22))
        + path("M66 100c1-6 5-8 8-10v70q-8 0-8-8z", WHITE, 'opacity=".22"')
        + label(65, 108, 46, 44, f.accent)
        + dot(88, 99, 4, f.inside)
    )


def jar(f: Filling) -> str:
    return (
        box(50, 88, 78, 78, f.inside, 12)
        + path("M50 100q0-12 12-12h54q12 0 12 12v6H50z", shade(f.inside, 0.3))
        + box(55, 97, 8, 60, WHITE, 4, GLINT)
        + box(58, 80, 62, 12, shade(f.inside, 0.45))
        + path("M52 84q-4-22 12-24h50q16 2 12 24-6 4-12 0-6 5-13 0-6 5-12 0-7 5-13 0-6 5-12 0-6 4-12 0z", f.lid)
        + line("M55 76q34 7 68 0", shade(f.lid, -0.3), 2)
        + line("M70 62l-4 20M89 61v23M108 62l4 20", shade(f.lid, 0.3), 1.5)
        + label(68, 106, 44, 48, f.accent)
    )


def carton(f: Filling) -> str:
    window = "".join(
        oval(x, y, 6.5, 4.5, shade(f.inside, (n % 3 - 1) * 0.18), turn=n * 37 % 90)
        for n, (x, y) in enumerate(scatter(f.seed + 3, 9, 62, 124, 44, 14))
    )
    return (
        path("M36 104h104v54q0 8-8 8H44q-8 0-8-8z", f.lid)
        + path("M36 104l10-16h84l10 16z", shade(f.lid, 0.28))
        + path("M36 104h104v5H36z", shade(f.lid, -0.25))
        + path("M56 144v-8q0-20 28-20t28 20v8z", shade(f.inside, -0.45))
        + window
        + line("M56 144v-8q0-20 28-20t28 20v8z", GOLD, 2)
        + box(44, 149, 80, 12, CREAM, 2)
        + path(star(54, 155, 4.5), f.accent)
        + line("M64 155h44", f.accent, 2.5)
        + box(120, 104, 12, 62, f.accent)
        + path("M126 92c-10-12-14 2 0 12 14-10 10-24 0-12z", f.accent)
    )


def bag(f: Filling) -> str:
    spots = scatter(f.seed + 9, 18, 68, 132, 42, 18)
    grains = dots(spots[::2], 2.6, shade(f.inside, -0.2)) + dots(spots[1::2], 2.6, shade(f.inside, 0.25))
    return (
        path("M50 62h78l5 96q0 8-8 8H53q-8 0-8-8z", KRAFT)
        + path("M50 62h12l-5 104h-4q-8 0-8-8z", shade(KRAFT, 0.18))
        + path("M50 62l3-20h72l3 20z", shade(KRAFT, -0.12))
        + line("M53 42l6 4 6-4 6 4 6-4 6 4 6-4 6 4 6-4 6 4 6-4 6 4 6-4", shade(KRAFT, -0.3), 2)
        + line("M51 57h76", shade(KRAFT, -0.35), 1.5, 'stroke-dasharray="4 3"')
        + box(62, 124, 54, 32, f.inside, 14)
        + grains
        + line("M76 124h26q14 0 14 14v4q0 14-14 14H76q-14 0-14-14v-4q0-14 14-14z", shade(KRAFT, -0.3), 2)
        + label(66, 70, 46, 46, f.accent)
    )


def tin(f: Filling) -> str:
    return (
        line("M66 62V46h40v16", shade(f.lid, -0.2), 5, 'stroke-linejoin="round"')
        + box(98, 52, 14, 12, GOLD, 2)
        + path("M46 70l8-10h68l8 10z", shade(f.lid, 0.35))
        + box(46, 70, 84, 96, f.lid, 4)
        + box(46, 70, 9, 96, shade(f.lid, 0.22), 3)
        + box(46, 148, 84, 8, f.inside)
        + box(46, 80, 84, 5, f.inside)
        + label(63, 92, 50, 52, f.accent)
    )


def tub(f: Filling) -> str:
    return (
        path("M40 104h96l-7 54q-1 8-9 8H56q-8 0-9-8z", WHITE)
        + path("M40 104h14l5 62h-3q-8 0-9-8z", "#efe7d8")
        + box(35, 92, 106, 14, f.lid, 6)
        + oval(88, 92, 50, 9, shade(f.lid, 0.25))
        + oval(88, 91, 38, 6, f.inside)
        + label(64, 110, 48, 46, f.accent)
    )


def pet(f: Filling) -> str:
    return (
        box(80, 34, 18, 14, f.lid, 2)
        + line("M84 37v8M89 37v8M94 37v8", shade(f.lid, 0.35), 1.5)
        + path(
            "M83 48h12c0 14 15 18 15 34v26c0 6-3 6-3 12s3 6 3 12"
            "v26q0 8-8 8H76q-8 0-8-8v-26c0-6 3-6 3-12s-3-6-3-12V82c0-16 15-20 15-34z",
            f.inside,
            'opacity=".85"',
        )
        + path("M73 84c1-8 5-11 8-14v90q-8 0-8-8z", WHITE, 'opacity=".5"')
        + label(70, 88, 38, 42, f.accent)
    )


def mini(f: Filling) -> str:
    threads = "".join(
        f"M{x:.0f} {y:.0f}q4-{4 + n % 5} 8 {n % 3}" for n, (x, y) in enumerate(scatter(f.seed + 5, 18, 66, 120, 34, 34))
    )
    return (
        box(72, 84, 32, 20, KRAFT, 3)
        + box(72, 94, 32, 3, shade(KRAFT, -0.2))
        + path("M70 102h36q8 4 8 14v42q0 8-8 8H70q-8 0-8-8v-42q0-10 8-14z", "#f3ece0")
        + path("M62 124h52v34q0 8-8 8H70q-8 0-8-8z", shade(f.inside, 0.25))
        + line(threads, f.inside, 2.2, 'stroke-linecap="round"')
        + box(66, 108, 6, 50, WHITE, 3, 'opacity=".6"')
        + line("M80 103q8 8 16 0", f.accent, 2)
        + line("M96 103l14 12", f.accent, 1.5)
        + label(104, 112, 24, 28, f.accent)
    )


def can(f: Filling) -> str:
    return (
        path("M34 124v28q0 14 54 14t54-14v-28z", f.lid)
        + path("M34 132q54 20 108 0v6q-54 20-108 0z", f.accent)
        + path("M34 152q54 20 108 0v3q-54 20-108 0z", GOLD)
        + oval(88, 124, 54, 15, "#d8d4ca")
        + oval(88, 123, 46, 11, "#efece4")
        + oval(88, 122, 14, 5, "none", more='stroke="#a8a294" stroke-width="3"')
        + path(star(88, 150, 9), CREAM)
        + dot(88, 150, 3.5, f.accent)
    )


def bar(f: Filling) -> str:
    return (
        path("M40 128l14-16h86l-12 16z", shade(f.inside, 0.35))
        + path("M128 128l12-16v34l-12 18z", shade(f.inside, -0.2))
        + box(38, 128, 92, 38, f.inside, 6)
        + box(62, 128, 42, 38, CREAM)
        + path("M62 128l12-16h42l-12 16z", WHITE)
        + path(star(83, 147, 12), f.accent)
        + dot(83, 147, 4.5, CREAM)
        + line("M62 128v38M104 128v38", f.accent, 2)
    )


def hamper(f: Filling) -> str:
    weave = "".join(
        line(f"M{38 + 3 * n} {122 + 11 * n}q50 10 {100 - 6 * n} 0", shade(KRAFT, -0.3), 2) for n in range(4)
    )
    ribs = "".join(line(f"M{x} 116l{(88 - x) / 9:.0f} 50", shade(KRAFT, -0.15), 2.5) for x in range(44, 140, 11))
    return (
        line("M42 112C48 30 128 30 134 112", shade(KRAFT, -0.2), 6)
        + box(56, 66, 20, 50, "#c98f1e", 5)
        + box(60, 54, 12, 14, f.lid, 2)
        + box(82, 80, 30, 36, f.inside, 6)
        + box(80, 72, 34, 11, f.accent, 3)
        + path("M114 116l4-34h16l2 34z", "#8f9d55")
        + box(58, 84, 16, 16, CREAM)
        + path(star(97, 98, 9), CREAM)
        + path("M34 112h108l-12 46q-2 8-10 8H56q-8 0-10-8z", KRAFT)
        + ribs
        + weave
        + box(30, 108, 116, 9, shade(KRAFT, 0.15), 4)
        + path("M88 120c-18-16-24 4 0 12 24-8 18-28 0-12z", f.accent)
        + path("M86 130l-10 22 8-3 4-14 4 14 8 3-10-22z", f.accent)
    )


PACKS = {
    "glass": glass,
    "amber": amber,
    "jar": jar,
    "box": carton,
    "bag": bag,
    "tin": tin,
    "tub": tub,
    "pet": pet,
    "mini": mini,
    "can": can,
    "bar": bar,
    "hamper": hamper,
}
