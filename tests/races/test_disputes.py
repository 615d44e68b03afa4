"""One answer to the bank, whoever presses at once; and news of a dispute by two workers at once."""

import threading

import pytest
from django.db import IntegrityError
from django.utils import timezone

from fulfilment.ledger.models import Entry
from fulfilment.payments import operations
from fulfilment.payments.models import Dispute, DisputeAnswer
from fulfilment.payments.operations import disputes, replying
from tests.factories.disputes import open_dispute, pay_by_card
from tests.support.races import run_together, unlock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("deliveries")]


def answer(dispute, number):
    return operations.answer_dispute(
        dispute_id=dispute.pk,
        explanation=f"words of person {number}",
        evidence={"uncategorized_text": f"words of person {number}"},
        now=timezone.now(),
        by=None,
    )


def test_two_people_at_once_send_one_answer_and_the_second_is_told(bank, run_jobs):
    dispute = open_dispute(bank, pay_by_card(bank))

    def press(number):
        return answer(dispute, number)

    found = run_together(press, workers=4, expected=operations.AlreadyAnswered)
    kept = DisputeAnswer.objects.get()
    run_together(lambda: operations.send_answer(answer_id=kept.pk, now=timezone.now()), workers=2, expected=Exception)
    run_jobs()

    dispute.refresh_from_db()
    there = bank.bank.disputes[dispute.provider_id]
    assert sum(isinstance(one, operations.AlreadyAnswered) for one in found) == 3
    assert (there["evidence"], there["evidence_details"]["submission_count"]) == (kept.evidence, 1)
    assert dispute.explanation == kept.evidence["uncategorized_text"]


def test_twin_without_the_lock_the_second_runs_into_the_database(bank, monkeypatch):
    dispute = open_dispute(bank, pay_by_card(bank))
    refuse_second = replying._refuse_second
    gate = threading.Barrier(2)
    unlock(monkeypatch, replying)

    def both_look_first(row):
        refuse_second(row)
        gate.wait(timeout=30)

    monkeypatch.setattr(replying, "_refuse_second", both_look_first)

    found = run_together(lambda number: answer(dispute, number), workers=2, expected=IntegrityError)

    assert sum(isinstance(one, IntegrityError) for one in found) == 1


def test_workers_at_once_write_one_dispute_and_book_it_once(bank):
    attempt = pay_by_card(bank)
    made = bank.bank.open_dispute(attempt.charge_id)

    run_together(lambda: operations.settle_dispute(provider_id=made["id"], now=timezone.now()), workers=4)

    assert (Dispute.objects.count(), Entry.objects.filter(source="dispute").count()) == (1, 1)


def test_twin_without_the_locks_one_of_the_workers_fails(bank, monkeypatch):
    attempt = pay_by_card(bank)
    made = bank.bank.open_dispute(attempt.charge_id)
    gate = threading.Barrier(2)
    opened = disputes._opened
    unlock(monkeypatch, disputes)

    def both_find_none(*arguments):
        gate.wait(timeout=30)
        return opened(*arguments)

    monkeypatch.setattr(disputes, "_opened", both_find_none)

    found = run_together(
        lambda: operations.settle_dispute(provider_id=made["id"], now=timezone.now()),
        workers=2,
        expected=IntegrityError,
    )

    assert sum(isinstance(one, IntegrityError) for one in found) == 1
