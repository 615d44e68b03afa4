"""What Stripe tells: stored once, then looked up at Stripe itself. Order and repetition of events do not matter."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import lock_one
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.gateways.base import NoSuchPayment
from fulfilment.payments.models import Dispute, StripeEvent
from fulfilment.payments.policies import EVENTS_KEPT, GAPS_WITHIN

from .disputes import settle_dispute
from .paying import settle_told
from .refunds import settle_refund

log = logging.getLogger("fulfilment.payments")
APPLY_EVENT = "fulfilment.payments.apply_event"
KEPT = ("object", "status", "amount", "currency", "metadata", "payment_intent", "charge", "reason")
"""Of the object an event is about, what a person needs to see what it was; no card, no name, no address."""

APPLIED, NOT_OURS, NOTED = "applied", "not ours", "noted"


@transaction.atomic
def store_event(*, body: Mapping[str, Any], source: str, now: datetime) -> bool:
    """Keep an event and write the job that applies it; one that is here already changes nothing. Tell if it is new."""
    about = body["data"]["object"]
    event = StripeEvent(
        event_id=body["id"],
        type=body["type"][:80],
        object_id=str(about.get("id") or "")[:120],
        api_version=str(body.get("api_version") or "")[:40],
        livemode=body["livemode"],
        payload={name: about[name] for name in KEPT if name in about},
        source=source,
        created_at=datetime.fromtimestamp(body["created"], UTC),
        received_at=now,
    )
    before = StripeEvent.objects.filter(event_id=event.event_id).exists()
    StripeEvent.objects.bulk_create([event], ignore_conflicts=True)
    enqueue(task=APPLY_EVENT, key=f"stripe-event:{body['id']}", payload={"event_id": body["id"]}, now=now)
    return not before


def apply_event(*, event_id: str, now: datetime) -> None:
    """Ask Stripe for what an event is about and write that down. A second call changes nothing.

    Raises ``ProviderUnavailable``; its job tries again.
    """
    event = StripeEvent.objects.get(event_id=event_id)
    if event.processed_at is not None:
        return
    kind = event.type.rpartition(".")[0]
    does = DOES.get(kind, _note) if event.object_id else _note
    outcome = does(event, now)
    StripeEvent.objects.filter(pk=event.pk, processed_at=None).update(processed_at=now, outcome=outcome)


def _settle(event: StripeEvent, now: datetime) -> str:
    try:
        return APPLIED if settle_told(intent_id=event.object_id, now=now) else NOT_OURS
    except NoSuchPayment:
        return NOT_OURS


def _settle_refund(event: StripeEvent, now: datetime) -> str:
    try:
        return APPLIED if settle_refund(provider_id=event.object_id, now=now) else NOT_OURS
    except NoSuchPayment:
        return NOT_OURS


def _settle_dispute(event: StripeEvent, now: datetime) -> str:
    """Look a dispute up, and put the news on its order's timeline. One of an unknown payment fails, to be seen."""
    try:
        dispute = settle_dispute(provider_id=event.object_id, now=now)
    except NoSuchPayment:
        return NOT_OURS
    _note_dispute(event, dispute)
    return APPLIED


@transaction.atomic
def _note_dispute(event: StripeEvent, dispute: Dispute) -> None:
    """Once by event: of two workers the second waits for the order's row."""
    order_id = dispute.attempt.order_id
    lock_one(Order.objects.filter(pk=order_id))
    if OrderEvent.objects.filter(order_id=order_id, data__event=event.event_id).exists():
        return
    kind = event.type.removeprefix("charge.").replace(".", "_")
    data = {"dispute": dispute.provider_id, "event": event.event_id, "reason": dispute.reason}
    OrderEvent.objects.create(order_id=order_id, kind=kind, at=event.created_at, data=data)


def _note(event: StripeEvent, now: datetime) -> str:
    """Keep what nothing here follows from yet: payouts, for whoever reconciles."""
    return NOTED


DOES: dict[str, Callable[[StripeEvent, datetime], str]] = {
    "payment_intent": _settle,
    "refund": _settle_refund,
    "charge.dispute": _settle_dispute,
}


def fill_gaps(*, now: datetime) -> int:
    """Store what Stripe says happened in the last days and never told; give how many events that was.

    Any number of calls do the same: an event is stored once by its id.
    """
    told = provider_for("stripe").events_since(now - GAPS_WITHIN)
    known = set(StripeEvent.objects.filter(event_id__in=[one.id for one in told]).values_list("event_id", flat=True))
    missing = [one for one in told if one.id not in known]
    for one in reversed(missing):  # the list begins with the newest
        store_event(body=one.body, source=StripeEvent.Source.LIST, now=now)
    if missing:
        log.warning("the webhook missed %d events", len(missing))
    return len(missing)


def forget_events(*, now: datetime) -> int:
    """Delete what was applied ninety days ago; the provider itself keeps events for thirty."""
    deleted, _ = StripeEvent.objects.filter(processed_at__lt=now - EVENTS_KEPT).delete()
    return deleted
