"""The first page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalogue.kernel.periods import local
from catalogue.places.queries import regions
from catalogue.products.queries import top_categories

from ..offers import Market
from ..queries import in_season, some

CARDS = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now, language = timezone.now(), (get_language() or "ar")[:2]
    market = Market(request.shopping, now)  # type: ignore[attr-defined]
    seasonal = in_season(local(now).month)
    return render(
        request,
        "shop/home.html",
        {
            "shelves": top_categories(),
            "regions": regions().values(),
            "seasonal": some(market, language, seasonal, limit=CARDS, one_per_family=True),
            "newest": some(market, language, ~seasonal, limit=CARDS, one_per_family=True),
        },
    )


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def front_door(request: HttpRequest) -> HttpResponse:
    """Lead to the home page in the visitor's language."""
    return HttpResponseRedirect(reverse("home"))
