"""Solidarity shops: which is near, when it is open, what it has today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.kernel.shopping import Shopping
from catalogue.lots.queries import position_of
from catalogue.places.models import Province
from catalogue.shops.queries import by_distance, shops

from .. import stores, structured
from ..errors import NotHere
from ..offers import Market
from ..queries import PaginatorHere, lying_at


@require_safe
def locator(request: HttpRequest) -> HttpResponse:
    """List the shops by town, or by how far they are from a province that was chosen."""
    now, places = timezone.now(), list(shops())
    province = _province(request.GET.get("province", ""))
    found = by_distance(places, position_of(province)) if province else [(place, None) for place in places]
    rows = [stores.store_of(place, now, far) for place, far in found]
    context = {
        "rows": rows if province else sorted(rows, key=lambda row: (row.place.town, row.place.code)),
        "near": province,
        "provinces": stores.provinces(),
        "map": stores.draw_map(places),
        "crumbs": [(_("Solidarity shops"), "")],
    }
    return render(request, "shop/shops.html", context)


def _province(written: str) -> Province | None:
    return Province.objects.filter(code=written).first() if written and len(written) <= 6 else None


@require_safe
def shop(request: HttpRequest, code: str) -> HttpResponse:
    """Show one shop: where, when, and a page of what lies in it today, at the prices asked there: in dirhams."""
    now = timezone.now()
    place = shops().filter(code__iexact=code).first()
    if place is None:
        raise NotHere(_("There is no such shop, or not any more."))
    market = Market(Shopping(), now)
    rows, total = lying_at(market, (get_language() or "ar")[:2], place.pk)
    store = stores.store_of(place, now)
    context = {
        "store": store,
        "week": stores.week_of(place, now),
        "page_obj": PaginatorHere(rows, total, market).get_page(request.GET.get("page")),
        "structured": structured.store(store),
        "crumbs": [(_("Solidarity shops"), reverse("shops:index")), (place.name, "")],
    }
    return render(request, "shop/shop.html", context)
