"""Reads of cards that are held."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from fulfilment.orders.models import Order
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.policies import HOLDS_LOOKED_AT_EVERY, REMIND_BEFORE

from .models import Hold


def unanswered() -> QuerySet[Hold]:
    """Return holds that wait for an answer, the most urgent first."""
    return Hold.objects.filter(answer="").order_by("answer_by", "pk")


def urgent(now: datetime) -> QuerySet[Hold]:
    """Return those of them that end within a day."""
    return unanswered().filter(answer_by__lte=now + REMIND_BEFORE)


def to_remind_of(now: datetime) -> QuerySet[Hold]:
    return urgent(now).filter(reminded_at=None)


def counts(now: datetime) -> tuple[int, int]:
    """How many holds wait for an answer, and how many of them end within a day (one query)."""
    soon = Count("pk", filter=Q(answer_by__lte=now + REMIND_BEFORE))
    found = unanswered().order_by().aggregate(number=Count("pk"), urgent=soon)
    return found["number"], found["urgent"]


def hold_of_order(order_id: int) -> Hold | None:
    """Return the last hold of an order."""
    return Hold.objects.filter(attempt__order_id=order_id).order_by("-pk").first()


def rests(now: datetime) -> Exists:
    """Say which attempts need no look: the card is held, nobody answered, and the bank was asked within the hour."""
    resting = Hold.objects.filter(
        attempt=OuterRef("pk"),
        answer="",
        answer_by__gt=now,
        attempt__updated_at__gt=now - HOLDS_LOOKED_AT_EVERY,
        attempt__state=PaymentAttempt.State.AUTHORISED,
        attempt__order__status=Order.Status.PENDING_PAYMENT,
    )
    return Exists(resting)
