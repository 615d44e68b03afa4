"""Two people withdraw from the same order at the same moment: the last pieces are declared once."""

import threading
from unittest.mock import patch

import pytest
from django.db import IntegrityError

from fulfilment.orders.withdrawing import operations, queries
from fulfilment.orders.withdrawing.models import Withdrawal, WithdrawalLine
from tests.factories.withdrawals import declare, make_delivered_order
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4


def test_of_four_who_withdraw_at_once_one_does_and_the_others_are_told():
    order = make_delivered_order()
    line = order.lines.get()

    answers = run_together(
        lambda number: declare(order, {line.pk: 2}, confirmation=f"key-{number}"),
        workers=PEOPLE,
        expected=operations.LineRefused,
    )

    refused = [answer for answer in answers if isinstance(answer, operations.LineRefused)]
    assert [refusal.item.refused for refusal in refused] == ["none_left"] * (PEOPLE - 1)
    assert WithdrawalLine.objects.get().quantity == 2


def test_without_the_lock_the_others_meet_the_database_s_own_refusal(monkeypatch):
    order = make_delivered_order()
    line = order.lines.get()
    meeting = threading.Barrier(PEOPLE)
    check = operations.check

    def check_together(*args):
        check(*args)
        meeting.wait(timeout=30)

    unlock(monkeypatch, operations)
    with patch.object(operations, "check", check_together):
        answers = run_together(
            lambda number: declare(order, {line.pk: 2}, confirmation=f"key-{number}"),
            workers=PEOPLE,
            expected=IntegrityError,
        )

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == PEOPLE - 1


def test_one_confirmation_pressed_by_four_fingers_is_one_withdrawal():
    order = make_delivered_order()

    answers = run_together(lambda: declare(order, {order.lines.get().pk: 1}), workers=PEOPLE)

    assert {answer.pk for answer in answers} == {Withdrawal.objects.get().pk}


def test_without_the_lock_each_finger_withdraws_once_more(monkeypatch):
    order = make_delivered_order()
    line = order.lines.get()
    meeting = threading.Barrier(2)
    offer_of = queries.offer_of

    def read_together(*args):
        meeting.wait(timeout=30)
        return offer_of(*args)

    unlock(monkeypatch, operations)
    with patch.object(queries, "offer_of", read_together):
        answers = run_together(lambda: declare(order, {line.pk: 1}), workers=2, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1
