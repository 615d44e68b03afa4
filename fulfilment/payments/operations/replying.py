"""Answering a dispute: the words kept first with their hash, sent once by a job, the end as the provider says it."""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import lock_one
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.models import OrderEvent
from fulfilment.payments.disputing.queries import answers_due
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.gateways.base import Disputed, NotUnderstood, ProviderRefused
from fulfilment.payments.models import Dispute, DisputeAnswer

from .disputes import record_dispute
from .ending import ask_in_turn

log = logging.getLogger("fulfilment.payments")
State = DisputeAnswer.State
SEND_ANSWER = "fulfilment.payments.send_answer"


class AlreadyAnswered(Exception):
    """The bank has its one answer to what it says now, or it is on its way."""


class NotToAnswer(Exception):
    """The bank waits for no answer to this dispute any more."""


def hash_of(evidence: Mapping[str, str]) -> str:
    """Return the fingerprint of an answer's words."""
    return hashlib.sha256(json.dumps(dict(evidence), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def keep_explanation(*, dispute_id: int, explanation: str, now: datetime) -> None:
    """Keep what a person has written so far. Raises ``AlreadyAnswered``."""
    dispute = lock_one(Dispute.objects.filter(pk=dispute_id))
    _refuse_second(dispute)
    dispute.explanation = explanation
    dispute.save(update_fields=["explanation"])


@transaction.atomic
def answer_dispute(
    *, dispute_id: int, explanation: str, evidence: Mapping[str, str], now: datetime, by: Any
) -> DisputeAnswer:
    """Keep the answer to a dispute and the job that sends it. Locks the dispute: of two at once one is refused.

    Raises ``AlreadyAnswered``, ``NotToAnswer``.
    """
    dispute = lock_one(Dispute.objects.filter(pk=dispute_id))
    _refuse_second(dispute)
    if not dispute.needs_answer:
        raise NotToAnswer(dispute.provider_id)
    dispute.explanation = explanation
    dispute.save(update_fields=["explanation"])
    answer = DisputeAnswer.objects.create(
        dispute=dispute,
        to_warning=dispute.is_warning,
        evidence=dict(evidence),
        sha256=hash_of(evidence),
        asked_by=by,
        created_at=now,
    )
    enqueue(task=SEND_ANSWER, key=answer.key, payload={"answer_id": answer.pk}, now=now)
    return answer


def _refuse_second(dispute: Dispute) -> None:
    if dispute.is_answered():
        raise AlreadyAnswered(dispute.provider_id)


def send_answer(*, answer_id: int, now: datetime) -> None:
    """Send the bank an answer, or find that it has it. Any number of calls send it once: the key is the same.

    A refusal makes it fail, for a person to see. Raises ``ProviderUnavailable``.
    """
    answer = DisputeAnswer.objects.select_related("dispute__attempt").get(pk=answer_id)
    if answer.state != State.DUE:
        return
    provider, dispute_id, refused = provider_for("stripe"), answer.dispute.provider_id, ""
    told = provider.find_dispute(dispute_id)
    if answer.to_warning and told.state not in Dispute.WARNINGS:
        refused = "the bank took the money meanwhile, which wants an answer of its own"
    elif not _has_it(told, answer):
        try:
            told = provider.answer_dispute(dispute_id, answer.evidence, key=answer.key)
        except ProviderRefused as error:
            told = provider.find_dispute(dispute_id)
            refused = "" if _has_it(told, answer) else str(error) or "refused"
    _end(answer, State.FAILED if refused else State.SENT, now, error=refused)
    record_dispute(attempt=answer.dispute.attempt, told=told, now=now)


def send_due_answers(*, now: datetime) -> None:
    """Send what should have been sent by now. One that cannot be sent stops no other."""
    ask_in_turn(
        "answer",
        answers_due(now),
        lambda key: send_answer(answer_id=key, now=now),
        refusals=(NotUnderstood, ProviderRefused),
        refused=lambda key, error: log.error("answer not sent: answer=%s %s", key, error),
    )


def _has_it(told: Disputed, answer: DisputeAnswer) -> bool:
    return told.answer == answer.key and told.submissions > 0


@transaction.atomic
def _end(answer: DisputeAnswer, state: str, now: datetime, *, error: str = "") -> None:
    ends = {"state": state, "last_error": error[:300], "sent_at": now if state == State.SENT else None}
    if not DisputeAnswer.objects.filter(pk=answer.pk, state=State.DUE).update(**ends):
        return
    if error:
        log.error("answer to a dispute refused: dispute=%s %s", answer.dispute.provider_id, error)
    OrderEvent.objects.create(
        order_id=answer.dispute.attempt.order_id,
        kind="dispute_answered" if state == State.SENT else "dispute_answer_refused",
        at=now,
        by=answer.asked_by,
        data={"dispute": answer.dispute.provider_id, "sha256": answer.sha256},
    )
