"""Answers to the buyer's bank: kept first, sent once, whatever becomes of their confirmation."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from fulfilment.jobs.models import Job
from fulfilment.payments import operations, tasks
from fulfilment.payments.disputing.queries import to_answer
from fulfilment.payments.gateways.base import ProviderUnavailable
from fulfilment.payments.models import Dispute, DisputeAnswer
from tests.factories.disputes import answer_dispute, close_dispute, open_dispute, pay_by_card
from tests.factories.people import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]


def test_an_answer_is_sent_once_with_its_words_kept_first(bank, run_jobs):
    dispute, person = open_dispute(bank, pay_by_card(bank)), make_staff("finance")
    kept = answer_dispute(dispute, person, customer_name="Fatima")
    before = bank.bank.disputes[dispute.provider_id]["evidence"]
    with pytest.raises(operations.AlreadyAnswered):
        answer_dispute(dispute, person)
    run_jobs()

    kept.refresh_from_db()
    dispute.refresh_from_db()
    there = bank.bank.disputes[dispute.provider_id]
    assert (before, there["evidence"]) == ({}, {"uncategorized_text": "It arrived.", "customer_name": "Fatima"})
    assert (kept.state, dispute.state, dispute.submissions) == ("SENT", "UNDER_REVIEW", 1)
    assert there["metadata"] == {"answer": kept.key}
    assert dispute.attempt.order.events.filter(kind="dispute_answered", by=person).count() == 1


@pytest.mark.parametrize("fault", ["lost", "error_after", "busy", "unreachable"])
def test_an_answer_whose_confirmation_is_lost_is_not_sent_twice(bank, fault):
    dispute = open_dispute(bank, pay_by_card(bank))
    kept = answer_dispute(dispute)
    bank.faults.add(fault, path=f"/v1/disputes/{dispute.provider_id}", method="POST", times=3)
    for _ in range(3):
        try:
            operations.send_answer(answer_id=kept.pk, now=timezone.now())
        except ProviderUnavailable:
            bank.faults.clear()

    kept.refresh_from_db()
    assert (kept.state, bank.bank.disputes[dispute.provider_id]["evidence_details"]["submission_count"]) == ("SENT", 1)


def test_an_answer_that_the_bank_refuses_may_be_followed_by_another(bank, run_jobs):
    dispute = open_dispute(bank, pay_by_card(bank))
    first = answer_dispute(dispute, uncategorized_text="x" * 20_001)
    run_jobs()
    second = answer_dispute(dispute)
    run_jobs()

    states = list(DisputeAnswer.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["FAILED", "SENT"]
    assert (first.key != second.key, "20,000" in DisputeAnswer.objects.first().last_error) == (True, True)


def escalate(bank, dispute):
    bank.bank.escalate_dispute(dispute.provider_id)
    return operations.settle_dispute(provider_id=dispute.provider_id, now=timezone.now())


@pytest.mark.parametrize("resets", [True, False])
def test_a_warning_that_was_answered_and_becomes_a_dispute_is_answered_once_more(bank, run_jobs, resets):
    dispute = open_dispute(bank, pay_by_card(bank), warning=True)
    first = answer_dispute(dispute)
    run_jobs()
    there = bank.bank.disputes[dispute.provider_id]
    asked = (dict(there["metadata"]), there["status"], to_answer().count)
    dispute = escalate(bank, dispute)
    if not resets:  # a bank that goes on counting
        Dispute.objects.update(submissions=1)
    waits = to_answer().count

    second = answer_dispute(Dispute.objects.get())
    with pytest.raises(operations.AlreadyAnswered):
        answer_dispute(dispute)
    run_jobs()

    assert (asked, waits) == (({"answer": first.key}, "warning_under_review", 0), 1)
    assert list(DisputeAnswer.objects.values_list("to_warning", "state")) == [(True, "SENT"), (False, "SENT")]
    assert (there["metadata"], there["evidence_details"]["submission_count"]) == ({"answer": second.key}, 1)
    assert (Dispute.objects.get().state, to_answer().count) == ("UNDER_REVIEW", 0)


def test_an_answer_to_a_warning_is_not_sent_once_the_money_was_taken(bank, run_jobs):
    dispute = open_dispute(bank, pay_by_card(bank), warning=True)
    answer_dispute(dispute)
    bank.bank.escalate_dispute(dispute.provider_id)
    run_jobs()
    waits, sent = to_answer().count, bank.bank.disputes[dispute.provider_id]["evidence_details"]["submission_count"]

    answer_dispute(Dispute.objects.get())
    run_jobs()

    assert (waits, sent) == (1, 0)
    assert list(DisputeAnswer.objects.values_list("to_warning", "state")) == [(True, "FAILED"), (False, "SENT")]


def test_an_answer_whose_job_gave_up_is_sent_by_the_hourly_look(bank, clock):
    bad, good = [open_dispute(bank, pay_by_card(bank)) for _ in range(2)]
    for dispute in (bad, good):
        answer_dispute(dispute)
    bank.bank.disputes[bad.provider_id]["status"] = "in_a_new_limbo"
    tasks.look_at_disputes()
    early = list(DisputeAnswer.objects.values_list("state", flat=True))
    clock.shift(timedelta(minutes=21))

    tasks.look_at_disputes()

    assert early == ["DUE", "DUE"]
    assert list(DisputeAnswer.objects.values_list("state", flat=True)) == ["DUE", "SENT"]
    assert bank.bank.disputes[good.provider_id]["evidence_details"]["submission_count"] == 1


def test_what_the_bank_decided_is_not_answered_any_more(bank):
    dispute = close_dispute(bank, open_dispute(bank, pay_by_card(bank)), won=False)

    with pytest.raises(operations.NotToAnswer):
        answer_dispute(dispute)


def test_a_due_date_that_passed_is_told_and_can_still_be_answered(bank, clock, run_jobs):
    dispute = open_dispute(bank, pay_by_card(bank))
    clock.shift(timedelta(days=8))
    overdue = dispute.is_overdue(timezone.now())
    waiting = to_answer()

    answer_dispute(dispute)
    run_jobs()

    assert (overdue, waiting.count, waiting.due_at < timezone.now()) == (True, 1, True)
    assert bank.bank.disputes[dispute.provider_id]["evidence_details"]["past_due"] is True
    assert to_answer().count == 0


def test_jobs_of_answers_are_written_with_them(bank):
    kept = answer_dispute(open_dispute(bank, pay_by_card(bank)))

    assert Job.objects.filter(task="fulfilment.payments.send_answer", key=kept.key).count() == 1
    assert connection.in_atomic_block
