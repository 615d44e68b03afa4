"""Where a Moroccan acquirer tells what happened on its page. Closed unless the settings name one."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fulfilment.payments import operations
from fulfilment.payments.gateways.acquirer import BadCallback, is_configured, provider

from .counters import ACQUIRER, count_refused

log = logging.getLogger("storefront.payments")
LARGEST = 16 * 1024
TOO_LARGE = 413
ACKNOWLEDGED = "ACK"
"""What stops the acquirer from telling again; the word is its contract's."""


@csrf_exempt
@require_POST
def callback(request: HttpRequest) -> HttpResponse:
    """Believe what the shared key signed within five minutes, keep it once, and say so at once."""
    if not is_configured():
        raise Http404
    raw = request.read(LARGEST + 1)
    if len(raw) > LARGEST:
        return _refused("size", TOO_LARGE)
    try:
        told = provider().read_callback(raw, now=timezone.now())
    except BadCallback as bad:
        return _refused(bad.reason)
    operations.store_notice(callback=told, now=timezone.now())
    return HttpResponse(ACKNOWLEDGED, content_type="text/plain")


def _refused(reason: str, status: int = 400) -> HttpResponse:
    """Say no more than that: whoever guesses learns nothing."""
    count_refused(reason, ACQUIRER)
    log.warning("acquirer's callback refused: %s", reason)
    return HttpResponse(status=status)
