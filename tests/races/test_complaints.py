"""Two fingers, two people and two desks at once: a report is made once, a piece reported once, an answer given once."""

import threading
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.complaints import operations, queries
from fulfilment.complaints.models import Complaint, Decision
from fulfilment.payments.models import Refund
from tests.factories.complaints import report
from tests.factories.withdrawals import FRANCE, make_delivered_order, make_honey, serve_france
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4


def meet(monkeypatch, module, name, people):
    """Let all arrive at a function before any goes on."""
    meeting, passes = threading.Barrier(people), getattr(module, name)

    def together(*args, **kwargs):
        answer = passes(*args, **kwargs)
        meeting.wait(timeout=30)
        return answer

    monkeypatch.setattr(module, name, together)


def reported():
    with transaction.atomic():
        serve_france()
        return report(make_delivered_order((make_honey(), 2), **FRANCE), 1)


def test_one_form_sent_by_four_fingers_is_one_report():
    order = make_delivered_order((make_honey(), 4))

    answers = run_together(lambda: report(order, 1), workers=PEOPLE)

    assert {answer.pk for answer in answers} == {Complaint.objects.get().pk}


def test_twin_without_the_lock_each_finger_reports(monkeypatch):
    order = make_delivered_order((make_honey(), 4))
    unlock(monkeypatch, operations)
    meet(monkeypatch, operations, "check", 2)

    answers = run_together(lambda: report(order, 1), workers=2, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1


def test_the_last_pieces_are_reported_by_one_of_four():
    order = make_delivered_order((make_honey(), 2))

    answers = run_together(
        lambda number: report(order, 2, confirmation=f"key-{number}"),
        workers=PEOPLE,
        expected=operations.NotReportable,
    )

    assert [answer.obstacle for answer in answers if isinstance(answer, Exception)] == ["none_left"] * (PEOPLE - 1)
    assert Complaint.objects.get().pieces == 2


def test_two_desks_that_answer_at_once_give_back_once():
    complaint = reported()

    run_together(lambda: _give_back(complaint), workers=PEOPLE, expected=operations.Answered)

    assert (Decision.objects.count(), Refund.objects.count()) == (1, 1)


def test_twin_without_the_lock_the_database_refuses_the_second_answer(monkeypatch):
    complaint = reported()
    unlock(monkeypatch, operations)
    meeting, with_all = threading.Barrier(2), queries.with_all

    def read_together():
        meeting.wait(timeout=30)
        return with_all()

    with patch.object(queries, "with_all", read_together):
        answers = run_together(lambda: _give_back(complaint), workers=2, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1
    assert (Decision.objects.count(), Refund.objects.count()) == (1, 1)


def _give_back(complaint):
    pieces = {row.line_id: row.quantity for row in complaint.lines.all()}
    return operations.give_back(
        complaint_id=complaint.pk, outcome="REFUND", pieces=pieces, answer="", now=timezone.now(), by=None
    )
