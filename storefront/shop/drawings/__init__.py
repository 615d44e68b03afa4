"""Pictures of the shop's own: one drawing per product family and packaging, made by code.

``url()`` is what templates use; ``draw()`` (in ``studio``) makes the SVG; ``views.drawing`` serves it.
"""

from urllib.parse import quote


def url(family: str, *, sale_unit: str = "", variant: str = "") -> str:
    """Return the address of a product's drawing."""
    name = f"{family}-{sale_unit}" if sale_unit else family
    return f"/drawings/{quote(name)}.svg" + (f"?v={quote(variant)}" if variant else "")
