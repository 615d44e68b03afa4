"""Orders, payments and cash, stock and ledger against each other: what differs, whose it is, and how it is mended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from catalogue.kernel.periods import Period, day_of
from fulfilment.matching import operations, queries
from fulfilment.matching.models import Cause, Difference
from storefront.office import access
from storefront.office.forms import GroundsForm

PER_PAGE, DAYS = 50, 14
STATES = ("open", "accepted", "gone")
OF_A_PARCEL = frozenset(
    (Cause.CASH_MISSING, Cause.MOVEMENT_MISSING, Cause.MOVEMENT_TOO_MANY, Cause.RETURN_MISSING, Cause.DELIVERY_MISSING)
)
OF_A_PAYOUT = frozenset((Cause.PAYOUT_NOT_BOOKED, Cause.PAYOUT_NOT_AT_BANK))


@require_safe
@access.office_page(access.VIEW_MATCH)
def match(request: HttpRequest) -> HttpResponse:
    """Show what differs, the oldest first, and the sums of the last days on all four sides."""
    now = timezone.now()
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    found = queries.shown(state)
    cause = request.GET.get("cause", "")
    if cause in Cause.values:
        found = found.filter(cause=cause)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    today = day_of(now)
    counts = queries.counts_by_cause()
    context = {
        "page_obj": page,
        "rows": [_row(one, now, request.user) for one in page],
        "state": state,
        "cause": cause,
        "causes": [(one, counts[one]) for one in Cause if one in counts],
        "last": queries.last_run(),
        "days": queries.days(Period(today - timedelta(days=DAYS - 1), today + timedelta(days=1))),
    }
    return render(request, "office/closing/match.html", context)


def _row(one: Difference, now: datetime, reader: Any) -> dict[str, Any]:
    url, right = _place(one)
    return {"one": one, "days": (now - one.since).days, "url": url if reader.has_perm(right) else ""}


def _place(one: Difference) -> tuple[str, str]:
    """Return the page on which a difference is mended, and the right that opens it."""
    if one.cause == Cause.EXPORT_UNPROVED:
        return reverse("office:export", args=[one.subject]), access.VIEW_EXPORTS
    if one.cause in OF_A_PARCEL:
        return reverse("office:consignment", args=[one.subject]), access.VIEW_CONSIGNMENTS
    if one.cause == Cause.MOVEMENT_UNKNOWN:
        return reverse("office:stock"), access.VIEW_STOCK
    if one.cause in OF_A_PAYOUT:
        return reverse("office:payout", args=[one.subject]), access.VIEW_PAYOUTS
    if one.order is not None:
        return reverse("office:order", args=[one.order.number]), access.VIEW_ORDERS
    return reverse("office:ledger"), access.VIEW_LEDGER


@require_POST
@access.office_page(access.VIEW_MATCH, access.RUN_MATCH)
def run(request: HttpRequest) -> HttpResponseRedirect:
    """Compare now."""
    made = operations.run_match(now=timezone.now())
    words = ngettext("Compared: %(count)s difference.", "Compared: %(count)s differences.", made.found)
    messages.success(request, words % {"count": made.found})
    return redirect("office:match")


@require_POST
@access.office_page(access.VIEW_MATCH)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseRedirect:
    """Take a difference up, or let it be with a reason."""
    if name not in STEPS:
        raise Http404
    right, press = STEPS[name]
    access.require(request, right)
    try:
        press(request, pk)
    except Difference.DoesNotExist:
        raise Http404 from None
    except operations.NotOpen:
        messages.info(request, _("This difference is closed already; nothing was changed."))
    except operations.NeverAccepted:
        messages.error(request, _("This is not done without, whatever the reason."))
    except operations.NoReason:
        messages.error(request, _("Write in a few words why."))
    return redirect("office:match")


def _take(request: HttpRequest, pk: int) -> None:
    operations.take(difference_id=pk, by=access.person(request), now=timezone.now())
    messages.success(request, _("You see to this difference now."))


def _accept(request: HttpRequest, pk: int) -> None:
    form = GroundsForm(request.POST)
    reason = form.cleaned_data["note"] if form.is_valid() else ""
    operations.accept(difference_id=pk, reason=reason, by=access.person(request), now=timezone.now())
    messages.success(request, _("Accepted. With other amounts it is open again."))


STEPS: dict[str, tuple[str, Callable[[HttpRequest, int], None]]] = {
    "take": (access.SEE_TO_MATCH, _take),
    "accept": (access.ACCEPT_MATCH, _accept),
}
