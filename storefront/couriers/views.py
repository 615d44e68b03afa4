"""Where a courier's machine tells what happened to parcels. Kept at once, taken up by a worker (docs/couriers.md)."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fulfilment.tracking import operations, queries
from fulfilment.tracking.gateways import webhook
from fulfilment.tracking.models import TrackingEvent

log = logging.getLogger("storefront.couriers")
LARGEST = 256 * 1024
TOO_LARGE, UNPROCESSABLE, CONFLICT = 413, 422, 409


@csrf_exempt
@require_POST
def events(request: HttpRequest, code: str) -> HttpResponse:
    """Believe what one of the courier's secrets signed within five minutes, keep it whole, and say so at once."""
    raw = request.read(LARGEST + 1)
    if len(raw) > LARGEST:
        return _refused(code, "size", TOO_LARGE)
    profile, now = queries.profile_of(code), timezone.now()
    try:
        webhook.check(
            raw,
            timestamp=request.headers.get("X-Courier-Timestamp", ""),
            signed=request.headers.get("X-Courier-Signature", ""),
            secrets=queries.secrets_of(profile) if profile else [],
            now=now,
        )
    except webhook.Forged as forged:
        return _refused(code, forged.reason)
    if profile is None:
        return _refused(code, "courier")
    try:
        told = webhook.read_events(raw, now=now)
        new = operations.take_in(courier_id=profile.courier_id, told=told, source=TrackingEvent.Source.WEBHOOK, now=now)
    except webhook.Misshapen as error:
        return JsonResponse({"error": error.reason, "event": error.event}, status=UNPROCESSABLE)
    except operations.ToldOtherwise as error:
        return JsonResponse({"error": "this id was told before, and otherwise", "id": error.key}, status=CONFLICT)
    return JsonResponse({"new": new, "known": len(told) - new})


def _refused(code: str, reason: str, status: int = 400) -> HttpResponse:
    """Say no more than that: whoever guesses learns nothing, not even which couriers there are."""
    log.warning("a courier's call was refused: courier=%s %s", code, reason)
    return HttpResponse(status=status)
