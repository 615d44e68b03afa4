"""What must always be true of payments."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalogue.kernel.invariants import invariant
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import NewEntry, Source
from fulfilment.ledger.queries import not_as_expected
from fulfilment.orders.models import Order

from . import booking
from .models import PaymentAttempt, Refund, StripeEvent
from .policies import EVENT_SLOW
from .queries import abandoned_orders

SWEPT_WITHIN = timedelta(minutes=10)
"""An overdue order is given up by the next sweep; so long after its time none has run."""

PAID = ("PAID", "PREPARING", "SHIPPED", "DELIVERED", "COMPLETED")


@invariant("payments: an order succeeds at most once")
def one_success() -> Iterable[object]:
    return (
        Order.objects.annotate(paid=Count("payment_attempts", filter=Q(payment_attempts__state="SUCCEEDED")))
        .filter(paid__gt=1)
        .values_list("number", flat=True)
    )


@invariant("payments: what is paid by card has a success behind it")
def paid_has_success() -> Iterable[object]:
    return (
        Order.objects.filter(status__in=PAID, payment_method="card")
        .exclude(payment_attempts__state="SUCCEEDED")
        .values_list("number", flat=True)
    )


@invariant("payments: an order past its time has a payment that may still come, or one that a person looks at")
def overdue_is_waited_for() -> Iterable[object]:
    return abandoned_orders(timezone.now() - SWEPT_WITHIN).values_list("number", flat=True)


@invariant("payments: no cash is awaited for an order that ended")
def no_cash_for_the_ended() -> Iterable[object]:
    ended = ("CANCELLED", "EXPIRED", "REFUSED", "RETURNED")
    attempts = PaymentAttempt.objects.filter(provider="cash", state="STARTED", order__status__in=ended)
    return attempts.values_list("order__number", flat=True)


@invariant("payments: a success is for the order's exact total")
def success_is_exact() -> Iterable[object]:
    return (
        PaymentAttempt.objects.filter(state="SUCCEEDED")
        .exclude(amount=F("order__total_incl_tax"), currency=F("order__currency"))
        .values_list("order__number", flat=True)
    )


@invariant("ledger: every settled payment has its sale, as the order's rows were frozen, or is held to be given back")
def settled_payments_are_booked() -> Iterable[object]:
    held = Entry.objects.filter(source=Source.HELD).values("external_id")
    settled = PaymentAttempt.objects.filter(state="SUCCEEDED").exclude(idempotency_key__in=held)
    yield from not_as_expected(_sales(settled.select_related("order__cash_terms").order_by("pk")))


def _sales(settled: QuerySet[PaymentAttempt]) -> Iterator[NewEntry]:
    """Work out sales some hundred at a time, so that a year's orders fit in memory."""
    attempts = settled.iterator(chunk_size=500)
    while chunk := list(islice(attempts, 500)):
        yield from booking.sales(chunk)


@invariant("ledger: every sale has a settled payment behind it")
def sales_are_settled() -> Iterable[object]:
    settled = PaymentAttempt.objects.filter(state="SUCCEEDED", order__number=OuterRef("external_id"))
    return Entry.objects.filter(source=Source.SALE, reversed_by=None).exclude(Exists(settled))


@invariant("ledger: money is held for every payment that waits for a person, and for none that came to nothing")
def held_money_waits() -> Iterable[object]:
    held = set(Entry.objects.filter(source=Source.HELD, reversed_by=None).values_list("external_id", flat=True))
    states = PaymentAttempt.objects.filter(Q(idempotency_key__in=held) | Q(state="QUARANTINED"))
    for key, state in states.values_list("idempotency_key", "state"):
        if (key in held) != (state in ("QUARANTINED", "SUCCEEDED")):
            yield key


def _with_given_back() -> Any:
    rows = Refund.objects.filter(attempt=OuterRef("pk")).exclude(state=Refund.State.FAILED).order_by()
    total = rows.values("attempt").annotate(total=Sum("amount")).values("total")
    given_back = Coalesce(Subquery(total, output_field=DecimalField()), Decimal(0), output_field=DecimalField())
    return PaymentAttempt.objects.annotate(given_back=given_back)


@invariant("payments: no more is given back than came in")
def refunds_within_captured() -> Iterable[object]:
    return _with_given_back().filter(given_back__gt=F("captured")).values_list("order__number", flat=True)


@invariant("payments: money for an order that never came to be is given back")
def late_money_is_given_back() -> Iterable[object]:
    late = _with_given_back().filter(state="SUCCEEDED", provider="stripe", order__status="EXPIRED")
    return late.exclude(given_back=F("captured")).values_list("order__number", flat=True)


@invariant("payments: what Stripe told is applied within ten minutes")
def events_are_applied() -> Iterable[object]:
    waiting = StripeEvent.objects.filter(processed_at=None, received_at__lt=timezone.now() - EVENT_SLOW)
    return waiting.values_list("event_id", flat=True)
