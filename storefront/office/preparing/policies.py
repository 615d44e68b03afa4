"""In what order somebody walks along the shelves. No database."""

import re

MOST_PARCELS = 60
"""As many parcels are taken from the shelves in one wave: what one person pushes on a trolley in half a day."""


def shelf_order(shelf: str) -> tuple[bool, list[tuple[bool, int, str]]]:
    """Sort shelves as people number them, A2 before A10; what stands on no shelf comes last."""
    parts = re.findall(r"\d+|\D+", shelf.upper())
    return not shelf, [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
