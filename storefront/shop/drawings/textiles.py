"""What is woven, knotted, sewn or embroidered. Each takes a variant's name and falls back to the family's usual one."""

from .ink import (
    BRICK,
    CLAY,
    CREAM,
    DATE,
    GOLD,
    INDIGO,
    LEAF,
    MOSS,
    PLUM,
    ROSE,
    SAFFRON,
    WHITE,
    box,
    dot,
    leaf,
    line,
    lozenge,
    oval,
    path,
    shade,
    star,
)


def _fringe(x: int, w: int, top: int, bottom: int, colour: str) -> str:
    strands = "".join(f"M{x + n} {top}v-9M{x + n} {bottom}v9" for n in range(3, w, 6))
    return line(strands, colour, 1.6)


def _sheet(ground: str, edge: str, fringe: str) -> str:
    return (
        _fringe(54, 92, 26, 168, fringe)
        + box(57, 30, 92, 142, shade(ground, -0.55), 0, 'opacity=".25"')
        + box(54, 26, 92, 142, edge)
        + box(59, 31, 82, 132, ground)
    )


def _ouarain() -> str:
    net = "".join(f"M59 {y}l20.5 22 20.5-22 20.5 22 20.5-22" for y in range(36, 150, 22))
    return _sheet("#f1e8d6", "#e4d7bf", "#f1e8d6") + line(net, "#3b2b20", 3)


def _azilal() -> str:
    marks = "".join(
        path(lozenge(x, y, 9, 12), c)
        for x, y, c in (
            (78, 54, ROSE),
            (118, 60, SAFFRON),
            (96, 84, INDIGO),
            (76, 116, CLAY),
            (122, 112, MOSS),
            (100, 142, PLUM),
        )
    )
    return (
        _sheet("#f4ecdc", "#d9c8a7", CREAM)
        + marks
        + line("M66 40l12 10 10-12 12 14M120 84l-8 12 14 6-10 12M68 138l10 8-6 10", DATE, 2)
    )


def _zemmour() -> str:
    rows = "".join(
        box(59, y, 82, 7, c)
        + line(f"M59 {y + 12}l5-4 5 4 5-4 5 4 5-4 5 4 5-4 5 4 5-4 5 4 5-4 5 4 5-4 5 4 5-4 5 4", CREAM, 1.4)
        for y, c in ((40, "#e8d9b8"), (64, DATE), (88, "#e8d9b8"), (112, INDIGO), (136, "#e8d9b8"))
    )
    return _sheet("#9c2f28", "#6d1f1b", "#e8d9b8") + rows


def _middle() -> str:
    diamonds = "".join(
        path(lozenge(100, y, 30, 22), "#3b5a78")
        + path(lozenge(100, y, 19, 14), CREAM)
        + path(lozenge(100, y, 9, 7), BRICK)
        for y in (55, 97, 139)
    )
    return _sheet("#b06a35", "#6e3d1f", CREAM) + diamonds


def _taznakht() -> str:
    stars = "".join(path(star(100, y, 17), INDIGO) + path(star(100, y, 9), GOLD) for y in (58, 97, 136))
    side = "".join(path(lozenge(x, y, 6, 8), CREAM) for x in (71, 129) for y in (46, 72, 98, 124, 150))
    return (
        _sheet("#c8852b", "#8f3322", CREAM)
        + box(64, 36, 72, 122, "none", 0, f'stroke="{DATE}" stroke-width="2.5"')
        + stars
        + side
    )


def rug_knotted(variant: str) -> str:
    return {"ouarain": _ouarain, "azilal": _azilal, "zemmour": _zemmour, "middle": _middle, "taznakht": _taznakht}.get(
        variant, _taznakht
    )()


def kilim(variant: str) -> str:
    if variant == "boucherouite":
        colours = (ROSE, SAFFRON, "#4d8a8c", CREAM, CLAY, INDIGO, "#8aa65a", PLUM)
        rags = "".join(
            box(59 + (n * 37) % 60, 32 + n * 6.5, 16 + (n * 13) % 20, 6, colours[n % 8], 2)
            + box(59 + (n * 23 + 31) % 56, 32 + n * 6.5, 12 + (n * 7) % 14, 6, colours[(n + 3) % 8], 2)
            for n in range(20)
        )
        return _sheet("#d9a79b", "#b3746b", ROSE) + rags
    if variant == "zanafi":
        bars = "".join(box(59, y, 82, 8, "#2a2420") + box(59, y + 13, 82, 2, "#2a2420") for y in range(36, 160, 22))
        steps = "".join(path(f"M{x} 88h8v-8h8v8h8v8h-8v8h-8v-8h-8z", CREAM) for x in (64, 88, 112))
        return _sheet("#eee6d7", "#2a2420", "#eee6d7") + bars + box(59, 76, 82, 24, "#2a2420") + steps
    bands = ("#9c2f28", CREAM, INDIGO, SAFFRON, "#9c2f28", CREAM, MOSS)
    stripes = "".join(box(59, 31 + n * 19, 82, 13, c) for n, c in enumerate(bands))
    zigzag = "".join(
        line(f"M59 {46 + n * 38}l6.8-6 6.8 6 6.8-6 6.8 6 6.8-6 6.8 6 6.8-6 6.8 6 6.8-6 6.8 6 6.8-6 6.8 6", GOLD, 2)
        for n in range(4)
    )
    return _sheet(DATE, "#3b1d13", CREAM) + stripes + zigzag


