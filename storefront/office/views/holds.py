"""Goods made to order: whose card is held, until when, and the answer."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fulfilment.payments import operations
from fulfilment.payments.gateways.base import ProviderRefused, ProviderUnavailable
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.policies import REMIND_BEFORE
from storefront.office import access, queries
from storefront.office.forms import GroundsForm

PER_PAGE, ANSWERED = 30, 10
ANSWERS = ("accept", "refuse")


@access.office_page(access.VIEW_HOLDS)
def holds(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer, the most urgent first, and the last answers."""
    now = timezone.now()
    page = Paginator(queries.holds(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "waiting": [_row(hold, now) for hold in page],
        "answered": queries.answered_holds()[:ANSWERED],
    }
    return render(request, "office/holds.html", context)


def _row(hold: Hold, now: datetime) -> dict[str, Any]:
    left = max(hold.answer_by - now, timedelta())
    return {
        "hold": hold,
        "order": hold.attempt.order,
        "lines": list(hold.attempt.order.lines.all()),
        "days": left.days,
        "hours": left.seconds // 3600,
        "urgent": left <= REMIND_BEFORE,
    }


@require_POST
@access.office_page(access.VIEW_HOLDS, access.ANSWER_HOLDS)
def answer(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Keep the answer, then have the bank do it at once; where it is away, a job does."""
    said = request.POST.get("answer")
    if said not in ANSWERS or not Hold.objects.filter(pk=pk).exists():
        raise Http404
    if _keep(request, pk, said == "accept"):
        _carry_out(request, pk)
    return redirect("office:holds")


def _keep(request: HttpRequest, pk: int, accepted: bool) -> bool:
    form, now, by = GroundsForm(request.POST), timezone.now(), access.person(request)
    try:
        if accepted:
            operations.accept_hold(hold_id=pk, now=now, by=by)
        elif form.is_valid():
            operations.refuse_hold(hold_id=pk, reason=form.cleaned_data["note"], now=now, by=by)
        else:
            messages.error(request, _("Write in a few words why."))
            return False
    except operations.HoldAnswered as answered:
        words = dict(Hold.Answer.choices).get(answered.answer) or _("the time for it is over")
        messages.error(request, _("Nothing was changed: %(answer)s.") % {"answer": words})
        return False
    return True


def _carry_out(request: HttpRequest, pk: int) -> None:
    try:
        attempt = operations.carry_out_hold(hold_id=pk, now=timezone.now())
    except (ProviderUnavailable, ProviderRefused, operations.HoldStuck):
        messages.warning(request, _("Your answer is kept. The bank is away: it is asked again by itself."))
        return
    if attempt.state == PaymentAttempt.State.SUCCEEDED:
        messages.success(request, _("Accepted: the money is taken and the parcels are opened."))
    elif Hold.objects.get(pk=pk).answer == Hold.Answer.ACCEPTED:
        messages.error(request, _("The hold on the card was over already: nothing was taken, and the buyer was told."))
    else:
        messages.success(request, _("Refused: the card is free again and the buyer is told."))
