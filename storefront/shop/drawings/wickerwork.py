"""What is plaited from reed, palm and doum. Variants as in ``textiles``."""

from .ink import BRICK, DATE, INDIGO, MOSS, SAFFRON, SAND, box, dot, line, lozenge, oval, path, shade

CANE = "#8a5a2b"


def _hat() -> str:
    return (
        oval(100, 140, 76, 24, SAND)
        + oval(100, 137, 76, 22, shade(SAND, 0.2))
        + path("M62 134q0-56 38-56t38 56q-38 14-76 0z", SAND)
        + path("M61 126q39 14 78 0v10q-39 14-78 0z", BRICK)
        + line("M70 110q30 10 60 0M76 96q24 8 48 0M34 140q66 24 132 0", shade(SAND, -0.25), 1.6)
        + "".join(dot(x, 139, 5, c) for x, c in ((84, SAFFRON), (100, INDIGO), (116, MOSS)))
    )


def _lamp() -> str:
    ribs = line("".join(f"M100 52Q{x} 92 {x} 138" for x in range(48, 160, 13)), CANE, 1.6)
    return (
        line("M100 14v38", DATE, 3)
        + oval(100, 150, 60, 18, "#ffe9a8", more='opacity=".8"')
        + path("M84 54q16-8 32 0 40 30 44 84-60 18-120 0 4-54 44-84z", SAND)
        + ribs
        + line("M62 84q38 12 76 0M48 112q52 16 104 0M40 138q60 18 120 0", CANE, 3)
    )


def _mat() -> str:
    rows = "".join(box(44, y, 112, 6, c) for y, c in ((46, BRICK), (58, CANE), (128, CANE), (140, BRICK)))
    weave = line(
        "".join(f"M44 {y}h112" for y in range(40, 160, 8)) + "".join(f"M{x} 36v124" for x in range(52, 156, 8)),
        shade(SAND, -0.18),
        1,
    )
    return (
        box(44, 36, 112, 124, SAND, 2)
        + weave
        + rows
        + "".join(path(lozenge(x, 98, 11, 16), CANE) + path(lozenge(x, 98, 5, 8), SAND) for x in (66, 100, 134))
    )


def _bread() -> str:
    return (
        path("M40 128q60 16 120 0l-8 32q-52 14-104 0z", SAND)
        + line("M42 138q58 16 116 0M45 149q55 14 110 0", BRICK, 4)
        + path("M38 126q4-40 62-58 58 18 62 58-62 16-124 0z", shade(SAND, 0.15))
        + line("M50 108q50 14 100 0M62 92q38 10 76 0", BRICK, 4)
        + path("M94 68q6-16 12 0z", CANE)
    )


def _basket() -> str:
    hoops = "".join(
        line(f"M{44 + n * 2} {112 + n * 15}q56 14 {112 - n * 4} 0", c, 4)
        for n, c in enumerate((CANE, BRICK, CANE, INDIGO))
    )
    slats = line("".join(f"M{x} 106l{(100 - x) / 8:.0f} 58" for x in range(48, 156, 9)), shade(SAND, -0.25), 1.6)
    return (
        line("M58 104Q62 40 100 40t42 64", CANE, 6)
        + path("M38 100q62 16 124 0l-12 62q-50 12-100 0z", SAND)
        + slats
        + hoops
        + line("M38 101q62 16 124 0", CANE, 6)
    )


def basketry(variant: str) -> str:
    return {"hat": _hat, "lamp": _lamp, "mat": _mat, "bread": _bread, "basket": _basket}.get(variant, _basket)()
