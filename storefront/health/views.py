"""Probes for whoever watches the shop. None of them says more than a stranger may know, but for the figures."""

import hmac
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fulfilment.jobs import queries as jobs
from fulfilment.payments import queries as payments
from fulfilment.payments.disputing import queries as disputing
from fulfilment.payments.holding import queries as holding
from fulfilment.payments.reconciliation import queries as reconciliation
from storefront.payments.counters import ACQUIRER, refused

from . import queries

LOOPBACK = {"127.0.0.1", "::1"}


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    found = queries.probes(timezone.now())
    body = {probe.name: probe.detail or "ok" for probe in found}
    return JsonResponse(body, status=200 if all(probe.well for probe in found) else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: by token, or on the machine itself where no token is set outside production."""
    if not _may_measure(request):
        raise Http404
    text = "".join(f"{line}\n" for line in _figures())
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    # Behind a proxy on the same machine everybody comes from loopback.
    return settings.SHOP_ENV != "production" and request.META.get("REMOTE_ADDR") in LOOPBACK


def _figures() -> Iterator[str]:
    now = timezone.now()
    yield "# TYPE shop_jobs gauge"
    for (queue, state), number in sorted(jobs.counts().items()):
        yield f'shop_jobs{{queue="{queue}",state="{state}"}} {number}'
    yield "# TYPE shop_oldest_waiting_job_seconds gauge"
    yield f"shop_oldest_waiting_job_seconds {jobs.oldest_waiting(now).total_seconds():.1f}"
    yield "# TYPE shop_heartbeat_age_seconds gauge"
    for name, age in queries.heartbeats(now).items():
        yield f'shop_heartbeat_age_seconds{{process="{name}"}} {age.total_seconds() if age else float("inf"):.1f}'
    yield from _payment_figures(now)


def _payment_figures(now: datetime) -> Iterator[str]:
    """How far the shop is behind Stripe, what was refused at the webhook, refunds that are not over."""
    number, oldest = payments.unapplied_events(now)
    yield "# TYPE shop_stripe_events_unapplied gauge"
    yield f"shop_stripe_events_unapplied {number}"
    yield "# TYPE shop_stripe_oldest_unapplied_event_seconds gauge"
    yield f"shop_stripe_oldest_unapplied_event_seconds {oldest.total_seconds():.1f}"
    lags = payments.event_lags(now)
    yield "# TYPE shop_stripe_event_lag_seconds gauge"
    for share in (50, 99):
        lag = lags[(len(lags) - 1) * share // 100].total_seconds() if lags else 0.0
        yield f'shop_stripe_event_lag_seconds{{quantile="0.{share}"}} {lag:.1f}'
    yield "# TYPE shop_stripe_webhook_refused_total counter"
    for reason, refusals in refused().items():
        yield f'shop_stripe_webhook_refused_total{{reason="{reason}"}} {refusals}'
    yield "# TYPE shop_acquirer_callback_refused_total counter"
    for reason, refusals in refused(ACQUIRER).items():
        yield f'shop_acquirer_callback_refused_total{{reason="{reason}"}} {refusals}'
    yield from _desk_figures(now)
    yield "# TYPE shop_refunds gauge"
    for state, refunds in sorted(payments.refund_counts().items()):
        yield f'shop_refunds{{state="{state}"}} {refunds}'


def _desk_figures(now: datetime) -> Iterator[str]:
    """Cards that are held and disputes that wait for an answer; what the bank's account says otherwise than ours."""
    waiting, urgent = holding.counts(now)
    yield "# TYPE shop_holds_unanswered gauge"
    yield f'shop_holds_unanswered{{ends="any time"}} {waiting}'
    yield f'shop_holds_unanswered{{ends="within a day"}} {urgent}'
    yield "# TYPE shop_reconciliation_open_differences gauge"
    for kind, number in sorted(reconciliation.open_counts().items()):
        yield f'shop_reconciliation_open_differences{{list="{kind.lower()}"}} {number}'
    age = reconciliation.last_good_run_age(now)
    yield "# TYPE shop_reconciliation_age_seconds gauge"
    yield f"shop_reconciliation_age_seconds {age.total_seconds() if age else float('inf'):.1f}"
    yield "# TYPE shop_disputes gauge"
    for state, number in sorted(disputing.counts().items()):
        yield f'shop_disputes{{state="{state}"}} {number}'
    due_at = disputing.to_answer().due_at
    yield "# TYPE shop_dispute_due_hours gauge"
    yield f"shop_dispute_due_hours {(due_at - now).total_seconds() / 3600 if due_at else float('inf'):.1f}"
