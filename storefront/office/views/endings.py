"""How transfers ended that no line of the bank ended: said by one person, agreed to by another."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fulfilment.payouts import endings as reads
from fulfilment.payouts import operations
from fulfilment.payouts.models import BankFileLine, Ending, Payout, PayoutRun
from storefront.office import access
from storefront.office.forms import GroundsForm
from storefront.office.payout_forms import CloseLineForm, LineIsOfForm, NotCarriedOutForm

UNPROCESSABLE = 422


@access.office_page(access.VIEW_BANK_FILES)
def bank_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a line of the bank with the payouts it may be of, and let a person say of which it is."""
    line = get_object_or_404(BankFileLine.objects.select_related("file", "payout", "closed_by"), pk=pk)
    form, status = LineIsOfForm(initial={"payout": line.payout and line.payout.reference}), 200
    if request.method == "POST":
        access.require(request, access.CLOSE_BANK_LINES)
        form, status = LineIsOfForm(request.POST), UNPROCESSABLE
        if form.is_valid() and _ask(request, line, form):
            return redirect("office:bank-line", pk)
    waits = line.outcome == BankFileLine.Outcome.HELD and not line.closed_at
    context = {
        "line": line,
        "waits": waits,
        "form": form,
        "close_form": CloseLineForm(),
        "answer_form": GroundsForm(),
        "may_be_of": reads.may_be_of(line) if waits else (),
        "endings": reads.endings().filter(line=line),
    }
    return render(request, "office/payouts/bank_line.html", context, status=status)


def _ask(request: HttpRequest, line: BankFileLine, form: LineIsOfForm) -> bool:
    said = {"reason": form.cleaned_data["reason"], "by": access.person(request), "now": timezone.now()}
    try:
        operations.ask_by_line(line_id=line.pk, payout_id=form.cleaned_data["payout"].pk, **said)
    except (operations.EndingRefused, operations.NotUnderWay) as refused:
        form.add_error("payout", str(refused))
        return False
    except operations.AlreadyClosed:
        messages.info(request, _("Someone saw to this line before."))
        return True
    messages.success(request, _("Said: another person agrees to it, then it is booked."))
    return True


@require_POST
@access.office_page(access.VIEW_PAYOUTS, access.SETTLE_PAYOUTS)
def not_carried_out(request: HttpRequest, reference: str) -> HttpResponseRedirect:
    """Say that the bank did not carry out one transfer."""
    payout = get_object_or_404(Payout, reference=reference)
    _say(request, payout.run_id, payout.pk)
    return redirect("office:payout", reference)


@require_POST
@access.office_page(access.VIEW_PAYOUTS, access.SETTLE_PAYOUTS)
def run_not_carried_out(request: HttpRequest, reference: str) -> HttpResponseRedirect:
    """Say that the bank carried out none of a run's transfers that are under way."""
    _say(request, get_object_or_404(PayoutRun, reference=reference).pk)
    return redirect("office:payout-run", reference)


def _say(request: HttpRequest, run_id: int, payout_id: int | None = None) -> None:
    form = NotCarriedOutForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why, and what paper or message of the bank says so."))
        return
    try:
        said = form.cleaned_data | {"by": access.person(request), "now": timezone.now()}
        operations.ask_not_carried_out(run_id=run_id, payout_id=payout_id, **said)
    except operations.EndingRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Said: another person agrees to it, then it is owed again."))


STEPS: dict[str, tuple[tuple[str, ...], Callable[..., Ending]]] = {
    "agree": ((access.APPROVE_PAYOUTS,), operations.agree),
    "refuse": ((access.APPROVE_PAYOUTS,), operations.refuse_ending),
    "withdraw": ((access.SETTLE_PAYOUTS,), operations.withdraw_ending),
}


@require_POST
@access.office_page(access.VIEW_PAYOUTS)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseRedirect:
    """Agree to what someone else said, refuse it with a reason, or take it back."""
    if name not in STEPS:
        raise Http404
    ending = get_object_or_404(Ending, pk=pk)
    rights, operation = STEPS[name]
    access.require(request, *rights)
    details: dict[str, Any] = {"by": access.person(request), "now": timezone.now()}
    if name == "refuse":
        details["answer"] = request.POST.get("note", "")
    try:
        operation(ending_id=pk, **details)
    except (operations.EndingRefused, operations.NotUnderWay) as refused:
        messages.error(request, str(refused))
    except operations.AlreadyClosed:
        messages.info(request, _("Someone saw to this line before."))
    else:
        messages.success(request, _("Saved."))
    return redirect("office:bank-line", ending.line_id) if ending.line_id else redirect("office:payout-run", ending.run)
