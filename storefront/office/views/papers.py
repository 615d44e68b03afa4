"""A parcel's label and slip, and handing packed parcels to a courier with one manifest."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.kernel import formats
from catalogue.kernel.text import isolate
from fulfilment.papers import operations, queries
from fulfilment.papers.policies import MOST_PARCELS
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.queries import gross_weight_g
from storefront.office import access
from storefront.office.forms import HandOverForm, PackedFilter
from storefront.orders.pdf import as_pdf, parcel_paper

SHOWN, UNPROCESSABLE = 20, 422


@never_cache
@require_safe
@access.office_page(access.VIEW_CONSIGNMENTS)
def paper(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Serve a parcel's label or slip, made now unless a worker was faster."""
    found = Consignment.objects.filter(reference=reference).first()
    if found is None:
        raise Http404
    return parcel_paper(found.pk, reference, kind)


@access.office_page(access.VIEW_MANIFESTS)
def manifests(request: HttpRequest) -> HttpResponse:
    """Show what waits for a courier, and the manifests so far."""
    return _page(request)


@require_POST
@access.office_page(access.VIEW_MANIFESTS, access.MOVE_CONSIGNMENTS)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Give the ticked parcels to a courier, all or none, with the manifest that both sign."""
    form = HandOverForm(request.POST)
    ticked = {int(value) for value in request.POST.getlist("parcel") if value.isascii() and value.isdecimal()}
    if not form.is_valid():
        return _page(request, form=form, ticked=ticked, status=UNPROCESSABLE)
    courier = form.cleaned_data["courier"]
    try:
        made = operations.hand_over(
            courier_id=courier.pk,
            consignment_ids=ticked,
            language=request.LANGUAGE_CODE,
            by=access.person(request),
            now=timezone.now(),
        )
    except operations.NothingChosen:
        most = formats.number(MOST_PARCELS, request.LANGUAGE_CODE)
        form.add_error(None, _("Tick at least one parcel, and no more than %(most)s.") % {"most": most})
    except operations.NotPacked as error:
        form.add_error(None, _not_packed(error))
    except operations.HeldUp as error:
        words = {"parcel": isolate(error.parcel.reference), "why": _why(error.why)}
        form.add_error(None, _("Nothing was handed over, because of %(parcel)s. %(why)s") % words)
    else:
        words = {"manifest": made.number, "courier": isolate(str(courier)), "n": str(made.parcels)}
        messages.success(
            request,
            ngettext(
                "%(manifest)s: %(n)s parcel handed to %(courier)s. Print it and have it signed.",
                "%(manifest)s: %(n)s parcels handed to %(courier)s. Print it and have it signed.",
                made.parcels,
            )
            % words,
        )
        return redirect("office:manifests")
    return _page(request, form=form, ticked=ticked, status=UNPROCESSABLE)


@never_cache
@require_safe
@access.office_page(access.VIEW_MANIFESTS)
def manifest(request: HttpRequest, number: str) -> HttpResponse:
    """Serve a manifest, made now unless a worker was faster."""
    found = queries.manifest_named(number)
    if found is None:
        raise Http404
    return as_pdf(operations.make_manifest_paper(manifest_id=found.pk, now=timezone.now()).pdf, number)


def _why(error: Exception) -> str:
    """Say why a parcel may not leave."""
    if isinstance(error, warehouse.StillAsked):
        return _("Something is missing in it, and the buyer is asked what to do.")
    if isinstance(error, warehouse.NotToBeSent):
        return _("Lot %(lots)s may not be sold any more.") % {"lots": _(", ").join(error.lots)}
    if isinstance(error, warehouse.PiecesMissing):
        words = {"goods": _(", ").join(isolate(title) for title in error.titles)}
        return _("Not all pieces of %(goods)s are kept for it.") % words
    return str(error)  # a sentence for whoever moves it


def _not_packed(error: operations.NotPacked) -> str:
    named = _(", ").join(
        f"{isolate(parcel.reference)} ({Consignment.State(parcel.state).label})" for parcel in error.parcels
    )
    return _("Nothing was handed over, because of %(parcels)s. What is still packed is ticked below.") % {
        "parcels": named
    }


def _page(
    request: HttpRequest, *, form: HandOverForm | None = None, ticked: set[int] | None = None, status: int = 200
) -> HttpResponse:
    """Of the parcels of one place all are ticked to begin with: the courier stands at its door."""
    chosen = PackedFilter(request.GET or None)
    origin = chosen.cleaned_data["origin"] if chosen.is_valid() else None
    parcels = queries.packed(origin.pk if origin else None)
    due = queries.due_at_doors(parcels)
    for parcel in parcels:
        parcel.due, parcel.weight_g = due.get(parcel.pk), gross_weight_g(parcel.lines.all())
    if ticked is None:
        ticked = {parcel.pk for parcel in parcels} if origin else set()
    context = {
        "filter": chosen,
        "form": form or HandOverForm(),
        "parcels": parcels,
        "ticked": ticked,
        "most": MOST_PARCELS,
        "action": f"{reverse('office:hand-over')}?{request.GET.urlencode()}",
        "manifests": queries.manifests()[:SHOWN],
    }
    return render(request, "office/manifests.html", context, status=status)
