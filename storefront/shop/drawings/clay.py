"""What the potter makes: for the fire, and for the eye. Variants as in ``textiles``."""

from .ink import CLAY, CREAM, DATE, SAFFRON, WHITE, box, dot, line, lozenge, oval, path, shade, star

FES = "#2d55a0"


def pottery_cook(variant: str) -> str:
    clay = "#b8602f"
    if variant == "tangia":
        return (
            path("M78 66q-6-14 0-22h44q6 8 0 22-2 6 10 18 22 24 8 60-4 24-40 24t-40-24q-14-36 8-60 12-12 10-18z", clay)
            + oval(100, 44, 22, 6, shade(clay, -0.45))
            + line("M76 60q-26 2-20 34M124 60q26 2 20 34", shade(clay, -0.15), 7)
            + line("M56 104q44 14 88 0", shade(clay, 0.3), 3)
            + path("M70 78q-8 40 2 80-16-10-16-40 4-24 14-40z", WHITE, 'opacity=".16"')
        )
    if variant == "bowl":
        return (
            path("M34 104q66 22 132 0-4 52-44 60H78q-40-8-44-60z", clay)
            + oval(100, 104, 66, 16, shade(clay, 0.2))
            + oval(100, 105, 57, 11, shade(clay, -0.35))
            + line("M40 124q60 22 120 0", CREAM, 2.5)
            + "".join(
                path(lozenge(x, y, 5, 7), CREAM) for x, y in ((62, 144), (81, 149), (100, 150), (119, 149), (138, 144))
            )
        )
    glaze = "#3f7d6b" if variant == "tagine_glazed" else clay
    band = "".join(
        path(lozenge(x, y, 5, 7), CREAM) for x, y in ((72, 128), (86, 131), (100, 132), (114, 131), (128, 128))
    )
    return (
        path("M94 42q-6-12 6-14 12 2 6 14 4 60 50 92H44q46-32 50-92z", glaze)
        + path("M94 42q-6-12 6-14-2 60-30 106H44q46-32 50-92z", WHITE, 'opacity=".16"')
        + path("M38 134h124q6 0 4 8-8 26-40 26H74q-32 0-40-26-2-8 4-8z", shade(glaze, -0.22))
        + box(34, 132, 132, 9, shade(glaze, 0.15), 4)
        + line("M78 100q22 8 44 0", CREAM, 2)
        + line("M84 84q16 6 32 0", CREAM, 2)
        + band
    )


def _vase() -> str:
    return (
        path(
            "M86 44q-4-10-6-14h40q-2 4-6 14-4 14 14 34 24 28 10 62-6 28-38 28t-38-28q-14-34 10-62 18-20 14-34z",
            WHITE,
        )
        + oval(100, 30, 20, 4, shade(FES, -0.4))
        + line("M84 52h32M70 84q30 10 60 0M58 138q42 14 84 0", FES, 3)
        + path(star(100, 112, 20), FES)
        + path(star(100, 112, 10), SAFFRON)
        + "".join(path(star(x, 114, 8), FES) for x in (68, 132))
        + line("M80 66q20 8 40 0", SAFFRON, 2.5)
    )


def _bowls() -> str:
    return "".join(
        path(
            f"M{100 - w} {y}h{2 * w}q-4 {h}-{w * 0.6:.0f} {h}h-{w * 0.8:.0f}q-{w * 0.56:.0f} 0-{w * 0.6:.0f}-{h}z",
            WHITE,
        )
        + line(f"M{103 - w} {y + 5}h{2 * w - 6}", colour, 4)
        + path("".join(lozenge(100 + w * part, y + h * 0.55, 6, 7) for part in (-0.6, -0.3, 0, 0.3, 0.6)), colour)
        for w, y, h, colour in ((62, 122, 46, FES), (50, 92, 40, "#2f7a5a"), (38, 66, 34, CLAY))
    )


def _zellige() -> str:
    places = [(x, y) for y in (62, 97, 132) for x in (66, 100, 134)]
    kinds = ((FES, places[::2]), ("#2f7a5a", places[1::4]), (CLAY, places[3::4]))
    tiles = "".join(path("".join(star(x, y, 18) for x, y in some), colour) for colour, some in kinds)
    tiles += path("".join(star(x, y, 8) for x, y in places), WHITE)
    dots = "".join(path(lozenge(x, y, 6, 6), SAFFRON) for x in (83, 117) for y in (79, 114))
    return box(42, 38, 116, 118, DATE, 3) + box(47, 43, 106, 108, "#f2ead8") + tiles + dots


def _plate() -> str:
    petals = "".join(path(lozenge(100, 60, 8, 14), FES, f'transform="rotate({n * 45} 100 100)"') for n in range(8))
    return (
        dot(100, 100, 66, WHITE)
        + dot(100, 100, 66, "none").replace("/>", f' stroke="{FES}" stroke-width="5"/>')
        + petals
        + path(star(100, 100, 30), FES)
        + path(star(100, 100, 19), SAFFRON)
        + dot(100, 100, 8, FES)
        + "".join(
            dot(100, 42, 3.5, "#2f7a5a").replace("/>", f' transform="rotate({n * 45 + 22} 100 100)"/>')
            for n in range(8)
        )
    )


def pottery_deco(variant: str) -> str:
    return {"vase": _vase, "bowls": _bowls, "zellige": _zellige, "plate": _plate}.get(variant, _plate)()
