"""What was asked, what waits for the office, and what was said."""

from django.db.models import QuerySet

from catalogue.cooperatives.models import Partner
from fulfilment.orders.models import Line

from .models import Message, Question


def question_about(leg_id: int) -> Question | None:
    """Return what was asked about a line (one query)."""
    return Question.objects.filter(ledger_line=leg_id).first()


def messages_of(question: Question) -> QuerySet[Message]:
    return question.messages.select_related("written_by").order_by("number")


def of_cooperative(cooperative: Partner) -> QuerySet[Question]:
    """Return a cooperative's questions, the latest first."""
    return Question.objects.filter(cooperative=cooperative).select_related("ledger_line").order_by("-asked_at", "-pk")


def worklist(*, waiting: bool) -> QuerySet[Question]:
    """Return questions that wait, the oldest first, or those that are answered, the latest first."""
    found = Question.objects.select_related("cooperative", "owner", "ledger_line__entry")
    if waiting:
        return found.filter(state=Question.State.OPEN).order_by("waits_since", "pk")
    return found.filter(state=Question.State.ANSWERED).order_by("-asked_at", "-pk")


def titles_of(questions: list[Question]) -> dict[int, str]:
    """Return by question what was sold in its line; nothing where the line is about no goods (one query)."""
    lines = Line.objects.in_bulk([one.ledger_line.order_line for one in questions if one.ledger_line.order_line])
    return {one.pk: lines[pk].title_here for one in questions if (pk := one.ledger_line.order_line) in lines}
