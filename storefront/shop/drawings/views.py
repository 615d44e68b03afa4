"""Serves the drawings. They depend on their address alone, so any cache may keep them."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from .studio import UnknownFamily, draw

WEEK = 7 * 24 * 3600


def _etag(request: HttpRequest, name: str) -> str | None:
    svg = _svg(request, name)
    return f'"{sha256(svg.encode()).hexdigest()[:20]}"' if svg else None


def _svg(request: HttpRequest, name: str) -> str | None:
    family, _, sale_unit = name.partition("-")
    try:
        return draw(family, sale_unit=sale_unit, variant=request.GET.get("v", "")[:40])
    except UnknownFamily:
        return None


@require_safe
@condition(etag_func=_etag)
def drawing(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the SVG of ``<family>`` or ``<family>-<sale_unit>``; ``?v=`` is the variant."""
    svg = _svg(request, name)
    if svg is None:
        raise Http404
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={WEEK}"
    return response
