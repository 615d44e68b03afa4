"""Months of the books: what stands open, the figures, journals to take away, two signatures, opening again."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.kernel.tables import XLSX
from fulfilment.closing import journals, operations, queries
from fulfilment.closing.checklist import not_invoiced
from fulfilment.closing.policies import CODES, Journal
from fulfilment.invoices.tasks import INVOICE
from fulfilment.jobs import operations as jobs
from storefront.customer.fields import YEARS
from storefront.office import access
from storefront.office.forms import GroundsForm

from . import presenting

INVOICED_AT_ONCE = 500
ENDINGS: dict[str, tuple[str, Callable[..., bytes]]] = {
    "csv": ("text/csv; charset=utf-8", journals.csv_of),
    "xlsx": (XLSX, journals.xlsx_of),
}


@require_safe
@access.office_page(access.VIEW_MONTHS)
def months(request: HttpRequest) -> HttpResponse:
    """List the months of the books, the latest first."""
    return render(request, "office/closing/months.html", {"months": queries.months(timezone.now())})


@require_safe
@access.office_page(access.VIEW_MONTHS)
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Show one month: its list, its figures, who signed, and what was done with it."""
    found = queries.month_of(_first_day(year, month))
    standing = queries.standing_of(found, now=timezone.now())
    context = {
        "month": found,
        "standing": standing,
        "points": presenting.points(standing.items, request.user),
        "figures": presenting.shown(standing.figures),
        "events": queries.events_of(found) if found.pk else [],
        "asked": queries.asked_of(found) if found.pk else None,
        "kinds": list(presenting.JOURNALS.items()),
    }
    return render(request, "office/closing/month.html", context)


@never_cache
@require_safe
@access.office_page(access.VIEW_MONTHS, access.VIEW_LEDGER)
def journal(request: HttpRequest, year: int, month: int, journal: str, ending: str) -> HttpResponse:
    """Return one of a month's journals as a table for the accountant."""
    first_day = _first_day(year, month)
    if ending not in ENDINGS or journal not in list(Journal):
        raise Http404
    content_type, write = ENDINGS[ending]
    kind = Journal(journal)
    name = f"{CODES[kind]}-{first_day:%Y-%m}.{ending}"
    content = write(queries.month_of(first_day).period, kind)
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
@access.office_page(access.VIEW_MONTHS)
def step(request: HttpRequest, year: int, month: int, name: str) -> HttpResponseRedirect:
    """Sign a month, first or second, or have it opened again; whoever presses may lack the right to."""
    first_day = _first_day(year, month)
    if name not in STEPS:
        raise Http404
    right, press = STEPS[name]
    access.require(request, right)
    try:
        press(request, first_day)
    except operations.Held:
        messages.error(request, _("Something still stands open below: nobody signs before it is seen to."))
    except operations.FiguresChanged:
        messages.error(request, _("The figures changed meanwhile, so there is no signature. Look at them again."))
    except operations.SamePerson:
        messages.error(request, _("This takes a second person."))
    except operations.NotYours:
        messages.error(request, _("Only who asked takes it back; anyone else answers."))
    except operations.NoReason:
        messages.error(request, _("Write in a few words why."))
    except operations.NotTheLast:
        messages.error(request, _("A later month is locked: it is opened again before this one."))
    except operations.NotInThisState:
        messages.info(request, _("The month went on meanwhile; nothing was changed."))
    return redirect("office:month", year, month)


def _sign(request: HttpRequest, first_day: date) -> None:
    operations.sign(first_day=first_day, seen=request.POST.get("seen", ""), **_now(request))
    messages.success(request, _("Signed. A second person signs these same figures to lock the month."))


def _lock(request: HttpRequest, first_day: date) -> None:
    operations.countersign(first_day=first_day, **_now(request))
    messages.success(request, _("The month is locked. What comes late counts in the next one."))


def _ask(request: HttpRequest, first_day: date) -> None:
    form = GroundsForm(request.POST)
    reason = form.cleaned_data["note"] if form.is_valid() else ""
    operations.ask_reopening(first_day=first_day, reason=reason, **_now(request))
    messages.success(request, _("Asked. A second person opens the month again, or does not."))


def _drop(request: HttpRequest, first_day: date) -> None:
    operations.drop_reopening(first_day=first_day, **_now(request))
    messages.success(request, _("Taken back. The month stays locked."))


def _open(request: HttpRequest, first_day: date) -> None:
    operations.answer_reopening(first_day=first_day, opens=True, **_now(request))
    messages.success(request, _("The month is open again."))


def _keep(request: HttpRequest, first_day: date) -> None:
    operations.answer_reopening(first_day=first_day, opens=False, **_now(request))
    messages.success(request, _("The month stays locked."))


@transaction.atomic
def _invoice(request: HttpRequest, first_day: date) -> None:
    """Have what was not invoiced invoiced, some hundred orders at a time; one whose job is dead is tried again."""
    missing = not_invoiced(queries.month_of(first_day).period).values_list("pk", flat=True)
    keys = {pk: f"invoice:{pk}" for pk in missing[:INVOICED_AT_ONCE]}
    now = timezone.now()
    jobs.revive_keys(keys=keys.values(), now=now)
    for pk, key in keys.items():
        jobs.enqueue(task=INVOICE, key=key, payload={"order_id": pk}, now=now, queue="bulk")
    messages.success(request, _("They are being invoiced. Look again in a few minutes."))


STEPS: dict[str, tuple[str, Callable[[HttpRequest, date], None]]] = {
    "sign": (access.SIGN_MONTHS, _sign),
    "lock": (access.LOCK_MONTHS, _lock),
    "invoice": (access.SIGN_MONTHS, _invoice),
    "ask": (access.SIGN_MONTHS, _ask),
    "drop": (access.SIGN_MONTHS, _drop),
    "open": (access.LOCK_MONTHS, _open),
    "keep": (access.LOCK_MONTHS, _keep),
}


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"by": access.person(request), "now": timezone.now()}


def _first_day(year: int, month: int) -> date:
    if year not in YEARS or not 1 <= month <= 12:
        raise Http404
    return date(year, month, 1)
