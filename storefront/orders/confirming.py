"""The page behind the signed link that asks whether an order in cash is meant. Looking at it decides nothing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fulfilment.orders.confirming import operations, queries
from fulfilment.orders.confirming.models import Confirmation
from fulfilment.orders.links import confirm_key_fits
from fulfilment.orders.models import Order

from .access import remember

GONE = 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Ask; take the answer of a POST. Programs that look at links for a preview only ever GET."""
    asked = queries.of_number(number)
    if asked is None or not confirm_key_fits(number, asked.ends_at, request.GET.get("k", "")):
        raise Http404
    if request.method == "POST":
        return _answer(request, asked.order)
    return _page(request, asked)


def _answer(request: HttpRequest, order: Order) -> HttpResponse:
    now = timezone.now()
    try:
        match request.POST.get("answer"):
            case "yes":
                operations.confirm_by_link(order_id=order.pk, now=now)
                messages.success(request, _("Thank you: the order is confirmed, and the cooperatives prepare it."))
            case "no":
                operations.decline_by_link(order_id=order.pk, now=now)
                messages.success(request, _("The order is cancelled. Nothing will be sent or taken."))
            case _:
                raise Http404
    except (operations.NotWaiting, operations.TooLate):
        return redirect(request.get_full_path())
    response = redirect("orders:detail", order.number)
    remember(request, response, order.number)
    return response


def _page(request: HttpRequest, asked: Confirmation) -> HttpResponse:
    order = asked.order
    waits = order.status == Order.Status.PENDING_CONFIRMATION
    late = waits and asked.ends_at <= timezone.now()
    context: dict[str, Any] = {"order": order, "asked": asked, "waits": waits and not late, "late": late}
    context["called_off"] = order.status in (Order.Status.CANCELLED, Order.Status.EXPIRED)
    return render(request, "shop/order_confirm.html", context, status=GONE if late else 200)
