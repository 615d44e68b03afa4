"""Recalls: looking at what lots reached before calling them back, and at who was told afterwards."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.kernel.tables import as_csv
from catalogue.lots.models import Lot
from fulfilment.recalls import operations, queries
from fulfilment.recalls.models import Recall
from fulfilment.warehouse.models import Consignment
from storefront.notifications.queries import told_of_recall
from storefront.office import access

from .forms import CloseForm, RecallForm
from .words import place_words, row_of, told_words

PER_PAGE, UNPROCESSABLE = 50, 422


@access.office_page(access.VIEW_RECALLS)
def recalls(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.recalls(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/recalls/recalls.html", {"page_obj": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_RECALLS, access.OPEN_RECALLS)
def new(request: HttpRequest) -> HttpResponse:
    """Ask which lots and why; show what they reached; call them back once that was confirmed."""
    if request.method != "POST":
        return _ask(request, RecallForm(initial={"lots": _wanted(request), "key": uuid4()}))
    form = RecallForm(request.POST)
    step = request.POST.get("step")
    if step == "edit" or not form.is_valid():
        return _ask(request, form, UNPROCESSABLE if step != "edit" else 200)
    if step != "confirm":
        return _preview(request, form)
    data = form.cleaned_data
    try:
        made = operations.open_recall(
            lot_ids=[lot.pk for lot in data["lots"]],
            danger=data["danger"],
            source=data["source"],
            words=form.words,
            key=data["key"],
            by=access.person(request),
            now=timezone.now(),
        )
    except operations.AlreadyRecalled as error:
        words = {"lot": error.lot.lot.number, "recall": error.lot.recall.number}
        form.add_error("lots", _("Lot %(lot)s is called back already: %(recall)s.") % words)
        return _ask(request, form, UNPROCESSABLE)
    messages.success(request, _("Called back. Nothing of it is sold or sent any more, and buyers are being told."))
    return redirect("office:recall", made.pk)


def _wanted(request: HttpRequest) -> str:
    asked = request.GET.get("lot", "")
    lot = Lot.objects.filter(pk=asked).first() if asked.isascii() and asked.isdecimal() and len(asked) < 18 else None
    return lot.number if lot else ""


def _ask(request: HttpRequest, form: RecallForm, status: int = 200) -> HttpResponse:
    return render(request, "office/recalls/new.html", {"form": form}, status=status)


def _preview(request: HttpRequest, form: RecallForm) -> HttpResponse:
    named = [lot.pk for lot in form.cleaned_data["lots"]]
    reach = queries.reached_by(queries.with_hampers(named))
    hampers = Lot.objects.filter(pk__in=set(reach.lots) - set(named)).select_related("stockrecord__product")
    context = {
        "form": form,
        "named": form.cleaned_data["lots"],
        "hampers": hampers.order_by("number"),
        "reach": reach,
        "danger": Recall.Danger(form.cleaned_data["danger"]).label,
        "known": queries.open_recalls_of(named),
    }
    return render(request, "office/recalls/preview.html", context)


@never_cache
@require_safe
@access.office_page(access.VIEW_RECALLS)
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _recall(pk))


@require_POST
@access.office_page(access.VIEW_RECALLS, access.CLOSE_RECALLS)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a recall with a note of what came of it."""
    found, form = _recall(pk), CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        operations.close_recall(
            recall_id=pk, note=form.cleaned_data["note"], by=access.person(request), now=timezone.now()
        )
    except operations.AlreadyClosed:
        messages.warning(request, _("Someone else closed this recall meanwhile."))
    else:
        messages.success(request, _("Closed. Its lots stay recalled."))
    return redirect("office:recall", pk)


@never_cache
@require_safe
@access.office_page(access.VIEW_RECALLS)
def orders_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Return lots, orders and parcels as a table for the authorities, without names and numbers of buyers."""
    found = _recall(pk)
    reach, lots = queries.reach_of(found), {row.lot_id: row.lot for row in queries.lots_of(found)}
    told, nobody = told_of_recall(found), queries.nameless(order.order_id for order in reach.to_tell)
    columns = [_("Lot"), _("Product"), _("Order"), _("Parcel"), _("State"), _("Pieces"), _("Where"), _("Told")]
    rows = (
        [
            lots[row.lot_id].number,
            lots[row.lot_id].stockrecord.product.title,
            row.number,
            row.parcel,
            Consignment.State(row.parcel_state).label if row.parcel_state else "",
            row.pieces,
            place_words(row.where),
            told_words(order, told, nobody),
        ]
        for order in reach.orders
        for row in order.rows
    )
    response = HttpResponse(as_csv(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
    return response


def _recall(pk: int) -> Recall:
    found = Recall.objects.filter(pk=pk).select_related("opened_by", "closed_by").first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: Recall, form: CloseForm | None = None) -> HttpResponse:
    lots, reach = queries.lots_of(found), queries.reach_of(found)
    page = Paginator(reach.orders, PER_PAGE).get_page(request.GET.get("page"))
    told, numbers = told_of_recall(found), {row.lot_id: row.lot.number for row in lots}
    nobody = queries.nameless(order.order_id for order in reach.to_tell)
    states = [told.get(order.order_id, "") for order in reach.to_tell if order.order_id not in nobody]
    context: dict[str, Any] = {
        "recall": found,
        "lots": lots,
        "reach": reach,
        "shelves": [(shelf, numbers[shelf.lot_id]) for shelf in reach.shelves],
        "page_obj": page,
        "rows": [row_of(order, told, nobody) for order in page],
        "sent": states.count("SENT"),
        "failed": states.count("FAILED"),
        "waits": len(states) - states.count("SENT") - states.count("FAILED"),
        "nobody": len(nobody),
        "form": form or CloseForm(),
    }
    status = UNPROCESSABLE if form is not None else 200
    return render(request, "office/recalls/recall.html", context, status=status)
