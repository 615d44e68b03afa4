"""Lists of products: everything, a category, a region, a search."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.places.queries import regions
from catalogue.products.queries import Shelf, children, shelves, way_to

from .. import facets
from ..errors import NotHere
from ..forms import Wishes, read_wishes
from ..offers import Choice
from ..queries import browse
from ..reference import cooperatives


def listing(request: HttpRequest, *, fixed: str = "", value: str = "", shelf: Shelf | None = None) -> dict[str, Any]:
    """Return the context of a list. ``fixed`` names the question that the address itself answers with ``value``."""
    codes = {shelf.code: shelf for shelf in shelves().values()}
    shopping = request.shopping  # type: ignore[attr-defined]
    wishes = read_wishes(
        request.GET,
        categories=codes,
        regions=regions(),
        cooperatives=cooperatives(),
        currency=shopping.currency,
        abroad=shopping.destination != HOME_COUNTRY,
    )
    asked = wishes.answering(fixed, value)
    wishes = wishes.answering(fixed, "")
    found = browse(
        shopping,
        (get_language() or "ar")[:2],
        choice=_choice(asked, shelf or codes.get(asked.category)),
        q=wishes.q,
        sort=wishes.sort,
        page=wishes.page,
        now=timezone.now(),
    )
    path = request.path
    return {
        "wishes": wishes,
        "page_obj": found.page,
        "total": found.census.total,
        "found": found.found,
        "facets": facets.facets(
            wishes, found.census, path=path, fixed=fixed, shelf=shelf, destination=shopping.destination
        ),
        "chips": facets.chips(wishes, path, shopping.destination),
        "sorts": facets.sorts(wishes, path),
        "bare_path": path + wishes.bare,
    }


def _choice(wishes: Wishes, shelf: Shelf | None) -> Choice:
    region, cooperative = regions().get(wishes.region), cooperatives().get(wishes.cooperative)
    return Choice(
        shelf_ids=frozenset(other.pk for other in shelves().values() if shelf.holds(other)) if shelf else frozenset(),
        region_id=region.pk if region else None,
        cooperative_id=cooperative.pk if cooperative else None,
        quality=wishes.label,
        price_from=Decimal(wishes.price_from) if wishes.price_from else None,
        price_to=Decimal(wishes.price_to) if wishes.price_to else None,
        in_stock=bool(wishes.stock),
        of_women=bool(wishes.women),
        sent_there=bool(wishes.sent),
    )


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with a list; an address with answers that nobody knows is first put right."""
    wishes: Wishes = context["wishes"]
    if wishes.unknown:
        for note in wishes.notes:
            messages.info(request, note)
        return HttpResponseRedirect(request.path + wishes.address())
    return render(request, template, context)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    context = listing(request)
    title = _("Everything in the shop")
    return show(request, "shop/list.html", {**context, "title": title, "crumbs": [(title, "")]})


@require_safe
def category(request: HttpRequest, category_slug: str, pk: str) -> HttpResponse:
    """Show a shelf and all that stands under it; an old slug leads to the new address for good."""
    shelf = shelves().get(int(pk))
    if shelf is None:
        raise NotHere(_("This category does not exist, or not any more."))
    if request.path != shelf.url:
        query = request.GET.urlencode()
        return HttpResponsePermanentRedirect(shelf.url + (f"?{query}" if query else ""))
    context = listing(request, fixed="category", value=shelf.code, shelf=shelf)
    crumbs = [(other.name, other.url if other is not shelf else "") for other in way_to(shelf)]
    below = children(shelf)
    return show(
        request,
        "shop/list.html",
        {**context, "title": shelf.name, "intro": shelf.description, "crumbs": crumbs, "below": below},
    )


@require_safe
def region(request: HttpRequest, slug: str) -> HttpResponse:
    here = regions().get(slug)
    if here is None:
        raise NotHere(_("There is no such region in Morocco."))
    context = listing(request, fixed="region", value=slug)
    local = [line for line in cooperatives().values() if line.region_id == here.pk]
    crumbs = [(_("Regions"), reverse("shop:regions")), (here.name, "")]
    return show(
        request,
        "shop/region.html",
        {**context, "title": here.name, "region": here, "cooperatives": local, "crumbs": crumbs},
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    context = listing(request)
    return show(request, "shop/search.html", {**context, "title": _("Search"), "crumbs": [(_("Search"), "")]})
