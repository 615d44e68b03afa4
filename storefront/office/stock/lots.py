"""Lots: what lies where, what became of it, and deciding on it."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.kernel import text
from catalogue.lots.models import Lot, LotStock, StockMovement
from catalogue.lots.operations import AlreadyPromised, NotOfTheUnion, share_lot
from catalogue.lots.queries import is_promised
from catalogue.receiving import operations
from catalogue.receiving.policies import NotAnswered
from catalogue.receiving.queries import hampers_with, lots_found, questions_of
from fulfilment.papers.lot_label import A_PAGE, MOST, lot_labels
from storefront.office import access
from storefront.orders.pdf import as_pdf

from .forms import (
    AdjustForm,
    CheckForm,
    DecideForm,
    LotFilter,
    NumberForm,
    ShareForm,
    ShelfForm,
    share_form,
)
from .queries import lots_listed

PER_PAGE, SHOWN = 50, 100
UNPROCESSABLE = 422


@access.office_page(access.VIEW_STOCK)
def lots(request: HttpRequest) -> HttpResponse:
    """List lots; a scanned number that is one lot's opens it."""
    form = LotFilter(request.GET or None)
    rows = Lot.objects.filter(stock__on_hand__gt=0)
    if form.is_bound and form.is_valid():
        if words := text.squash(text.strip_controls(form.cleaned_data["q"])):
            if exact := Lot.objects.filter(number__iexact=words).first():
                return redirect("office:stock-lot", exact.pk)
            rows = lots_found(words)
        if state := form.cleaned_data["state"]:
            rows = rows.filter(state=state)
        if place := form.cleaned_data["place"]:
            rows = rows.filter(stock__place=place, stock__on_hand__gt=0)
    page = Paginator(lots_listed(rows), PER_PAGE).get_page(request.GET.get("page"))
    waiting = Lot.objects.filter(state=Lot.State.AWAITING, stock__on_hand__gt=0).distinct().count()
    return render(request, "office/stock/lots.html", {"form": form, "page_obj": page, "waiting": waiting})


@access.office_page(access.VIEW_STOCK)
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _lot(pk))


@access.office_page(access.VIEW_STOCK)
def labels(request: HttpRequest, pk: int) -> HttpResponse:
    """Make QR labels for a lot's jars: a sheet full, or so many as ``?n=`` asks for."""
    asked = request.GET.get("n", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 5 else A_PAGE
    found = _lot(pk)
    pdf = lot_labels(found, min(max(number, 1), MOST), (request.LANGUAGE_CODE or "ar")[:2])
    return as_pdf(pdf, f"lot-{found.pk}")


@require_POST
@access.office_page(access.VIEW_STOCK, access.DECIDE_LOTS)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the checklist in and release or block the lot."""
    found = _lot(pk)
    form = CheckForm(request.POST, questions=questions_of(found))
    if not form.is_valid():
        return _page(request, found, check=form)
    try:
        decision = operations.check_lot(
            lot=found,
            answers=form.answers,
            note=form.cleaned_data["note"],
            by=access.person(request),
            now=timezone.now(),
        )
    except NotAnswered as error:
        for code in error.codes:
            form.add_error(code, _("This question needs its answer."))
        return _page(request, found, check=form)
    except operations.NotAwaiting:
        messages.warning(request, _("Someone decided on this lot meanwhile. Look again."))
    else:
        messages.success(request, _("%(lot)s: %(state)s.") % {"lot": found, "state": decision.get_state_display()})
    return redirect("office:stock-lot", pk)


@require_POST
@access.office_page(access.VIEW_STOCK, access.DECIDE_LOTS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Block a lot, or release it again."""
    found, form = _lot(pk), DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, decide=form)
    try:
        operations.decide_lot(lot=found, by=access.person(request), now=timezone.now(), **form.cleaned_data)
    except operations.NotSo:
        messages.warning(request, _("This lot cannot be decided so: it is too old, recalled or decided meanwhile."))
    return redirect("office:stock-lot", pk)


