"""Goods between hubs and shops."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.lots.models import LotStock
from catalogue.receiving import operations
from catalogue.receiving.models import Transfer
from catalogue.receiving.queries import lots_by_code
from storefront.office import access

from .forms import ArriveForm, TransferForm
from .queries import transfers_listed

PER_PAGE = 50
UNPROCESSABLE = 422


@access.office_page(access.VIEW_STOCK)
def transfers(request: HttpRequest) -> HttpResponse:
    """List transfers, and send one."""
    form, status = TransferForm(initial={"key": uuid4()}), 200
    if request.method == "POST":
        access.require(request, access.SEND_STOCK)
        form, status = TransferForm(request.POST), UNPROCESSABLE
        if form.is_valid() and (made := _send(request, form)):
            messages.success(request, _("On its way: %(number)s.") % {"number": made.number})
            return redirect("office:stock-transfer", made.pk)
    page = Paginator(transfers_listed(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/stock/transfers.html", {"form": form, "page_obj": page}, status=status)


def _send(request: HttpRequest, form: TransferForm) -> Transfer | None:
    data = form.cleaned_data
    pieces, rows = dict[int, int](), dict[int, int]()
    for row, code, number in data["scanned"]:
        stock = _scanned(data["from_place"], code)
        if stock is None:
            words = _("Line %(row)s: no lot “%(code)s” lies there, or several do. Write the lot number.")
            form.add_error("scanned", words % {"row": row, "code": code})
            continue
        pieces[stock] = pieces.get(stock, 0) + number
        rows[stock] = row
    if form.errors:
        return None
    try:
        return operations.send_transfer(
            from_place=data["from_place"],
            to_place=data["to_place"],
            pieces=pieces,
            key=data["key"],
            by=access.person(request),
            now=timezone.now(),
        )
    except operations.TransferRefused as refused:
        for stock, why in refused.reasons.items():
            said = _("Line %(row)s: %(reason)s") % {"row": rows[stock], "reason": why} if stock in rows else why
            form.add_error("scanned" if stock in rows else "to_place", said)
    return None


def _scanned(place: Any, code: str) -> int | None:
    if stock := LotStock.objects.filter(place=place, lot__number=code).first():
        return stock.pk
    found = lots_by_code(place, code)
    return found[0].pk if len(found) == 1 else None


@access.office_page(access.VIEW_STOCK)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a transfer, and write what arrived."""
    found = Transfer.objects.filter(pk=pk).select_related("from_place", "to_place", "sent_by", "arrived_by").first()
    if found is None:
        raise Http404
    lines, status = list(found.lines.select_related("stock__lot__stockrecord__product")), 200
    forms = {
        line.pk: ArriveForm(request.POST or None, prefix=f"line-{line.pk}", initial={"pieces": line.quantity})
        for line in lines
    }
    if request.method == "POST":
        access.require(request, access.SEND_STOCK)
        status = UNPROCESSABLE
        if all(form.is_valid() for form in forms.values()) and _arrive(request, pk, forms):
            return redirect("office:stock-transfer", pk)
    rows = [{"line": line, "form": forms[line.pk]} for line in lines]
    context = {"transfer": found, "rows": rows, "is_open": found.state == Transfer.State.SENT}
    return render(request, "office/stock/transfer.html", context, status=status)


def _arrive(request: HttpRequest, pk: int, forms: dict[int, ArriveForm]) -> bool:
    arrived = {line: form.found() for line, form in forms.items()}
    try:
        operations.receive_transfer(transfer_id=pk, arrived=arrived, by=access.person(request), now=timezone.now())
    except operations.TransferRefused as refused:
        for line, why in refused.reasons.items():
            forms[line].add_error(None, why)
        return False
    except operations.TransferArrived:
        messages.warning(request, _("Someone wrote other figures for this transfer before. Look again."))
    else:
        messages.success(request, _("Saved."))
    return True
