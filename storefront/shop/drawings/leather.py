"""What is cut and stitched in leather. Variants as in ``textiles``."""

from .ink import BRICK, CREAM, DATE, GOLD, INDIGO, MOSS, SAFFRON, at, box, dot, line, lozenge, oval, path, shade, star


def babouches(variant: str) -> str:
    leather = {"men": "#e0b02e", "suede": "#8c5a3a", "women": "#b03a5b"}.get(variant, "#e0b02e")
    one = (
        path("M-30 40C-32 0-24-44 0-52 24-44 32 0 30 40 30 58-30 58-30 40z", shade(leather, -0.35))
        + path("M-24 30q24 8 48 0 6 22-24 22T-24 30z", "#ead2a6")
        + path("M-27 24C-27-8-20-40 0-48 20-40 27-8 27 24 14 34-14 34-27 24z", leather)
        + line("M-24 22q24 12 48 0", shade(leather, -0.4), 2)
    )
    mark = (
        path(star(0, -8, 11), GOLD if variant == "women" else shade(leather, -0.25))
        + dot(0, -8, 4, leather)
        + line("M0-42v20", shade(leather, -0.3), 1.5)
    )
    return at(68, 112, one + mark, turn=-8) + at(132, 112, one + mark, turn=8)


def bags(variant: str) -> str:
    leather = {"satchel": "#9a5a2b", "travel": "#6d3b20"}.get(variant, "#a5652f")
    strap = line("M56 92C60 30 140 30 144 92", shade(leather, -0.25), 6)
    if variant == "travel":
        return (
            line("M74 84C76 50 124 50 126 84", shade(leather, -0.3), 6)
            + path("M36 84q64-14 128 0 10 40 4 80-68 8-136 0-6-40 4-80z", leather)
            + path("M36 84q64-14 128 0l1 10q-65-12-130 0z", shade(leather, 0.2))
            + box(62, 84, 9, 82, shade(leather, -0.3))
            + box(129, 84, 9, 82, shade(leather, -0.3))
            + line("M44 106q56-10 112 0", CREAM, 1.4, 'stroke-dasharray="5 4"')
            + path(star(100, 134, 15), GOLD)
            + dot(100, 134, 6, leather)
        )
    front = path("M46 88h108l4 72q0 6-6 6H48q-6 0-6-6z", leather)
    if variant == "kilim":
        rows = "".join(
            box(44, y, 112, 10, c) + "".join(path(lozenge(x, y + 5, 6, 5), CREAM) for x in range(56, 152, 22))
            for y, c in ((100, BRICK), (116, INDIGO), (132, SAFFRON), (148, MOSS))
        )
        return strap + front + rows
    flap = path("M44 88h112l-6 40q-50 22-100 0z", shade(leather, 0.14)) + line(
        "M50 94h100l-5 30q-45 18-90 0z", shade(leather, -0.4), 1.4, 'stroke-dasharray="4 3"'
    )
    return (
        strap
        + front
        + flap
        + path(star(100, 112, 14), shade(leather, -0.35))
        + box(94, 128, 12, 16, GOLD, 2)
        + dot(100, 136, 2.5, DATE)
    )


def poufs(variant: str) -> str:
    leather = "#b98048" if variant != "embroidered" else "#a23d2c"
    thread = CREAM if variant != "embroidered" else GOLD
    seams = "".join(
        line(
            f"M100 92Q{100 + dx * 0.6:.0f} 96 {100 + dx} 126Q{100 + dx * 0.95:.0f} 152 {100 + dx * 0.7:.0f} 166",
            shade(leather, -0.28),
            2,
        )
        for dx in (-52, -28, 0, 28, 52)
    )
    ring = "".join(
        path(lozenge(x, y, 6, 8), thread) for x, y in ((56, 130), (78, 136), (100, 138), (122, 136), (144, 130))
    )
    return (
        path("M30 126q0-36 70-36t70 36q0 42-30 42H60q-30 0-30-42z", leather)
        + oval(100, 102, 52, 12, shade(leather, 0.16))
        + seams
        + path(star(100, 102, 22), thread, 'transform="matrix(1 0 0 .5 0 51)"')
        + path(star(100, 102, 11), leather, 'transform="matrix(1 0 0 .5 0 51)"')
        + ring
        + line("M34 122q66 30 132 0", thread, 1.6, 'stroke-dasharray="5 4"')
    )
