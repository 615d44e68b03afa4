"""Pictures of the shop's own: one drawing per product family and packaging, made by code.

``url()`` is what templates use; ``studio.draw()`` makes the SVG; ``views.drawing`` serves it.
"""

from urllib.parse import quote

from django.urls import reverse


def url(family: str, *, sale_unit: str = "", variant: str = "") -> str:
    """Return the address of a product's drawing."""
    name = f"{family}-{sale_unit}" if sale_unit else family
    return reverse("drawing", args=[name]) + (f"?v={quote(variant)}" if variant else "")
