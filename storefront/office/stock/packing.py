"""Packing hampers from what lies at a place, and taking them apart."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.cooperatives.models import StockRecord
from catalogue.lots.models import LotStock
from catalogue.receiving import operations
from catalogue.receiving.models import LotPart
from storefront.office import access

from .forms import NumberForm, PackForm

SHOWN = 30
UNPROCESSABLE = 422


@access.office_page(access.VIEW_STOCK)
def hampers(request: HttpRequest) -> HttpResponse:
    """Show what was packed lately, and pack more."""
    form = PackForm(request.POST or None)
    if request.method == "POST":
        access.require(request, access.ADJUST_STOCK)
        if form.is_valid() and _pack(request, form):
            return redirect("office:stock-hampers")
    packed = LotPart.objects.select_related("hamper__stockrecord__product", "stock__lot__stockrecord__product")
    context = {"form": form, "parts": packed.order_by("-pk")[:SHOWN]}
    return render(request, "office/stock/hampers.html", context, status=UNPROCESSABLE if form.errors else 200)


def _pack(request: HttpRequest, form: PackForm) -> bool:
    code = form.cleaned_data["sku"]
    found = StockRecord.objects.filter(Q(product__sku=code) | Q(product__upc=code)).select_related("product")
    record = found.order_by("pk").first()
    try:
        if record is None:
            raise operations.NoHamper
        lot = operations.pack_hampers(
            stockrecord=record,
            number=form.cleaned_data["number"],
            place=form.cleaned_data["place"],
            by=access.person(request),
            now=timezone.now(),
        )
    except operations.NoHamper:
        form.add_error("sku", _("No hamper bears this reference."))
    except operations.ComponentsMissing as missing:
        words = _("Nothing was packed, something is short at this place. %(short)s")
        form.add_error("number", words % {"short": missing})
    else:
        messages.success(request, _("Packed: %(lot)s.") % {"lot": lot})
        return True
    return False


@require_POST
@access.office_page(access.VIEW_STOCK, access.ADJUST_STOCK)
def unpack(request: HttpRequest, pk: int) -> HttpResponse:
    """Take hampers apart."""
    stock, form = LotStock.objects.filter(pk=pk).select_related("lot", "place").first(), NumberForm(request.POST)
    if stock is None:
        raise Http404
    if form.is_valid():
        number = form.cleaned_data["number"]
        try:
            operations.unpack_hampers(stock=stock, number=number, by=access.person(request), now=timezone.now())
        except operations.NotFree as error:
            messages.error(request, str(error))
        except operations.NoHamper:
            messages.error(request, _("We did not pack this lot."))
        else:
            messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(map(str, form.errors["number"])))
    return redirect("office:stock-lot", stock.lot_id)
