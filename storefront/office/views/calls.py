"""The desk's calls: orders in cash that wait for a yes, and numbers that may pay in cash again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fulfilment.orders.confirming import operations, queries
from fulfilment.orders.models import ConfirmationCall, Order
from storefront.office import access
from storefront.office.forms import CallForm, GroundsForm

PER_PAGE = 30
Outcome = ConfirmationCall.Outcome


@access.office_page(access.VIEW_ORDERS, access.CONFIRM_ORDERS)
def calls(request: HttpRequest) -> HttpResponse:
    """List who is to be called, the oldest order first."""
    now = timezone.now()
    page = Paginator(queries.to_call(now), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "by_link": queries.not_called_yet(now), "most": ConfirmationCall.MOST}
    return render(request, "office/calls.html", context)


@require_POST
@access.office_page(access.VIEW_ORDERS, access.CONFIRM_ORDERS)
def record(request: HttpRequest, number: str) -> HttpResponseRedirect:
    """Write down how a call ended; of two people who called, the second is told what the first wrote."""
    order, form = Order.objects.filter(number=number).first(), CallForm(request.POST)
    if order is None or not form.is_valid():
        raise Http404
    try:
        call = operations.record_call(
            order_id=order.pk, now=timezone.now(), by=access.person(request), **form.cleaned_data
        )
    except operations.NoReason:
        messages.error(request, _("Write in a few words why."))
    except operations.CalledAlready:
        messages.warning(request, _("This order was called within the last hour, or three times; nothing was counted."))
    except operations.NotWaiting as error:
        status = Order.Status(error.status).label
        messages.warning(request, _("%(order)s is “%(status)s” by now.") % {"order": number, "status": status})
    else:
        words = {"order": number, "outcome": call.get_outcome_display()}
        messages.success(request, _("%(order)s: %(outcome)s.") % words)
    return redirect("office:calls")


@require_POST
@access.office_page(access.VIEW_ORDERS, access.ALLOW_CASH)
def allow_cash(request: HttpRequest, number: str) -> HttpResponseRedirect:
    """Let the number of an order pay in cash again, with the reason."""
    order, form = Order.objects.filter(number=number).first(), GroundsForm(request.POST)
    if order is None:
        raise Http404
    if form.is_valid():
        operations.allow_cash(
            order_id=order.pk, reason=form.cleaned_data["note"], by=access.person(request), now=timezone.now()
        )
        messages.success(request, _("This number may pay in cash again."))
    else:
        messages.error(request, _("Write in a few words why."))
    return redirect("office:order", number)
