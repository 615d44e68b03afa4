"""Where Stripe tells what happened. Stored at once, applied by a worker that asks Stripe itself."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fulfilment.payments import operations
from fulfilment.payments.gateways.stripe import API_VERSION
from fulfilment.payments.gateways.stripe_events import BadEvent, read_event
from fulfilment.payments.models import StripeEvent

from .counters import count_refused

log = logging.getLogger("storefront.payments")
LARGEST = 256 * 1024
"""Bytes of the largest event that is read. Stripe's own are a tenth of it."""

TOO_LARGE = 413


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Believe what one of our secrets signed within five minutes, keep it once, and say so at once."""
    raw = request.read(LARGEST + 1)
    if len(raw) > LARGEST:
        return _refused("size", TOO_LARGE)
    try:
        event = read_event(
            raw,
            request.headers.get("Stripe-Signature", ""),
            secrets=settings.STRIPE_WEBHOOK_SECRETS,
            live=settings.STRIPE_LIVE,
        )
    except BadEvent as bad:
        return _refused(bad.reason)
    if event.get("api_version") != API_VERSION:
        log.warning("the webhook speaks %s, the shop %s", event.get("api_version"), API_VERSION)
    operations.store_event(body=event, source=StripeEvent.Source.WEBHOOK, now=timezone.now())
    return HttpResponse(status=200)


def _refused(reason: str, status: int = 400) -> HttpResponse:
    """Say no more than that: whoever guesses learns nothing."""
    count_refused(reason)
    log.warning("webhook refused: %s", reason)
    return HttpResponse(status=status)
