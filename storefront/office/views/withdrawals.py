"""Withdrawals: what buyers send back, from the declaration to the decision; and how long they have."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.kernel import formats
from catalogue.kernel.periods import day_of
from fulfilment.orders.withdrawing import operations
from fulfilment.orders.withdrawing import periods as changing
from fulfilment.orders.withdrawing.models import Withdrawal, WithdrawalLine, WithdrawalPeriod
from fulfilment.payments.operations import MoreThanCaptured, MoreThanLeft, NothingToGiveBack, PaymentDisputed
from storefront.office import access
from storefront.office.withdrawal_forms import (
    AcceptForm,
    PeriodForm,
    RejectForm,
    WithdrawalFilter,
    destination_name,
)

PER_PAGE = 30
UNPROCESSABLE = 422


@access.office_page(access.VIEW_WITHDRAWALS)
def withdrawals(request: HttpRequest) -> HttpResponse:
    """List withdrawals: unless asked otherwise those that are open, the oldest first."""
    form = WithdrawalFilter(request.GET if "state" in request.GET else {"state": "open"})
    state = form.cleaned_data["state"] if form.is_valid() else ""
    rows = Withdrawal.objects.select_related("order").annotate(declared=Sum("lines__quantity"))
    rows = rows.order_by("-declared_at", "-pk")
    if state == "open":
        rows = rows.filter(state__in=Withdrawal.OPEN_STATES).order_by("declared_at", "pk")
    elif state:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/withdrawals.html", {"form": form, "page_obj": page})


@access.office_page(access.VIEW_WITHDRAWALS)
def withdrawal(request: HttpRequest, number: str, count: int) -> HttpResponse:
    """Show what was declared, by whom and when, and the buttons for what comes next."""
    return _page(request, _withdrawal_or_404(number, count))


@require_POST
@access.office_page(access.VIEW_WITHDRAWALS, access.DECIDE_WITHDRAWALS)
def received(request: HttpRequest, number: str, count: int) -> HttpResponseRedirect:
    """Say that the goods are back."""
    found = _withdrawal_or_404(number, count)
    try:
        operations.take_back(withdrawal_id=found.pk, now=timezone.now(), by=request.user)
    except operations.NotInState as refused:
        messages.error(request, _moved(refused.withdrawal))
    else:
        messages.success(request, _("Received. Look at the goods, then accept or reject."))
    return redirect("office:withdrawal", number, count)


@require_POST
@access.office_page(access.VIEW_WITHDRAWALS, access.DECIDE_WITHDRAWALS)
def accept(request: HttpRequest, number: str, count: int) -> HttpResponse:
    """Accept the pieces that are back; what they cost is given back."""
    found = _withdrawal_or_404(number, count)
    form = AcceptForm(found.lines.all(), request.POST)
    if not form.is_valid():
        return _page(request, found, accept_form=form)
    try:
        operations.accept(
            withdrawal_id=found.pk,
            back=form.pieces,
            note=form.cleaned_data["note"],
            now=timezone.now(),
            by=request.user,
        )
    except operations.NothingBack:
        form.add_error(None, _("Nothing is back: reject it instead, with the reason."))
        return _page(request, found, accept_form=form)
    except operations.NotInState as refused:
        messages.error(request, _moved(refused.withdrawal))
    except PaymentDisputed:
        messages.error(request, _("The buyer's bank disputes this payment: nothing is given back before that is over."))
    except (MoreThanCaptured, MoreThanLeft, NothingToGiveBack):
        messages.error(request, _("So much cannot be given back any more: look at the order's refunds first."))
    else:
        messages.success(request, _("Accepted. The money goes back to the buyer."))
    return redirect("office:withdrawal", number, count)


@require_POST
@access.office_page(access.VIEW_WITHDRAWALS, access.DECIDE_WITHDRAWALS)
def reject(request: HttpRequest, number: str, count: int) -> HttpResponse:
    """Reject it, for a reason that the buyer is told."""
    found = _withdrawal_or_404(number, count)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _page(request, found, reject_form=form)
    try:
        operations.reject(withdrawal_id=found.pk, now=timezone.now(), by=request.user, **form.cleaned_data)
    except operations.NotInState as refused:
        messages.error(request, _moved(refused.withdrawal))
    else:
        messages.success(request, _("Rejected. The buyer is told why."))
    return redirect("office:withdrawal", number, count)


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_WITHDRAWAL_PERIODS)
def periods(request: HttpRequest) -> HttpResponse:
    """List how long buyers have, and write a change from a day on."""
    form, status = PeriodForm(), 200
    if request.method == "POST":
        access.require(request, access.CHANGE_WITHDRAWAL_PERIODS)
        form = PeriodForm(request.POST)
        if form.is_valid() and _change(request, form):
            return redirect("office:withdrawal-periods")
        status = UNPROCESSABLE
    rows: list[Any] = list(WithdrawalPeriod.objects.select_related("written_by"))
    for row in rows:
        row.place, row.current = destination_name(row.destination), _state(row)
    rows.sort(key=lambda row: (row.place, row.product_class, row.valid_from))
    return render(request, "office/withdrawal_periods.html", {"form": form, "rows": rows}, status=status)


def _change(request: HttpRequest, form: PeriodForm) -> bool:
    try:
        changing.change_period(**form.cleaned_data, written_by=access.person(request), now=timezone.now())
    except changing.NotAhead:
        form.add_error("valid_from", _("What holds today was promised today: choose tomorrow or later."))
    except changing.ChangePlanned as planned:
        day = formats.short_day(planned.row.valid_from)
        form.add_error(
            "valid_from", _("A change from %(day)s on is written already: choose a later day.") % {"day": day}
        )
    else:
        messages.success(request, _("Written. Orders placed before that day keep what they were promised."))
        return True
    return False


def _page(
    request: HttpRequest,
    found: Withdrawal,
    accept_form: AcceptForm | None = None,
    reject_form: RejectForm | None = None,
) -> HttpResponse:
    context = {
        "withdrawal": found,
        "order": found.order,
        "accept_form": accept_form or AcceptForm(found.lines.all()),
        "reject_form": reject_form or RejectForm(),
    }
    status = UNPROCESSABLE if accept_form or reject_form else 200
    return render(request, "office/withdrawal.html", context, status=status)


def _withdrawal_or_404(number: str, count: int) -> Withdrawal:
    lines = Prefetch("lines", queryset=WithdrawalLine.objects.select_related("line__withdrawal_period"))
    rows: QuerySet[Withdrawal] = Withdrawal.objects.select_related("order", "handled_by").prefetch_related(lines)
    found = rows.filter(order__number=number, number=count).first()
    if found is None:
        raise Http404
    return found


def _moved(withdrawal: Withdrawal) -> str:
    words = {"reference": withdrawal.reference, "state": withdrawal.get_state_display()}
    return _("%(reference)s is “%(state)s” now; nothing was changed.") % words


def _state(row: WithdrawalPeriod) -> str:
    """Say whether a row holds today: ``now``, ``later`` or ``over``."""
    today = day_of(timezone.now())
    if row.valid_until and row.valid_until <= today:
        return "over"
    return "later" if row.valid_from > today else "now"
