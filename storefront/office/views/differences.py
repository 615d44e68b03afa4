"""What differs in couriers' files, and cash that none named: whose it is, since when, and how it ended."""

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
from fulfilment.payments.models import MissingCash, RemittanceLine
from fulfilment.payments.remitting import queries
from storefront.office import access
from storefront.office.remittance_forms import CloseForm, HandForm, PlaceForm

PER_PAGE, MISSING_SHOWN = 50, 100
KINDS: dict[str, type[Any]] = {"line": RemittanceLine, "missing": MissingCash}


@access.office_page(access.VIEW_CASH)
def differences(request: HttpRequest) -> HttpResponse:
    """List what someone is to see to, the oldest first; ``mine`` narrows it to what is the reader's."""
    now = timezone.now()
    lines, missing = queries.open_lines(), queries.open_missing()
    mine = request.GET.get("mine") == "1"
    if mine:
        lines, missing = lines.filter(owner=request.user.pk), missing.filter(owner=request.user.pk)
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    count = missing.count()
    context = {
        "page_obj": page,
        "lines": [_aged(case, now) for case in page],
        "missing": [_aged(case, now) for case in missing[:MISSING_SHOWN]],
        "missing_count": count,
        "missing_more": max(0, count - MISSING_SHOWN),
        "missing_sum": queries.open_sum(),
        "mine": mine,
        "colleagues": list(queries.colleagues()) if request.user.has_perm(access.REMIT_CASH) else [],
        "how": CloseForm.base_fields["how"].choices,
    }
    return render(request, "office/remittances/differences.html", context)


def _aged(case: Any, now: datetime) -> dict[str, Any]:
    return {"case": case, "days": (now - case.since).days}


@require_POST
@access.office_page(access.VIEW_CASH, access.REMIT_CASH)
def step(request: HttpRequest, kind: str, pk: int, name: str) -> HttpResponseRedirect:
    """Take a difference over, hand it to a colleague, close it, or say which parcel a surplus was for."""
    if name not in STEPS or kind not in KINDS:
        raise Http404
    try:
        STEPS[name](request, KINDS[kind], pk)
    except (RemittanceLine.DoesNotExist, MissingCash.DoesNotExist):
        raise Http404 from None
    except operations.CaseClosed:
        messages.info(request, _("This difference is closed already; nothing was changed."))
    except operations.NotOurs:
        messages.error(request, _("Only someone who takes cash in can see to it."))
    except operations.NoReason:
        messages.error(request, _("Write in a few words why."))
    except (operations.NoSuchCollection, operations.TooLittleOnAccount) as error:
        messages.error(request, f"{error} {_('Nothing was written.')}")
    return redirect("office:remittance-differences")


def _take(request: HttpRequest, model: type[Any], pk: int) -> None:
    operations.hand_case(model=model, case_id=pk, to=access.person(request))
    messages.success(request, _("You see to this difference now."))


def _hand(request: HttpRequest, model: type[Any], pk: int) -> None:
    form = HandForm(request.POST)
    if not form.is_valid():
        raise operations.NotOurs
    operations.hand_case(model=model, case_id=pk, to=form.cleaned_data["to"])
    messages.success(request, _("%(name)s sees to this difference now.") % {"name": form.cleaned_data["to"]})


def _close(request: HttpRequest, model: type[Any], pk: int) -> None:
    form = CloseForm(request.POST)
    if not form.is_valid():
        raise operations.NoReason
    operations.close_case(model=model, case_id=pk, by=access.person(request), now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Closed. What is owed stays on the courier's account."))


def _place(request: HttpRequest, model: type[Any], pk: int) -> None:
    form = PlaceForm(request.POST)
    if model is not RemittanceLine or not form.is_valid():
        raise operations.NoReason
    operations.place_surplus(line_id=pk, by=access.person(request), now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("The parcel is paid for, and the surplus closed."))


STEPS: dict[str, Callable[[HttpRequest, type[Any], int], None]] = {
    "take": _take,
    "hand": _hand,
    "close": _close,
    "place": _place,
}