def home_textile(variant: str) -> str:
    if variant in ("cushion", "sabra"):
        ground, mark = ("#b8632f", CREAM) if variant == "cushion" else ("#7b4a86", GOLD)
        rows = "".join(
            path(lozenge(x, y, 9, 9), mark) + path(lozenge(x, y, 4, 4), INDIGO)
            for x in (70, 100, 130)
            for y in (88, 118, 148)
        )
        return (
            path("M44 70q56 10 112 0-8 50 0 98-56-8-112 0 8-48 0-98z", ground)
            + path("M44 70q56 10 112 0-2 10-3 20-53 6-106 0-1-10-3-20z", shade(ground, 0.18))
            + rows
            + "".join(
                line(f"M{x} {y}l{d} {e}", GOLD, 3)
                for x, y, d, e in ((44, 70, -6, -9), (156, 70, 6, -9), (44, 168, -6, 6), (156, 168, 6, 6))
            )
        )
    wool, band, under = ("#e6d3ae", CLAY, "#7d9560") if variant == "throw" else ("#2f5f73", SAFFRON, "#b5522f")
    layers = "".join(
        box(40, y, 120, 24, colour, 11) + line(f"M152 {y + 8}h-98q-7 4 0 8h98", shade(colour, -0.25), 1.6)
        for y, colour in ((144, shade(under, 0.15)), (121, CREAM), (98, wool))
    )
    drape = box(60, 98, 52, 50, shade(wool, 0.1)) + "".join(
        box(60, y, 52, h, band) for y, h in ((106, 5), (115, 3), (130, 5), (139, 3))
    )
    marks = "".join(path(lozenge(x, 124, 5, 4), CREAM) for x in (70, 86, 102))
    return layers + drape + marks + line("".join(f"M{x} 148v11" for x in range(62, 112, 5)), shade(wool, 0.1), 2)


def clothing(variant: str) -> str:
    hood = variant in ("burnous", "djellaba_m", "djellaba_w", "")
    ground = {
        "burnous": "#4b3826",
        "djellaba_m": "#8b7a60",
        "djellaba_w": "#3f6b66",
        "gandoura": "#3f5f94",
        "mendil": "#f1e6d2",
    }.get(variant, "#7a2440")
    if variant == "mendil":
        stripes = "".join(
            box(50, y, 100, 5, c)
            for y, c in ((52, BRICK), (62, CREAM), (68, BRICK), (130, BRICK), (140, BRICK), (146, CREAM))
        )
        return (
            box(50, 40, 100, 122, ground, 3)
            + box(50, 76, 100, 44, BRICK)
            + stripes
            + line("".join(f"M{x} 162v9" for x in range(54, 150, 6)), BRICK, 2)
        )
    robe = "M82 52q18 8 36 0l34 44-14 16-16-16 8 74H70l8-74-16 16-14-16z"
    trim = GOLD if variant not in ("djellaba_m", "burnous") else CREAM
    buttons = "".join(dot(100, y, 2, trim) for y in range(68, 120, 7))
    top = (
        path("M84 54q-2-26 16-30 18 4 16 30-16 12-32 0z", shade(ground, -0.2))
        + path("M90 52q0-16 10-19 10 3 10 19-10 8-20 0z", shade(ground, -0.5))
        if hood
        else path("M86 52q14 14 28 0l-4 8q-10 7-20 0z", shade(ground, -0.4))
    )
    sash = box(78, 104, 44, 8, SAFFRON, 2) if variant in ("", "kaftan") else ""
    sides = line("M70 170l8-74M130 170l-8-74", shade(ground, -0.3), 2)
    cuffs = line("M48 96l14 16M152 96l-14 16", trim, 3)
    return (
        line("M60 34q40-18 80 0", DATE, 3)
        + line("M100 30v-8q0-6 6-6", DATE, 2.5)
        + path(robe, ground)
        + top
        + line("M100 60v110", trim, 2)
        + buttons
        + sash
        + sides
        + cuffs
        + line("M70 168h60", trim, 3)
    )


def embroidery(variant: str) -> str:
    thread = {"fassi": INDIGO, "napkins": "#a5352b", "slaoui": "#2d6a5f", "tetouan": PLUM}.get(variant, CLAY)
    border = path("".join(star(x, y, 8) for x in range(58, 150, 21) for y in (58, 148)), thread)
    hoop = line("M60 103a40 40 0 1 0 80 0a40 40 0 1 0-80 0", "#a9743a", 5)
    motif = (
        "".join(path(lozenge(x, y, 6, 8), thread) for x, y in ((100, 82), (80, 103), (120, 103), (100, 124)))
        + path(star(100, 103, 13), thread)
        + path(star(100, 103, 6), SAFFRON)
    )
    if variant == "napkins":
        fan = "".join(
            f'<g transform="rotate({turn} 100 190)">'
            + box(64, 60, 72, 104, shade("#fbf3e4", dark), 3)
            + box(69, 65, 62, 94, "none", 0, f'stroke="{thread}" stroke-width="1.6" stroke-dasharray="4 3"')
            + path(star(100, 88, 14), thread)
            + path(lozenge(100, 116, 8, 10), colour)
            + "</g>"
            for turn, dark, colour in ((-16, -0.14, MOSS), (0, -0.07, INDIGO), (16, 0, SAFFRON))
        )
        return fan + box(74, 140, 70, 12, "#b9813f", 6) + box(74, 143, 70, 3, GOLD)
    leaves = "".join(leaf(100, 103, 26, turn, LEAF) for turn in range(45, 400, 90))
    return (
        box(46, 46, 108, 116, "#f7efe0", 3)
        + box(50, 50, 100, 108, "none", 0, f'stroke="{thread}" stroke-width="1.5" stroke-dasharray="3 3"')
        + border
        + oval(100, 103, 40, 40, WHITE)
        + leaves
        + motif
        + hoop
    )
