"""What is carved in cedar and thuya, and hammered in copper. Variants as in ``textiles``."""

from .ink import CREAM, DATE, GOLD, SAND, WHITE, at, box, dot, line, lozenge, oval, path, shade, star

COPPER, SILVER, CEDAR = "#b8662f", "#c3c8cc", "#a06a3a"
SHEEN, GRAIN = shade(COPPER, 0.35), shade(CEDAR, -0.25)


def _chest() -> str:
    return (
        path("M40 108l20-24h80l20 24z", shade(CEDAR, 0.25))
        + box(40, 108, 120, 58, CEDAR, 2)
        + line("M40 124h120", GRAIN, 2.5)
        + box(52, 132, 96, 26, "none", 0, f'stroke="{SAND}" stroke-width="2"')
        + path(star(100, 145, 11), SAND)
        + dot(100, 145, 4, DATE)
        + "".join(path(lozenge(x, 145, 6, 6), SAND) for x in (70, 130))
        + box(95, 116, 10, 14, GOLD, 2)
        + path("M66 96h68l4 6H60z", SAND)
    )


def _chess() -> str:
    squares = "".join(box(46 + x * 18, 44 + y * 18, 18, 18, DATE) for x in range(6) for y in range(6) if (x + y) % 2)
    return (
        box(38, 36, 124, 124, CEDAR, 3)
        + box(46, 44, 108, 108, SAND)
        + squares
        + at(76, 96, path("M-9 20q4-18 4-24-8-6 0-16 5-6 10 0 8 10 0 16 0 6 4 24z", CREAM))
        + at(128, 124, path("M-9 20q4-18 4-24-8-6 0-16 5-6 10 0 8 10 0 16 0 6 4 24z", "#2a1a10"))
    )


def _mirror() -> str:
    return (
        path("M56 164V84q0-52 44-60 44 8 44 60v80z", CEDAR)
        + path("M68 152V86q0-40 32-48 32 8 32 48v66z", SAND)
        + path("M74 148V88q0-34 26-42 26 8 26 42v60z", "#cfe0e2")
        + path("M80 130l30-66M92 138l26-56", "none", 'stroke="#fff" stroke-width="4" opacity=".7"')
        + "".join(
            path(star(x, y, 5), GOLD)
            for x, y in ((62, 100), (138, 100), (62, 130), (138, 130), (100, 31), (82, 158), (118, 158))
        )
    )


def _board() -> str:
    return (
        oval(100, 116, 76, 46, shade(CEDAR, -0.25))
        + oval(100, 110, 76, 46, CEDAR)
        + oval(100, 110, 62, 36, shade(CEDAR, 0.2))
        + path(star(100, 110, 30), GRAIN, 'transform="matrix(1 0 0 .6 0 44)"')
        + path(star(100, 110, 16), SAND, 'transform="matrix(1 0 0 .6 0 44)"')
        + line("M46 104q54-30 108 0", GRAIN, 1.4)
    )


def _spoons() -> str:
    return "".join(
        at(
            x,
            104,
            oval(0, -42, 15, 21, c)
            + oval(0, -40, 10, 15, shade(c, -0.25))
            + path("M-4-24h8l3 84q-7 6-14 0z", c)
            + path(lozenge(0, 44, 4, 7), DATE),
            turn=t,
        )
        for x, c, t in ((66, CEDAR, -14), (100, "#c39252", 0), (134, "#7d4d28", 14))
    )


def wood(variant: str) -> str:
    return {"box": _chest, "chess": _chess, "mirror": _mirror, "tray": _board, "spoons": _spoons}.get(
        variant, _spoons
    )()


def _lantern() -> str:
    holes = "".join(
        path(star(x, y, 7), "#ffe7a0")
        for x, y in (
            (82, 90),
            (100, 84),
            (118, 90),
            (78, 112),
            (100, 112),
            (122, 112),
            (82, 134),
            (100, 138),
            (118, 134),
        )
    )
    return (
        line("M100 14v16", DATE, 3)
        + path("M84 46q16-30 32 0z", COPPER)
        + box(80, 44, 40, 8, SHEEN, 2)
        + path("M80 52h40l18 38-14 62H76L62 90z", COPPER)
        + path("M80 52h12L80 90l6 62H76L62 90z", SHEEN, 'opacity=".6"')
        + holes
        + box(74, 150, 52, 9, SHEEN, 2)
        + path("M86 159h28l-14 12z", COPPER)
    )


def _tray() -> str:
    return (
        oval(100, 122, 82, 42, shade(COPPER, -0.35))
        + oval(100, 116, 82, 42, COPPER)
        + oval(100, 115, 70, 34, SHEEN)
        + path(star(100, 115, 52), COPPER, 'transform="matrix(1 0 0 .5 0 57)"')
        + path(star(100, 115, 34), SHEEN, 'transform="matrix(1 0 0 .5 0 57)"')
        + path(star(100, 115, 20), shade(COPPER, -0.25), 'transform="matrix(1 0 0 .5 0 57)"')
        + path("M36 104q50-34 128 0-64-20-128 0z", WHITE, 'opacity=".5"')
    )


def _sugar() -> str:
    return (
        path("M52 112q48 14 96 0-2 38-30 46v8H82v-8q-28-8-30-46z", COPPER)
        + oval(100, 112, 48, 10, SHEEN)
        + path("M60 108q40-60 80 0-40 12-80 0z", shade(COPPER, 0.15))
        + path("M94 72q-6-14 6-22 12 8 6 22z", GOLD)
        + "".join(path(lozenge(x, y, 6, 7), SHEEN) for x, y in ((76, 134), (92, 140), (108, 140), (124, 134)))
        + line("M70 100q30 8 60 0", SHEEN, 2)
    )


def _teapot() -> str:
    return (
        line("M140 96q34-6 26 28-8 26-30 26", SILVER, 7)
        + path("M62 96q-12-4-18-24l-14 2q2 40 34 52z", SILVER)
        + path("M64 90q36 12 72 0 18 44-6 70H70q-24-26-6-70z", SILVER)
        + path("M64 90q8-34 36-38 28 4 36 38-36 12-72 0z", shade(SILVER, 0.35))
        + path("M96 52q-6-12 4-18 10 6 4 18z", COPPER)
        + line("M64 92q36 12 72 0M62 130q38 12 76 0", shade(SILVER, -0.3), 2)
        + path(star(100, 122, 13), COPPER)
        + path("M74 100q-8 30 2 56-16-24-2-56z", WHITE, 'opacity=".6"')
        + box(70, 158, 60, 9, shade(SILVER, -0.25), 3)
    )


def copper(variant: str) -> str:
    return {"lantern": _lantern, "tray": _tray, "sugar": _sugar, "teapot": _teapot}.get(variant, _teapot)()
