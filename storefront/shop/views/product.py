"""A product's own page."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import structured
from ..cards import country_name
from ..errors import NotHere
from ..product import NoSuchProduct, product_page


@require_safe
def detail(request: HttpRequest, product_slug: str, pk: str) -> HttpResponse:
    """Show a product; an old slug leads to the new address for good."""
    shopping, language = request.shopping, (get_language() or "ar")[:2]  # type: ignore[attr-defined]
    try:
        page = product_page(pk=int(pk), shopping=shopping, language=language, now=timezone.now())
    except NoSuchProduct as error:
        raise NotHere(_("This product is not on sale, or not any more.")) from error
    address = page.product.get_absolute_url()
    if request.path != address:
        query = request.GET.urlencode()
        return HttpResponsePermanentRedirect(address + (f"?{query}" if query else ""))
    crumbs = [(shelf.name, shelf.url) for shelf in page.way]
    return render(
        request,
        "shop/product.html",
        {
            "page": page,
            "product": page.product,
            "best": page.best,
            "others": page.offers[1:],
            "crumbs": [*crumbs, (page.product.title, "")],
            "destination_name": country_name(shopping.destination, language),
            "json_ld": structured.product(page),
        },
    )
