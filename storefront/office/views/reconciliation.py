"""The bank's account against ours: what differs, since when, who sees to it, and how it ended."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fulfilment.payments import operations
from fulfilment.payments.reconciliation import queries
from fulfilment.payments.reconciliation.models import Discrepancy, Kind
from storefront.office import access
from storefront.office.forms import GroundsForm

PER_PAGE, RUNS, CLOSED = 50, 10, 10


@access.office_page(access.VIEW_RECONCILIATION)
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Show the three lists of what nobody closed, the last runs, and what was closed lately."""
    now = timezone.now()
    page = Paginator(queries.open_discrepancies(), PER_PAGE).get_page(request.GET.get("page"))
    runs = list(queries.runs()[:RUNS])
    last_good = next((run for run in runs if not run.failure), None)
    rows = [_row(one, now, last_good.ran_at if last_good else None) for one in page]
    context = {
        "page_obj": page,
        "lists": [(kind, kind.label, [row for row in rows if row["one"].kind == kind]) for kind in Kind],
        "runs": runs,
        "last": runs[0] if runs else None,
        "closed": queries.closed_discrepancies()[:CLOSED],
    }
    return render(request, "office/reconciliation.html", context)


def _row(one: Discrepancy, now: datetime, last_run_at: datetime | None) -> dict[str, Any]:
    return {
        "one": one,
        "days": (now - one.first_found_at).days,
        "gone": last_run_at is not None and one.last_found_at < last_run_at,
        "notes": list(one.notes.all()),
    }


@require_POST
@access.office_page(access.VIEW_RECONCILIATION, access.SEE_TO_RECONCILIATION)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseRedirect:
    """Take a difference up, note something on it, or close it with a reason."""
    if name not in STEPS:
        raise Http404
    try:
        STEPS[name](request, pk)
    except Discrepancy.DoesNotExist:
        raise Http404 from None
    except operations.DiscrepancyClosed:
        messages.info(request, _("This difference is closed already; nothing was changed."))
    except operations.NoReason:
        messages.error(request, _("Write in a few words why."))
    return redirect("office:reconciliation")


def _take(request: HttpRequest, pk: int) -> None:
    operations.take_up_discrepancy(discrepancy_id=pk, by=access.person(request), now=timezone.now())
    messages.success(request, _("You see to this difference now."))


def _note(request: HttpRequest, pk: int) -> None:
    operations.note_discrepancy(discrepancy_id=pk, text=_words(request), by=access.person(request), now=timezone.now())
    messages.success(request, _("Your note is kept."))


def _close(request: HttpRequest, pk: int) -> None:
    operations.close_discrepancy(
        discrepancy_id=pk, reason=_words(request), by=access.person(request), now=timezone.now()
    )
    messages.success(request, _("Closed. If the next run still finds it, it is open again."))


def _words(request: HttpRequest) -> str:
    form = GroundsForm(request.POST)
    return form.cleaned_data["note"] if form.is_valid() else ""


STEPS: dict[str, Callable[[HttpRequest, int], None]] = {"take": _take, "note": _note, "close": _close}
