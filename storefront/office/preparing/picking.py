"""The pick list: what the open parcels of a place take from which shelf, and that it was taken."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalogue.kernel import formats
from fulfilment.warehouse import operations
from fulfilment.warehouse.models import Consignment
from storefront.office import access
from storefront.office.refusals import STAYS, why_it_stays

from . import queries
from .forms import PickFilter
from .policies import MOST_PARCELS


@access.office_page(access.VIEW_CONSIGNMENTS)
def pick_list(request: HttpRequest) -> HttpResponse:
    """Show what is to be taken at one place: that which was asked for, or the first where something waits."""
    form = PickFilter(request.GET or None)
    place = (form.cleaned_data["place"] if form.is_valid() else None) or queries.places_to_pick_at().first()
    parcels = queries.parcels_to_pick(place) if place else []
    context = {
        "form": PickFilter(initial={"place": place.code}) if place and not form.is_bound else form,
        "place": place,
        "parcels": parcels,
        "picks": queries.picks_of(parcels) if parcels else [],
        "asked": queries.parcels_asked_about(place) if place else [],
        "most": MOST_PARCELS,
        "now": timezone.now(),
    }
    return render(request, "office/preparing/picking.html", context)


@require_POST
@access.office_page(access.VIEW_CONSIGNMENTS, access.MOVE_CONSIGNMENTS)
def picked(request: HttpRequest) -> HttpResponseRedirect:
    """Say that parcels were taken from the shelves: one, or all that the list shows. What stays is named."""
    named = request.POST.getlist("parcel")[:MOST_PARCELS]
    found = Consignment.objects.filter(reference__in=named).order_by("order", "pk")
    if not found:
        messages.error(request, _("No parcel was named. Nothing was changed."))
    done = 0
    for parcel in found:
        try:
            operations.pick(consignment_id=parcel.pk, by=access.person(request), now=timezone.now())
            done += 1
        except STAYS as error:
            messages.error(request, why_it_stays(parcel.reference, error))
    if done:
        words = ngettext("%(n)s parcel is picked.", "%(n)s parcels are picked.", done)
        messages.success(request, words % {"n": formats.number(done, request.LANGUAGE_CODE)})
    place = request.POST.get("place", "")
    return redirect(f"{reverse('office:picking')}{f'?place={place}' if place.replace('-', '').isalnum() else ''}")
