"""What is missing: said by whoever prepares a parcel, asked of its buyer, decided by the buyer or by the rule."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.kernel import formats
from fulfilment.warehouse.models import Consignment, Shortage
from fulfilment.warehouse.shortages import operations
from fulfilment.warehouse.shortages import queries as missing
from storefront.office import access

from . import queries
from .forms import ChoiceForm, MissingForm

SHOWN = 50


@access.office_page(access.VIEW_CONSIGNMENTS)
def shortages(request: HttpRequest) -> HttpResponse:
    """List what buyers are asked, the most urgent first, and what was decided lately."""
    now = timezone.now()
    asked = list(queries.shortages_listed().filter(outcome="").order_by("answer_by", "pk"))
    decided = queries.shortages_listed().exclude(outcome="").order_by("-settled_at", "-pk")[:SHOWN]
    offered = missing.choices_of(asked)
    context = {
        "asked": [
            {"row": row, "hours": int((now - row.found_at).total_seconds() // 3600), "choices": offered[row.pk]}
            for row in asked
        ],
        "decided": decided,
        "now": now,
    }
    return render(request, "office/preparing/shortages.html", context)


@require_POST
@access.office_page(access.VIEW_CONSIGNMENTS, access.ANSWER_SHORTAGES)
def answer(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Write down what the buyer said on the phone."""
    form = ChoiceForm(request.POST)
    if not form.is_valid() or not Shortage.objects.filter(pk=pk).exists():
        raise Http404
    try:
        shortage = operations.answer(
            shortage_id=pk, choice=form.cleaned_data["choice"], by=access.person(request), now=timezone.now()
        )
    except operations.Answered as error:
        words = {"outcome": error.shortage.get_outcome_display()}
        messages.warning(request, _("This was decided before: %(outcome)s. Nothing was changed.") % words)
    else:
        messages.success(request, _("Written down: %(outcome)s.") % {"outcome": shortage.get_outcome_display()})
    return redirect("office:shortages")


@require_POST
@access.office_page(access.VIEW_CONSIGNMENTS, access.MOVE_CONSIGNMENTS)
def report(request: HttpRequest, reference: str) -> HttpResponseRedirect:
    """Say that pieces of a parcel are not there; what comes of it is said at once."""
    found = Consignment.objects.filter(reference=reference).first()
    if found is None:
        raise Http404
    form = MissingForm(request.POST, kept=queries.kept_in(found))
    if form.is_valid():
        _report(request, found, form)
    elif "kept" in form.errors:
        messages.error(request, _("This changed meanwhile, or was said before. Look again; nothing was written."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("office:consignment", reference)


def _report(request: HttpRequest, found: Consignment, form: MissingForm) -> None:
    common: dict[str, Any] = {"consignment_id": found.pk, "by": access.person(request), "now": timezone.now()}
    try:
        shortage = operations.report(**common, **form.said())
    except operations.NotBeingPrepared:
        words = {"parcel": found.reference, "state": found.get_state_display()}
        messages.error(request, _("%(parcel)s is “%(state)s” now: nothing of it can be missing any more.") % words)
    except operations.NotKept as error:
        kept = formats.number(error.kept, request.LANGUAGE_CODE)
        messages.error(request, _("Only %(n)s of them are kept for this parcel. Nothing was written.") % {"n": kept})
    else:
        outcome = shortage.get_outcome_display() if shortage.outcome else _("the buyer is asked what to do")
        messages.success(request, _("Written down: %(outcome)s.") % {"outcome": outcome})
