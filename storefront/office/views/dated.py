"""Fees, taxes and sellers: rows that are added and ended, never edited."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.kernel.periods import day_of
from catalogue.pricing import operations
from catalogue.pricing.models import CooperativeTaxStatus, Fee, SellerOfRecord, StampDuty, VatRate
from storefront.office import access
from storefront.office.dated_forms import FORMS, model_of
from storefront.office.price_forms import DatedForm, EndForm

PER_PAGE = 40
PAGES = {"fee": "office:fees", "sdr": "office:sdr-rates"}
REFUSALS = (operations.EndedAlready, operations.EndsBeforeStart, operations.EndsInThePast)


@access.office_page(access.VIEW_FEES)
def fees(request: HttpRequest) -> HttpResponse:
    """Show the fee schedule: what holds today and later, then what has ended."""
    today = day_of(timezone.now())
    rows = Fee.objects.select_related("family", "written_by").order_by("part", "family__code", "-valid_from")
    context = {
        "general": [row for row in rows if row.family is None],
        "page_obj": Paginator(rows.exclude(family=None), PER_PAGE).get_page(request.GET.get("page")),
        "today": today,
    }
    return render(request, "office/fees.html", context)


@access.office_page(access.VIEW_TAXES)
def taxes(request: HttpRequest) -> HttpResponse:
    """Show VAT rates, the duty on cash, who sells in whose name, and cooperatives' tax statuses."""
    statuses = CooperativeTaxStatus.objects.select_related("cooperative", "written_by")
    context = {
        "rates": VatRate.objects.select_related("vat_class", "written_by"),
        "sellers": SellerOfRecord.objects.select_related("cooperative", "written_by"),
        "stamp_duties": StampDuty.objects.select_related("written_by"),
        "page_obj": Paginator(statuses.order_by("cooperative__name", "-valid_from"), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "today": day_of(timezone.now()),
    }
    return render(request, "office/taxes.html", context)


@access.office_page()
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Add a row."""
    _check(request, kind, "add")
    now = timezone.now()
    form = FORMS[kind](request.POST or None, today=day_of(now), initial={"valid_from": day_of(now)})
    if request.method == "POST" and form.is_valid() and _save(form, request, now):
        messages.success(request, _written(kind))
        return redirect(_page_of(kind))
    context = {"form": form, "kind": kind, "back": _page_of(kind)}
    return render(request, "office/dated_add.html", context, status=422 if form.errors else 200)


def _save(form: DatedForm, request: HttpRequest, now: Any) -> bool:
    """Write the row, or say beside the field why not."""
    try:
        operations.add_row(row=form.save(commit=False), written_by=access.person(request), now=now)
    except operations.Overlaps as refusal:
        form.add_error("valid_from", str(refusal))
    except operations.FeesOverAHundred as refusal:
        form.add_error("value", str(refusal))
    return not form.errors


@access.office_page()
def end(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """End a row before a day."""
    _check(request, kind, "change")
    row: Any = get_object_or_404(model_of(kind), pk=pk)
    today = day_of(timezone.now())
    form = EndForm(request.POST or None, initial={"until": max(today, row.valid_from)})
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_row(row=row, until=form.cleaned_data["until"], today=today)
        except REFUSALS as refusal:
            form.add_error("until", str(refusal))
        else:
            messages.success(
                request, _("The row ends.") if kind == "sdr" else _("The row ends. Prices follow with the next list.")
            )
            return redirect(_page_of(kind))
    context = {"form": form, "row": row, "kind": kind, "back": _page_of(kind)}
    return render(request, "office/dated_end.html", context, status=422 if form.errors else 200)


def _written(kind: str) -> str:
    return _("The row is written.") if kind == "sdr" else _("The row is written. Prices follow with the next list.")


def _check(request: HttpRequest, kind: str, verb: str) -> None:
    if kind not in FORMS:
        raise Http404
    model = model_of(kind)._meta
    if not request.user.has_perm(f"{model.app_label}.{verb}_{model.model_name}"):
        raise PermissionDenied


def _page_of(kind: str) -> str:
    return PAGES.get(kind, "office:taxes")
