"""Reads of payment attempts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from fulfilment.orders.queries import unpaid_since

from .models import Dispute, DisputeAnswer, PaymentAttempt, Refund, StripeEvent
from .policies import DISPUTE_SILENT, GIVEN_BACK

State = PaymentAttempt.State


@dataclass(frozen=True)
class Standing:
    """How the payments of an order stand: may it be paid by card, is money of it held for a person.

    ``cancelled``: every payment so far was given up by the bank.
    """

    payable: bool
    held: bool
    cancelled: bool = False


def attempt_of_order(*, order_id: int, intent_id: str) -> PaymentAttempt | None:
    """Return the attempt that a payment belongs to, only if it is this order's."""
    return PaymentAttempt.objects.filter(order_id=order_id, intent_id=intent_id).first()


def latest(order_id: int) -> PaymentAttempt | None:
    """Return an order's last attempt."""
    return PaymentAttempt.objects.filter(order_id=order_id).order_by("-number").first()


def standing_of(order_id: int) -> Standing:
    """Say how an unpaid order's payments stand (one query)."""
    return standing_among(PaymentAttempt.objects.filter(order_id=order_id, provider="stripe"))


def standing_among(attempts: Iterable[PaymentAttempt]) -> Standing:
    """Say it of attempts at hand. Another may follow those that the provider gave up, not those a person decided."""
    attempts = list(attempts)
    states = {attempt.state for attempt in attempts}
    held = State.QUARANTINED in states
    decided = any(attempt.last_error.startswith(GIVEN_BACK) for attempt in attempts)
    cancelled = states == {State.CANCELLED}
    waits = not states.isdisjoint(PaymentAttempt.WAITING_STATES)
    return Standing(payable=not held and (waits or (cancelled and not decided)), held=held, cancelled=cancelled)


def abandoned_orders(now: datetime) -> QuerySet:
    """Return the keys of overdue orders with no payment that could still come, and none that a person looks at."""
    standing = (*PaymentAttempt.WAITING_STATES, State.QUARANTINED)
    attempts = PaymentAttempt.objects.filter(order=OuterRef("pk"), state__in=standing)
    return unpaid_since(now).filter(~Exists(attempts)).values_list("pk", flat=True)


def refunds_of(order_id: int) -> list[Refund]:
    """Return what of an order's money was given back, or will be (one query)."""
    return list(Refund.objects.filter(attempt__order_id=order_id).order_by("pk"))


def refund_counts() -> dict[str, int]:
    """How many refunds by state, those that are over left out."""
    rows = Refund.objects.exclude(state=Refund.State.SUCCEEDED).values_list("state").annotate(Count("pk"))
    return dict(rows)


def unapplied_events(now: datetime) -> tuple[int, timedelta]:
    """How many events of Stripe's wait to be applied, and how long the oldest has."""
    found = StripeEvent.objects.filter(processed_at=None).aggregate(number=Count("pk"), since=Min("created_at"))
    return found["number"], now - found["since"] if found["since"] else timedelta()


def event_lags(now: datetime) -> list[timedelta]:
    """How long events took from Stripe to their effect here, in the last hour, the shortest first."""
    recent = StripeEvent.objects.filter(processed_at__gt=now - timedelta(hours=1)).annotate(
        lag=ExpressionWrapper(F("processed_at") - F("created_at"), output_field=DurationField())
    )
    return sorted(recent.order_by("-processed_at").values_list("lag", flat=True)[:1000])


def to_look_at() -> QuerySet[PaymentAttempt]:
    """Return payments that wait for a person: money held, or a refund that failed and was not made another way."""
    failed = Q(refunds__state=Refund.State.FAILED)
    counted = PaymentAttempt.objects.annotate(
        failed=Count("refunds", filter=failed), returned=Coalesce(Sum("refunds__amount", filter=~failed), Decimal(0))
    )
    return counted.filter(Q(state=State.QUARANTINED) | Q(failed__gt=0, returned__lt=F("captured")))


def disputes_open(order_id: int) -> bool:
    """Tell whether a buyer's bank disputes a payment of this order, or asks about one, and has not ended it."""
    return Dispute.objects.filter(attempt__order=order_id, state__in=Dispute.OPEN_STATES).exists()


def disputes() -> QuerySet[Dispute]:
    """Return disputes with their orders: first what is to be answered, the nearest due date first, then the newest."""
    closed = Case(When(state__in=Dispute.TO_ANSWER, then=0), When(state__in=Dispute.OPEN_STATES, then=1), default=2)
    found = Dispute.objects.select_related("attempt__order").annotate(place=closed)
    due = Case(When(state__in=Dispute.TO_ANSWER, then=F("evidence_due_at")), output_field=DateTimeField())
    return found.order_by("place", due.asc(nulls_last=True), "-opened_at", "-pk")


def dispute_counts() -> dict[str, int]:
    """How many disputes by state, those that are over left out."""
    rows = Dispute.objects.filter(state__in=Dispute.OPEN_STATES).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


@dataclass(frozen=True)
class ToAnswer:
    """How many disputes wait for an answer, and when the first is due."""

    count: int
    due_at: datetime | None


def disputes_to_answer() -> ToAnswer:
    """Say how many disputes wait for an answer that is not on its way (one query)."""
    written = DisputeAnswer.objects.filter(dispute=OuterRef("pk")).exclude(state=DisputeAnswer.State.FAILED)
    waiting = Dispute.objects.filter(~Exists(written), state__in=Dispute.TO_ANSWER)
    found = waiting.aggregate(count=Count("pk"), due_at=Min("evidence_due_at"))
    return ToAnswer(**found)


def open_disputes(now: datetime) -> list[int]:
    """Return the disputes that last and that nothing was heard of for hours."""
    silent = Dispute.objects.filter(state__in=Dispute.OPEN_STATES, updated_at__lte=now - DISPUTE_SILENT)
    return list(silent.order_by("updated_at").values_list("pk", flat=True)[:50])
