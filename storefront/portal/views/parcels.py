"""What to prepare. A parcel shows its reference, its own goods, a name and a town: no phone, e-mail or order total."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from fulfilment.warehouse import queries
from storefront.orders.pdf import parcel_paper

from .. import access
from ..access import Desk

SHOWN = 40


@access.portal_page()
def parcels(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List parcels to prepare, oldest first; ``?all=1`` every parcel, newest first."""
    everything = request.GET.get("all") == "1"
    found = queries.for_cooperative(desk.cooperative, open_only=not everything, limit=SHOWN)
    return render(request, "portal/parcels.html", {"parcels": found, "everything": everything})


@access.portal_page()
def parcel(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Show one parcel."""
    found = queries.parcel_of(desk.cooperative, reference)
    if found is None:
        raise Http404
    return render(request, "portal/parcel.html", {"parcel": found})


@never_cache
@access.portal_page()
def paper(request: HttpRequest, desk: Desk, reference: str, kind: str) -> HttpResponse:
    """Serve the label or slip of one of the cooperative's own parcels."""
    found = queries.parcel_of(desk.cooperative, reference)
    if found is None:
        raise Http404
    return parcel_paper(found.id, reference, kind)
