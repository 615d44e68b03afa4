"""Reports of missing or broken goods: what waits and since when, what was photographed, and the answer."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fulfilment.complaints import operations, queries
from fulfilment.complaints.models import Complaint, ComplaintPhoto
from fulfilment.payments import operations as payments
from fulfilment.payments.models import Refund
from storefront.office import access
from storefront.office.complaint_forms import GiveBackForm, RejectForm
from storefront.orders.complaining import as_jpeg

PER_PAGE, LATE_DAYS = 30, 3
UNPROCESSABLE = 422
LISTS = {"waiting": gettext_lazy("To answer"), "over": gettext_lazy("Answered")}
REFUSED: dict[type[Exception], Any] = {
    payments.PaymentDisputed: gettext_lazy(
        "The buyer's bank disputes this payment: nothing is given back before that is over."
    ),
    payments.MoreThanLeft: gettext_lazy("Some of it was given back meanwhile. Please look at what is left."),
    payments.MoreThanCaptured: gettext_lazy("So much of this order is not left to give back."),
    payments.NothingToGiveBack: gettext_lazy("Nothing was paid for these pieces."),
    operations.NothingChosen: gettext_lazy("Choose at least one piece, or say no to the report."),
}


@access.office_page(access.VIEW_COMPLAINTS)
def complaints(request: HttpRequest) -> HttpResponse:
    """List reports: those that wait, the oldest first, with their age; or those that are answered."""
    which = request.GET.get("which", "waiting")
    if which not in LISTS:
        raise Http404
    page = Paginator(queries.worklist(waiting=which == "waiting"), PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [(found, (now - found.reported_at).days) for found in page]
    tabs = [(title, f"?which={name}", name == which) for name, title in LISTS.items()]
    context = {"tabs": tabs, "page_obj": page, "rows": rows, "late": LATE_DAYS, "waits": which == "waiting"}
    return render(request, "office/complaints.html", context)


@never_cache
@access.office_page(access.VIEW_COMPLAINTS)
def complaint(request: HttpRequest, number: str, count: int) -> HttpResponse:
    return _page(request, _found(number, count))


@never_cache
@access.office_page(access.VIEW_COMPLAINTS)
def photo(request: HttpRequest, number: str, count: int, photo: int) -> HttpResponse:
    return as_jpeg(
        ComplaintPhoto.objects.filter(complaint__order__number=number, complaint__number=count, number=photo)
    )


@require_POST
@access.office_page(access.VIEW_COMPLAINTS, access.DECIDE_COMPLAINTS, access.ASK_REFUNDS)
def give_back(request: HttpRequest, number: str, count: int) -> HttpResponse:
    """Give the price of reported pieces back; above the limit it waits for a second person."""
    found = _found(number, count)
    form = GiveBackForm(found.lines.all(), request.POST)
    if not form.is_valid():
        return _page(request, found, give_form=form)
    try:
        decision = operations.give_back(
            complaint_id=found.pk,
            outcome=form.cleaned_data["outcome"],
            pieces=form.pieces,
            answer=form.cleaned_data["answer"],
            now=timezone.now(),
            by=access.person(request),
        )
    except operations.Answered:
        messages.error(request, _already())
    except tuple(REFUSED) as refused:
        form.add_error(None, REFUSED[type(refused)])
        return _page(request, found, give_form=form)
    else:
        if decision.refund and decision.refund.state == Refund.State.ASKED:
            messages.warning(request, _("This refund waits for a second person."))
        else:
            messages.success(request, _("Accepted. The money goes back to the buyer."))
    return redirect("office:complaint", number, count)


@require_POST
@access.office_page(access.VIEW_COMPLAINTS, access.DECIDE_COMPLAINTS)
def reject(request: HttpRequest, number: str, count: int) -> HttpResponse:
    """Say no, for a reason that the buyer is told."""
    found = _found(number, count)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _page(request, found, reject_form=form)
    try:
        operations.reject(complaint_id=found.pk, now=timezone.now(), by=access.person(request), **form.cleaned_data)
    except operations.Answered:
        messages.error(request, _already())
    else:
        messages.success(request, _("Rejected. The buyer is told why."))
    return redirect("office:complaint", number, count)


def _already() -> str:
    return _("Someone else answered this report meanwhile; nothing was changed.")


def _page(
    request: HttpRequest,
    found: Complaint,
    give_form: GiveBackForm | None = None,
    reject_form: RejectForm | None = None,
) -> HttpResponse:
    decides = found.is_open and request.user.has_perm(access.DECIDE_COMPLAINTS)
    pays = decides and request.user.has_perm(access.ASK_REFUNDS)
    context = {
        "complaint": found,
        "order": found.order,
        "comes_to": _comes_to(found) if pays else None,
        "give_form": (give_form or GiveBackForm(found.lines.all())) if pays else None,
        "reject_form": (reject_form or RejectForm()) if decides else None,
        "days": (timezone.now() - found.reported_at).days,
    }
    return render(request, "office/complaint.html", context, status=UNPROCESSABLE if give_form or reject_form else 200)


def _comes_to(found: Complaint) -> Any:
    """Work out what all reported pieces cost; nothing where that cannot be given back now."""
    try:
        pieces = {row.line_id: row.quantity for row in found.lines.all()}
        return payments.preview(order_id=found.order_id, quantities=pieces).amount
    except tuple(REFUSED):
        return None


def _found(number: str, count: int) -> Complaint:
    found = queries.with_all().filter(order__number=number, number=count).first()
    if found is None:
        raise Http404
    return found
