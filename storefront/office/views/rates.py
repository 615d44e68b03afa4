"""Exchange rates: what is in force, what waits for someone, and a form to type one."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.kernel.periods import day_of
from catalogue.kernel.workdays import workdays_since
from catalogue.places.queries import closed_days
from catalogue.pricing import fixing, operations, queries
from catalogue.pricing.models import Currency, ExchangeRate
from storefront.office import access
from storefront.office.chart import draw_curve
from storefront.office.forms import GroundsForm, RateForm

DRAWN_DAYS = 92
LISTED, DECIDED = 10, 10
TYPED = "office"


@access.office_page(access.VIEW_RATES)
def rates(request: HttpRequest) -> HttpResponse:
    """Show rates and what waits; keep one that is typed."""
    now = timezone.now()
    form = RateForm(request.POST or None, initial={"day": day_of(now)})
    if request.method == "POST":
        if not request.user.has_perm(access.RECORD_RATES):
            raise PermissionDenied
        if form.is_valid() and _record(request, form):
            return redirect("office:rates")
    return render(request, "office/rates.html", _page(day_of(now)) | {"form": form})


def _record(request: HttpRequest, form: RateForm) -> bool:
    try:
        recorded = operations.record_rate(
            **form.cleaned_data, source=TYPED, now=timezone.now(), recorded_by=request.user
        )
    except operations.RateRefused as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    if not recorded.is_new:
        messages.info(request, _("This rate was there already; nothing was changed."))
    elif recorded.rate.waits:
        why = recorded.rate.get_why_display()
        messages.warning(request, _("This rate waits for another person. %(why)s") % {"why": why})
    else:
        messages.success(request, _("This rate is accepted."))
    return True


@require_POST
@access.office_page(access.VIEW_RATES, access.DECIDE_RATES)
def decide(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Accept or refuse a rate that waits, with the reason."""
    rate = get_object_or_404(ExchangeRate, pk=pk)
    form, answer, now = GroundsForm(request.POST), request.POST.get("answer"), timezone.now()
    if answer not in {"accept", "refuse"}:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Write in a few words why."))
        return redirect("office:rates")
    note = form.cleaned_data["note"]
    try:
        if answer == "accept":
            operations.accept_rate(rate=rate, accepted_by=request.user, note=note, now=now)
        else:
            operations.refuse_rate(rate=rate, refused_by=request.user, note=note, now=now)
    except (operations.RateNotWaiting, operations.SamePerson, operations.NoGrounds) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("This rate is accepted.") if answer == "accept" else _("This rate is refused."))
    return redirect("office:rates")


@require_POST
@access.office_page(access.VIEW_RATES, access.DECIDE_RATES)
def accept_old(request: HttpRequest) -> HttpResponseRedirect:
    """Let rates grown old make today's prices, with the reason."""
    form, now = GroundsForm(request.POST), timezone.now()
    if not form.is_valid():
        messages.error(request, _("Write in a few words why."))
        return redirect("office:rates")
    try:
        operations.rates_for_publishing(
            day_of(now), approved_by=request.user, approved_at=now, note=form.cleaned_data["note"]
        )
    except queries.NoRates:
        messages.error(request, _("A currency has no rate at all: record one first."))
    else:
        messages.success(request, _("Today's prices may be made with these rates."))
    return redirect("office:rates")


def _page(today: date) -> dict[str, Any]:
    drawn = list(queries.accepted_between(today - timedelta(days=DRAWN_DAYS), today))
    last = {rate.currency: rate for rate in queries.in_force(today)}
    return {
        "today": today,
        "waiting": queries.waiting_rates().select_related("recorded_by"),
        "decided": queries.decided_rates().select_related("recorded_by", "decided_by")[:DECIDED],
        "stale": queries.stale_rates(today),
        "most_change": fixing.MOST_CHANGE_PCT,
        "oldest": fixing.OLDEST_WORKDAYS,
        "currencies": [
            _currency(code, last.get(code), [rate for rate in drawn if rate.currency == code], today)
            for code in queries.FOREIGN_CURRENCIES
        ],
    }


def _currency(code: str, last: ExchangeRate | None, drawn: list[ExchangeRate], today: date) -> dict[str, Any]:
    return {
        "code": code,
        "name": Currency(code).label,
        "last": last,
        "age": workdays_since(last.day, today, closed_days()) if last else None,
        "too_old": bool(last and fixing.too_old(last.day, today, closed_days())),
        "curve": draw_curve([(rate.day, rate.mad_per_unit) for rate in drawn]),
        "rates": drawn[: -LISTED - 1 : -1],
    }
