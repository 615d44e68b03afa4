"""Paying an order by card. The card field belongs to the provider; nothing of a card passes through here."""

from typing import Any

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fulfilment.orders.links import key_for
from fulfilment.orders.models import Order
from fulfilment.payments import operations as payments
from fulfilment.payments.gateways.base import ProviderRefused, ProviderUnavailable
from fulfilment.payments.gateways.stripe import element_options
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.queries import attempt_of_order, came_too_late, standing_of

from .access import order_or_404, remember_key

State = PaymentAttempt.State
POLICY = settings.PAYMENT_PAGE_POLICY
UNAVAILABLE = 503


@never_cache
@require_safe
@csp_update({name: sources for name, sources in POLICY.items() if name != "frame-src"})  # type: ignore[arg-type]
@csp_replace({"frame-src": POLICY["frame-src"]})  # type: ignore[arg-type]
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Show the provider's card field for an order that waits for it; anything else goes to the order's page."""
    order = order_or_404(request, number)
    if not (_waits(order) and standing_of(order.pk).payable):
        return remember_key(request, redirect("orders:detail", number), number)
    context = {
        "order": order,
        "stripe_js": settings.STRIPE_JS_URL,
        "stripe_key": settings.STRIPE_PUBLISHABLE_KEY,
        "options": element_options(order.total_incl_tax, order.currency, hold=order.made_to_order),
        "start_url": _with_key("orders:pay-start", number),
        "demonstration": bool(settings.STRIPE_API_BASE),
    }
    return remember_key(request, render(request, "shop/order_pay.html", context), number)


@require_POST
def start(request: HttpRequest, number: str) -> JsonResponse:
    """Answer the page's script: the payment's secret, or where to go when there is nothing left to pay."""
    order = order_or_404(request, number)
    answer: dict[str, Any] = {"return_path": _with_key("orders:paid", number)}
    try:
        payment = payments.start(order_id=order.pk, now=timezone.now())
    except payments.NothingToPay:
        return JsonResponse({"go": reverse("orders:detail", args=[number])})
    except (ProviderUnavailable, ProviderRefused):
        text = _("The bank does not answer at the moment. Nothing was taken. Please try again in a minute.")
        return JsonResponse({"error": text}, status=UNAVAILABLE)
    if payment.state in (State.SUCCEEDED, State.PROCESSING, State.AUTHORISED):
        return JsonResponse({"go": f"{answer['return_path']}&payment_intent={payment.id}"})
    return JsonResponse(answer | {"client_secret": payment.client_secret})


@never_cache
@require_safe
def paid(request: HttpRequest, number: str) -> HttpResponse:
    """Find out what became of the payment. Only a payment of this very order is looked at.

    The bank may come back in another browser than the one that placed the order: the key in the address opens it.
    """
    return remember_key(request, redirect(_outcome(request, number), number), number)


def _outcome(request: HttpRequest, number: str) -> str:
    """Settle, tell the buyer, and name the page to go to."""
    order = order_or_404(request, number)
    intent_id = request.GET.get("payment_intent", "")
    if attempt_of_order(order_id=order.pk, intent_id=intent_id) is None:
        raise Http404
    try:
        attempt = payments.settle(intent_id=intent_id, now=timezone.now())
    except (ProviderUnavailable, ProviderRefused):
        messages.info(request, _("The bank has not answered yet. This page will know within a few minutes."))
        return "orders:detail"
    if attempt.state in (State.FAILED, State.STARTED, State.REQUIRES_ACTION):
        messages.error(request, _("The payment did not go through, nothing was taken. You can try another card."))
        return "orders:pay"
    if attempt.state == State.SUCCEEDED and came_too_late(order.pk):
        messages.warning(request, _("The payment arrived too late for this order. All of it goes back to your card."))
    elif attempt.state == State.SUCCEEDED:
        messages.success(request, _("Thank you, the payment has arrived."))
    elif attempt.state == State.AUTHORISED:
        messages.success(request, _("Thank you. The amount is held on your card; nothing is taken yet."))
    elif attempt.state == State.CANCELLED:
        messages.info(request, _("This payment was cancelled, nothing was taken."))
    elif attempt.state == State.QUARANTINED:
        messages.warning(request, _("We are looking at this payment ourselves and will call you."))
    else:
        messages.info(request, _("The bank is still working on it. This page will know within a few minutes."))
    return "orders:detail"


def _waits(order: Order) -> bool:
    return order.status == Order.Status.PENDING_PAYMENT


def _with_key(name: str, number: str) -> str:
    return f"{reverse(name, args=[number])}?k={key_for(number)}"
