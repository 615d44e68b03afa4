"""The page behind the signed link that asks what to do about missing pieces. Looking at it decides nothing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH, may_cancel
from fulfilment.warehouse.models import Shortage
from fulfilment.warehouse.shortages import operations, queries
from fulfilment.warehouse.shortages.policies import Choice

from .access import order_or_404, remember_key

GONE = 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Ask; take the answer of a POST. An answer that came before, or the rule's, is told as it is."""
    order = order_or_404(request, number)
    shortage = queries.one_of(order, pk)
    if shortage is None:
        raise Http404
    if request.method == "POST":
        return _answer(request, order, shortage)
    return remember_key(request, _page(request, order, shortage), number)


def _answer(request: HttpRequest, order: Order, shortage: Shortage) -> HttpResponse:
    choice = request.POST.get("choice", "")
    if choice not in list(Choice):
        raise Http404
    try:
        decided = operations.answer(shortage_id=shortage.pk, choice=Choice(choice), now=timezone.now())
    except (operations.Answered, operations.TooLate):
        pass  # the page says how it stands
    else:
        if decided.outcome == Shortage.Outcome.CALLED_OFF:
            messages.success(request, _("Your order is called off. Nothing will be sent."))
        else:
            messages.success(request, _("Thank you. We send the rest as you wish."))
    return remember_key(request, redirect(request.get_full_path()), order.number)


def _page(request: HttpRequest, order: Order, shortage: Shortage) -> HttpResponse:
    is_late = not shortage.outcome and shortage.answer_by is not None and shortage.answer_by <= timezone.now()
    waits = not shortage.outcome and not is_late
    context: dict[str, Any] = {
        "order": order,
        "shortage": shortage,
        "waits": waits,
        "late": is_late,
        "choices": _choices(order, shortage) if waits else (),
        "paid": order.payment_method != CASH,
        "kept": shortage.order_line.num_allocated or 0,
    }
    return render(request, "shop/order_missing.html", context, status=GONE if is_late else 200)


def _choices(order: Order, shortage: Shortage) -> list[Choice]:
    """Return what there is to choose; an order of which a parcel is closed is not called off any more."""
    can_cancel = may_cancel(order.status, (parcel.state for parcel in order.consignments.all()))
    offered = queries.choices_of([shortage])[shortage.pk]
    return [choice for choice in offered if can_cancel or choice != Choice.CALL_OFF]
