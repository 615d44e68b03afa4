"""What search engines ask for."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from catalogue.places.queries import regions
from catalogue.products.models import Product
from catalogue.products.queries import shelves

from ..cards import product_url
from ..reference import cooperatives

PRIVATE = ("accounts", "basket", "checkout", "orders", "portal", "office", "dashboard", "preferences", "search")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: /*/{name}/" for name in PRIVATE),
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> StreamingHttpResponse:
    """List every page worth finding, in the three languages."""
    return StreamingHttpResponse(_sitemap(), content_type="application/xml; charset=utf-8")


def _sitemap() -> Iterator[str]:
    products = list(
        Product.objects.filter(is_public=True, status=Product.Status.PUBLISHED).order_by("pk").values_list("slug", "pk")
    )
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for language, _name in settings.LANGUAGES:
        with override(language):
            addresses = list(_addresses(products))
        yield "".join(f"<url><loc>{settings.BASE_URL}{address}</loc></url>\n" for address in addresses)
    yield "</urlset>\n"


def _addresses(products: list[tuple[str, int]]) -> Iterator[str]:
    for name in ("home", "catalogue:index", "shop:regions", "shop:cooperatives", "shop:prices"):
        yield reverse(name)
    for place in (*shelves().values(), *regions().values(), *cooperatives().values()):
        yield place.url
    for slug, pk in products:
        yield product_url(slug, pk)
