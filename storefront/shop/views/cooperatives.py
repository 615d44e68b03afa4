"""Who makes what is sold: the directory, and a page for each cooperative."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.cooperatives.models import Partner
from catalogue.places.queries import regions
from catalogue.products.queries import protected_names

from .. import words
from ..errors import NotHere
from ..reference import cooperatives
from .lists import listing, show


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    by_region = sorted(cooperatives().values(), key=lambda line: line.region_id)
    groups = {pk: list(lines) for pk, lines in groupby(by_region, key=lambda line: line.region_id)}
    return render(
        request,
        "shop/cooperatives.html",
        {
            "groups": [(region, groups[region.pk]) for region in regions().values() if region.pk in groups],
            "total": len(by_region),
            "crumbs": [(_("Cooperatives"), "")],
        },
    )


@require_safe
def all_regions(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/regions.html", {"regions": regions().values(), "crumbs": [(_("Regions"), "")]})


@require_safe
def cooperative(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in cooperatives():
        raise NotHere(_("We know no cooperative of this name."))
    seller = get_object_or_404(Partner.objects.select_related("province__region", "union"), slug=slug)
    context = listing(request, fixed="cooperative", value=slug)
    names = protected_names()
    return show(
        request,
        "shop/cooperative.html",
        {
            **context,
            "title": seller.name,
            "cooperative": seller,
            "labels": [words.label(label, names) for label in seller.labels],
            "is_authorised": seller.onssa_no and seller.onssa_status == "authorised",
            "crumbs": [(_("Cooperatives"), reverse("shop:cooperatives")), (seller.short_name, "")],
        },
    )
