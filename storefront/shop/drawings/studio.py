"""Puts a drawing together: the light, the halo and the table, what stands beside, the packaging in front."""

from functools import lru_cache
from zlib import crc32

from .families import ACCENTS, FAMILIES, Family
from .ink import SHADOW, WHITE, at, box, oval, path, shade, star
from .packs import PACKS, Filling

SHEET = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="320" height="320">'


class UnknownFamily(Exception):
    """No such family in the catalogue's data."""


@lru_cache(maxsize=512)
def draw(family: str, *, sale_unit: str = "", variant: str = "") -> str:
    """Return the SVG of a product: always the same for the same names."""
    if family not in FAMILIES:
        raise UnknownFamily(family)
    look = FAMILIES[family]
    inside = look.piece(variant) if look.piece else _packed(family, look, sale_unit, variant)
    return SHEET + _room(look.ground, standing=not look.piece or family not in HANGING) + inside + "</svg>"


HANGING = {"rug_knotted", "kilim", "clothing", "embroidery", "silver", "costume", "babouches"}
"""Families shown against the wall, not on the table."""


def _room(ground: str, standing: bool) -> str:
    wall = (
        box(0, 0, 200, 200, ground)
        + path(star(100, 96, 92), WHITE, 'opacity=".38"')
        + path(star(100, 96, 70), WHITE, 'opacity=".3"')
    )
    if not standing:
        return wall
    return wall + box(0, 150, 200, 50, shade(ground, -0.11)) + oval(100, 168, 84, 7, SHADOW, more='opacity=".16"')


def _packed(family: str, look: Family, sale_unit: str, variant: str) -> str:
    seed = crc32(f"{family}/{variant}".encode())
    filling = Filling(
        inside=look.variants.get(variant, look.inside),
        lid=look.lid or shade(look.inside, -0.4),
        accent=ACCENTS[seed % len(ACCENTS)],
        seed=seed % 97,
    )
    pack = PACKS.get(sale_unit) or PACKS[look.pack]
    if not look.beside:
        return at(0, -4, pack(filling), 1.12)
    return at(-24, -18, pack(filling), 1.1) + at(-16, -12, look.beside(), 1.08)
