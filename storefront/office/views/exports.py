"""What goes abroad: its papers, what proves that it left, and what is still missing."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.kernel.money import quantize
from catalogue.kernel.periods import Period, day_of
from catalogue.kernel.tables import as_csv
from catalogue.places.names import country_name
from fulfilment.customs import operations, queries
from fulfilment.customs.models import ExportRecord, SdrRate
from fulfilment.customs.queries import Shipment
from storefront.office import access
from storefront.office.export_forms import ExportFilter, ExportForm

from . import export_vat

PER_PAGE, LATE_DAYS = 40, 30
UNPROCESSABLE = 422


@require_safe
@access.office_page(access.VIEW_EXPORTS)
def exports(request: HttpRequest) -> HttpResponse:
    """List shipments abroad, the oldest first; without a filter those that miss something."""
    form = ExportFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    period: Period | None = wanted.get("month")
    found = queries.shipments(period=period, only_missing=not wanted.get("all"))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "form": form,
        "page_obj": page,
        "rows": [{"shipment": row, "days": (now - row.left_at).days} for row in queries.with_records(page)],
        "late": LATE_DAYS,
        "month": f"{period.from_day:%Y-%m}" if period else "",
        "has_rate": queries.mad_per_sdr(day_of(now)) is not None,
    }
    return render(request, "office/exports.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_EXPORTS)
def export(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what is known of one shipment, and write what is new."""
    found = queries.shipments().filter(reference=reference).first()
    if found is None:
        raise Http404
    (shipment,) = queries.with_records([found])
    today = day_of(timezone.now())
    form = ExportForm(request.POST or None, request.FILES or None, today=today, initial=_initial(shipment))
    if request.method == "POST":
        access.require(request, access.RECORD_EXPORTS)
        if form.is_valid() and _record(request, shipment, form):
            return redirect("office:export", reference)
    context = {
        "shipment": shipment,
        "papers": queries.papers_of(found.pk),
        "history": queries.history(found.pk),
        "form": form,
        **export_vat.standing(found),
    }
    return render(request, "office/export.html", context, status=UNPROCESSABLE if form.errors else 200)


def _record(request: HttpRequest, shipment: Shipment, form: ExportForm) -> bool:
    try:
        operations.record_export(
            consignment_id=shipment.parcel.pk, by=access.person(request), now=timezone.now(), **form.values()
        )
    except operations.RecordedMeanwhile as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Recorded."))
    return True


def _initial(shipment: Shipment) -> dict[str, Any]:
    """Begin with what is known, and with the company that the parcel was handed to."""
    if shipment.record is None:
        return {"courier": shipment.parcel.courier_id}
    names = ("declaration_number", "declared_on", "proof_kind", "proof_reference", "proof_on")
    known = {name: getattr(shipment.record, name) for name in names}
    return known | {"courier": shipment.record.courier_id, "based_on": shipment.record.pk}


@never_cache
@require_safe
@access.office_page(access.VIEW_EXPORTS)
def scan(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Serve a scan of a proof as a file to keep."""
    record = ExportRecord.objects.filter(consignment__reference=reference, pk=pk).select_related("scan").first()
    if record is None or record.scan is None:
        raise Http404
    ending = record.scan.content_type.rpartition("/")[2]
    return _file(bytes(record.scan.content), record.scan.content_type, f'attachment; filename="{reference}.{ending}"')


@never_cache
@require_safe
@access.office_page(access.VIEW_CUSTOMS_PAPERS)
def paper(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Serve one of a parcel's customs papers."""
    found = queries.paper(reference, kind)
    if found is None:
        raise Http404
    name = f"{found.consignment.reference}-{found.kind.lower()}.pdf"
    return _file(bytes(found.pdf), "application/pdf", f'inline; filename="{name}"')


def _file(content: bytes, kind: str, disposition: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


@require_safe
@access.office_page(access.VIEW_EXPORTS)
def month_csv(request: HttpRequest) -> HttpResponse:
    """Return a month's shipments as a table for the accountant; no cell is taken for a formula."""
    form = ExportFilter(request.GET)
    period: Period | None = form.cleaned_data["month"] if form.is_valid() else None
    if period is None:
        raise Http404
    found = queries.with_records(queries.shipments(period=period))
    table = as_csv(_columns(), (_cells(request, shipment) for shipment in found))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="exports-{period.from_day:%Y-%m}.csv"'
    return response


def _columns() -> list[str]:
    return [
        *(_("Parcel"), _("Order"), _("Invoice"), _("Left on"), _("Country"), _("Currency"), _("Goods")),
        *(_("Goods, dirhams"), _("Carried by"), _("Customs declaration"), _("Declared on")),
        *(_("Proof of exit"), _("Reference of the proof"), _("Day of the proof"), _("Missing")),
    ]


def _cells(request: HttpRequest, shipment: Shipment) -> list[Any]:
    parcel, record = shipment.parcel, shipment.record
    order, invoice = parcel.order, getattr(parcel.order, "invoice", None)
    known: list[Any] = [""] * 6
    if record:
        known = [
            *(str(record.courier or ""), record.declaration_number, record.declared_on or ""),
            *(str(record.get_proof_kind_display()), record.proof_reference, record.proof_on or ""),
        ]
    return [
        *(parcel.reference, order.number, invoice.number if invoice else "", _day(shipment.left_at)),
        *(country_name((request.LANGUAGE_CODE or "fr")[:2], order.destination), order.currency),
        *(str(parcel.goods), str(quantize(parcel.goods_mad)), *known, ", ".join(_missing_or_taxed(shipment))),
    ]


def missing(shipment: Shipment) -> list[str]:
    """Name what a shipment still lacks."""
    asked = (
        (shipment.carrier, _("carrier")),
        (shipment.declaration, _("customs declaration")),
        (shipment.proof, _("proof of exit")),
    )
    return [str(name) for there, name in asked if not there]


def _missing_or_taxed(shipment: Shipment) -> list[str]:
    return [_("VAT is due after all")] if shipment.parcel.taxed else missing(shipment)


def _day(at: datetime) -> str:
    return day_of(at).isoformat()


@require_safe
@access.office_page(access.VIEW_SDR_RATES)
def sdr_rates(request: HttpRequest) -> HttpResponse:
    """Show what one special drawing right is worth, from which day on."""
    rows = SdrRate.objects.select_related("written_by")
    return render(request, "office/sdr_rates.html", {"rows": rows, "today": day_of(timezone.now())})
