"""Questions about lines of statements, asked and answered through the real operations."""

from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from catalogue.cooperatives.models import Partner
from fulfilment.payouts.opening import legs_of
from fulfilment.questions import operations
from fulfilment.questions.models import Message, Question


def leg_of(cooperative: Partner) -> int:
    """Return the first line that stands on a cooperative's statements."""
    return legs_of(cooperative).order_by("pk").values_list("pk", flat=True)[0]


def ask(cooperative: Partner, by: Any, text: str = "Why so little?", key: UUID | None = None) -> Message:
    leg = leg_of(cooperative)
    return operations.ask(cooperative=cooperative, leg_id=leg, text=text, key=key or uuid4(), by=by, now=timezone.now())


def answer(question: Question, by: Any, text: str = "A jar was broken.", key: UUID | None = None) -> Message:
    return operations.answer(question_id=question.pk, text=text, key=key or uuid4(), by=by, now=timezone.now())