@require_POST
@access.office_page(access.VIEW_STOCK, access.DECIDE_LOTS)
def shares(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what each cooperative of its union made of a lot."""
    found = _lot(pk)
    form = share_form(found, request.POST)
    if form is None:
        raise Http404
    if form.is_valid():
        try:
            share_lot(lot=found, per_mille=form.per_mille, by=access.person(request), now=timezone.now())
        except (AlreadyPromised, NotOfTheUnion) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("office:stock-lot", pk)
    return _page(request, found, share=form)


@require_POST
@access.office_page(access.VIEW_STOCK, access.RECEIVE_DELIVERIES)
def shelf(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where in its place a lot stands."""
    stock, form = _stock(pk), ShelfForm(request.POST)
    if form.is_valid():
        operations.put_away(stock=stock, shelf=form.cleaned_data["shelf"])
        messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(map(str, form.errors["shelf"])))
    return redirect("office:stock-lot", stock.lot_id)


@require_POST
@access.office_page(access.VIEW_STOCK, access.ADJUST_STOCK)
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right how many of a lot lie at a place, with a reason."""
    stock, form = _stock(pk), AdjustForm(request.POST)
    if form.is_valid():
        try:
            operations.adjust(stock=stock, by=access.person(request), now=timezone.now(), **form.cleaned_data)
        except operations.NotFree as error:
            form.add_error("change", str(error))
        else:
            messages.success(request, _("Written down."))
            return redirect("office:stock-lot", stock.lot_id)
    return _page(request, _lot(stock.lot_id), adjust=form, adjusted=pk)


def _lot(pk: int) -> Lot:
    found = Lot.objects.filter(pk=pk).select_related("stockrecord__product__family", "stockrecord__partner").first()
    if found is None:
        raise Http404
    return found


def _stock(pk: int) -> LotStock:
    stock = LotStock.objects.filter(pk=pk).select_related("lot", "place").first()
    if stock is None:
        raise Http404
    return stock


def _page(
    request: HttpRequest,
    found: Lot,
    *,
    check: CheckForm | None = None,
    decide: DecideForm | None = None,
    adjust: AdjustForm | None = None,
    adjusted: int = 0,
    share: ShareForm | None = None,
) -> HttpResponse:
    moves = StockMovement.objects.filter(stock__lot=found).select_related("stock__place", "by")
    is_packed = found.parts.exists()
    rows = [
        {
            "stock": row,
            "shelf": ShelfForm(initial={"shelf": row.shelf}, auto_id=f"shelf_{row.pk}_%s"),
            "adjust": adjust
            if row.pk == adjusted
            else AdjustForm(initial={"key": uuid4()}, auto_id=f"adjust_{row.pk}_%s"),
            "unpack": NumberForm(auto_id=f"unpack_{row.pk}_%s") if is_packed and row.free else None,
            "is_wrong": row.pk == adjusted,
        }
        for row in found.stock.select_related("place").order_by("place__kind", "pk")
    ]
    if check is None and found.state == Lot.State.AWAITING:
        check = CheckForm(questions=questions_of(found))
    to = {Lot.State.BLOCKED: Lot.State.RELEASED}.get(found.state, Lot.State.BLOCKED)  # type: ignore[call-overload]
    context: dict[str, Any] = {
        "lot": found,
        "rows": rows,
        "moves": moves.order_by("-at", "-pk")[:SHOWN],
        "decisions": found.decisions.select_related("by").order_by("-at", "-pk"),
        "check": check if found.state == Lot.State.AWAITING else None,
        "decide": decide or DecideForm(initial={"state": to, "reason": "fault" if to == "BLOCKED" else "cleared"}),
        "may_decide": found.state != Lot.State.RECALLED,
        "parts": found.parts.select_related("stock__lot__stockrecord__product"),
        "hampers": hampers_with(found),
        "shares": found.shares.select_related("cooperative"),
        "share": share or share_form(found),
        "is_promised": is_promised(found),
    }
    is_wrong = any(form is not None and form.errors for form in (check, decide, adjust, share))
    return render(request, "office/stock/lot.html", context, status=UNPROCESSABLE if is_wrong else 200)
