"""Asking about a line of a statement, and answering: each message once, under the question's lock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Partner
from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from fulfilment.payouts.opening import legs_of

from . import policies, signals
from .models import Message, Question


class NotTheirs(Exception):
    """No statement of this cooperative has such a line."""


class TooManyUnanswered(Exception):
    """So much was asked that nobody answered yet that more would not be read sooner."""

    def __init__(self) -> None:
        super().__init__(_("The office has your messages and has not answered yet. Please wait for its answer."))


class OthersWords(Exception):
    """This key was used before, for something else."""


@transaction.atomic
def ask(*, cooperative: Partner, leg_id: int, text: str, key: UUID, by: Any, now: datetime) -> Message:
    """Write a cooperative's message about a line of its statements. Announces ``message_written``.

    Locks the question. The same ``key`` again gives what it made. Raises ``NotTheirs``, ``TooManyUnanswered`` or
    ``OthersWords``.
    """
    if not legs_of(cooperative).filter(pk=leg_id).exists():
        raise NotTheirs(leg_id)
    begun = {"cooperative": cooperative, "asked_at": now, "waits_since": now}
    made, _new = Question.objects.get_or_create(ledger_line_id=leg_id, defaults=begun)
    question = lock_one(Question.objects.filter(pk=made.pk))
    return _write(question, text=text, key=key, by=by, now=now, by_office=False)


@transaction.atomic
def answer(*, question_id: int, text: str, key: UUID, by: Any, now: datetime) -> Message:
    """Write the office's answer; who answers first sees to it. Announces ``message_written``.

    Locks the question. The same ``key`` again gives what it made. Raises ``OthersWords``.
    """
    question = lock_one(Question.objects.filter(pk=question_id))
    return _write(question, text=text, key=key, by=by, now=now, by_office=True)


@transaction.atomic
def take(*, question_id: int, by: Any) -> Question:
    """Say who sees to a question at the office from now on."""
    question = lock_one(Question.objects.filter(pk=question_id))
    question.owner = by
    question.save(update_fields=["owner"])
    return question


def _write(question: Question, *, text: str, key: UUID, by: Any, now: datetime, by_office: bool) -> Message:
    if known := Message.objects.filter(key=key).first():
        if known.question_id != question.pk or known.by_office != by_office:
            raise OthersWords
        return known
    so_far = list(question.messages.order_by("number").values_list("by_office", flat=True))
    if not by_office and so_far[-policies.MOST_UNANSWERED :] == [False] * policies.MOST_UNANSWERED:
        raise TooManyUnanswered
    message = Message.objects.create(
        question=question,
        number=len(so_far) + 1,
        by_office=by_office,
        text=text,
        key=key,
        written_at=now,
        written_by=by,
    )
    _move(question, message)
    events.announce(signals.message_written, message_id=message.pk)
    return message


def _move(question: Question, message: Message) -> None:
    question.state = policies.state_after(by_office=message.by_office)
    if message.by_office:
        question.waits_since, question.owner = None, question.owner or message.written_by
    else:
        question.waits_since = question.waits_since or message.written_at
    question.save(update_fields=["state", "waits_since", "owner"])
