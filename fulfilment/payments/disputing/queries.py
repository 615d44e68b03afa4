"""Reads of disputes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet, When

from fulfilment.payments.models import Dispute, DisputeAnswer
from fulfilment.payments.policies import ANSWER_STILL_DUE, DISPUTE_SILENT


def keeping_money() -> QuerySet[Dispute]:
    """Return disputes whose money is at the buyer's bank, for now or for good."""
    return Dispute.objects.filter(state__in=Dispute.KEEPS_MONEY)


def at_stake() -> QuerySet[Dispute]:
    """Return disputes that last and whose money the buyer's bank may keep."""
    return Dispute.objects.filter(state__in=Dispute.MONEY_AT_STAKE)


def disputes() -> QuerySet[Dispute]:
    """Return disputes with their orders: first what is to be answered, the nearest due date first, then the newest."""
    closed = Case(When(state__in=Dispute.TO_ANSWER, then=0), When(state__in=Dispute.OPEN_STATES, then=1), default=2)
    found = Dispute.objects.select_related("attempt__order").annotate(place=closed)
    due = Case(When(state__in=Dispute.TO_ANSWER, then=F("evidence_due_at")), output_field=DateTimeField())
    return found.order_by("place", due.asc(nulls_last=True), "-opened_at", "-pk")


def counts() -> dict[str, int]:
    """How many disputes by state, those that are over left out."""
    rows = Dispute.objects.filter(state__in=Dispute.OPEN_STATES).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


@dataclass(frozen=True)
class ToAnswer:
    """How many disputes wait for an answer, and when the first is due."""

    count: int
    due_at: datetime | None


def to_answer() -> ToAnswer:
    """Say how many disputes wait for an answer that is not on its way (one query)."""
    written = DisputeAnswer.objects.filter(dispute=OuterRef("pk")).exclude(state=DisputeAnswer.State.FAILED)
    warnings = Q(state=Dispute.State.WARNING_NEEDS_RESPONSE) & ~Exists(written.filter(to_warning=True))
    begun = Q(state=Dispute.State.NEEDS_RESPONSE) & ~Exists(written.filter(to_warning=False))
    waiting = Dispute.objects.filter(warnings | begun)
    found = waiting.aggregate(count=Count("pk"), due_at=Min("evidence_due_at"))
    return ToAnswer(**found)


def answers_due(now: datetime) -> list[int]:
    """Return the answers that should have been sent by now: their job may have given up."""
    due = DisputeAnswer.objects.filter(state=DisputeAnswer.State.DUE, created_at__lte=now - ANSWER_STILL_DUE)
    return list(due.order_by("created_at", "pk").values_list("pk", flat=True)[:50])


def silent(now: datetime) -> list[str]:
    """Return the provider's names of disputes that nothing was heard of for hours, the longest first.

    Those that last, and those that are won and whose money is not known to have come back.
    """
    lasting = Q(state__in=Dispute.OPEN_STATES)
    returning = Q(
        state__in=(Dispute.State.WON, Dispute.State.PREVENTED), withdrawn_at__isnull=False, reinstated_at=None
    )
    found = Dispute.objects.filter(lasting | returning, updated_at__lte=now - DISPUTE_SILENT)
    return list(found.order_by("updated_at", "pk").values_list("provider_id", flat=True)[:50])
