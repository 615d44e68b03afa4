"""Bank transfers: which orders wait for one, what the bank's statement says, and what a person must decide."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.kernel import formats
from catalogue.kernel.periods import day_of
from fulfilment.orders.models import Order
from fulfilment.payments import operations, queries
from fulfilment.payments.models import BankCredit
from storefront.office import access
from storefront.office.transfer_forms import CreditForm, MatchForm, ReturnForm

PER_PAGE = 30
UNPROCESSABLE = 422
State = BankCredit.State


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_TRANSFERS)
def transfers(request: HttpRequest) -> HttpResponse:
    """Show what is awaited and what waits; keep a line that is typed."""
    today = day_of(timezone.now())
    form = CreditForm(request.POST or None, today=today, initial={"value_on": today})
    if request.method == "POST":
        access.require(request, access.RECORD_TRANSFERS)
        if form.is_valid() and _record(request, form):
            return redirect("office:transfers")
    context = {
        "form": form,
        "waiting": list(queries.waiting_credits()),
        "awaited": list(queries.awaited_transfers()),
        "page_obj": Paginator(queries.decided_credits(), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "office/transfers.html", context, status=UNPROCESSABLE if form.errors else 200)


def _record(request: HttpRequest, form: CreditForm) -> bool:
    try:
        credit = operations.record_credit(**form.cleaned_data, now=timezone.now(), by=request.user)
    except operations.KnownReference as known:
        form.add_error("reference", _known_text(known))
        return False
    if credit.state == State.SETTLED and credit.attempt:
        number = credit.attempt.order.number
        messages.success(request, _("Recorded. Order %(number)s is paid.") % {"number": number})
    else:
        messages.warning(request, _("Recorded. It waits for a person: %(why)s") % {"why": credit.get_why_display()})
    return True


def _known_text(known: operations.KnownReference) -> str:
    if known.credit is None:
        return _("This reference is recorded already. Nothing was added.")
    return _("This line was recorded already, on %(day)s by %(person)s. Nothing was added.") % {
        "day": formats.moment(known.credit.recorded_at, get_language()),
        "person": known.credit.recorded_by or "–",
    }


@require_POST
@access.office_page(access.VIEW_TRANSFERS, access.DECIDE_TRANSFERS)
def match(request: HttpRequest) -> HttpResponseRedirect:
    """Pay an order with lines that wait."""
    form = MatchForm(request.POST, waiting=[credit.pk for credit in queries.waiting_credits()])
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return redirect("office:transfers")
    number = form.cleaned_data["number"]
    try:
        operations.match_credits(
            credit_ids=form.cleaned_data["credit"], number=number, now=timezone.now(), by=request.user
        )
    except (Order.DoesNotExist, operations.NotWaiting, operations.NotAwaited, operations.DoesNotAddUp) as error:
        messages.error(request, _match_text(error, number))
    else:
        messages.success(request, _("Order %(number)s is paid.") % {"number": number})
    return redirect("office:transfers")


def _match_text(error: Exception, number: str) -> str:
    """Say why nothing was matched."""
    match error:
        case operations.NotAwaited():
            why = BankCredit.Why(error.why).label if error.why else ""
            return _("Order %(number)s was not paid with this. %(why)s") % {"number": number, "why": why}
        case operations.DoesNotAddUp():
            figures = {
                "received": formats.money(error.received, error.currency, get_language()),
                "asked": formats.money(error.asked, error.currency, get_language()),
            }
            return (
                _("Nothing was matched: %(received)s came in and the order asks %(asked)s, in one currency.") % figures
            )
        case operations.NotWaiting():
            return _("Somebody decided one of these lines meanwhile. Nothing was matched.")
    return _("There is no order %(number)s.") % {"number": number}


@require_POST
@access.office_page(access.VIEW_TRANSFERS, access.DECIDE_TRANSFERS)
def send_back(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Note that the money of a line was sent back."""
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["returned_as"])))
        return redirect("office:transfers")
    try:
        operations.return_credit(
            credit_id=pk, returned_as=form.cleaned_data["returned_as"], now=timezone.now(), by=request.user
        )
    except operations.NotWaiting:
        messages.error(request, _("Somebody decided this line meanwhile. Nothing was changed."))
    except operations.KnownReference as known:
        messages.error(request, _known_text(known))
    else:
        messages.success(request, _("Noted: the money went back."))
    return redirect("office:transfers")
