"""Two answers for one held card at once. The twin shows what the claim is for; without it the bank decides alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import registered
from catalogue.kernel.shopping import Shopping
from catalogue.products.models import Product
from fulfilment.ledger.models import Entry
from fulfilment.orders.operations import ImpossibleMove, TooLateToCancel
from fulfilment.payments import operations as payments
from fulfilment.payments.gateways.base import ProviderUnavailable
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.operations import answering, ending
from tests.factories.bank import open_bank, pay
from tests.factories.orders import open_deliveries, place_order, stock
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20
TOLD = (payments.HoldAnswered, payments.HoldStuck, payments.StillPaying, ImpossibleMove, TooLateToCancel)


@pytest.fixture
def bank():
    open_deliveries()
    stock(in_stock=ROUNDS)
    Product.objects.update(made_to_order=True)
    with open_bank() as server:
        yield server


def hold_a_card(bank):
    order = place_order((StockRecord.objects.get(), 1), shopping=Shopping("EUR", "FR"))
    payment = payments.start(order_id=order.pk, now=timezone.now())
    pay(bank, payment.id)
    payments.settle(intent_id=payment.id, now=timezone.now())
    return Hold.objects.get(attempt__order=order)


def status_at_the_bank(bank, hold):
    return bank.bank.intents[hold.attempt.intent_id]["status"]


def four_ways(hold, late):
    """Accept, refuse, cancel as the buyer, and let the time run out: each with all that follows."""

    def answer(number):
        now = timezone.now()
        if number == 0:
            payments.accept_hold(hold_id=hold.pk, now=now)
            payments.carry_out_hold(hold_id=hold.pk, now=now)
        elif number == 1:
            payments.refuse_hold(hold_id=hold.pk, reason="no wool", now=now)
            payments.carry_out_hold(hold_id=hold.pk, now=now)
        elif number == 2:
            payments.cancel_order(order_id=hold.attempt.order_id, now=now)
        else:
            payments.look_at(attempt_id=hold.attempt_id, now=late)

    return answer


def test_case_24_accepted_refused_cancelled_and_swept_at_one_barrier_end_one_way(bank):
    late = timezone.now() + timedelta(days=6, minutes=1)
    for _ in range(ROUNDS):
        hold = hold_a_card(bank)
        order = hold.attempt.order

        answers = run_together(four_ways(hold, late), workers=4, expected=TOLD)
        payments.sweep(now=late)

        hold.refresh_from_db()
        order.refresh_from_db()
        ends = {"ACCEPTED": ("succeeded", "PAID"), "LAPSED": ("canceled", "EXPIRED")}
        expected = ends.get(hold.answer, ("canceled", "CANCELLED"))
        assert (status_at_the_bank(bank, hold), order.status) == expected, (hold.answer, answers)

    paid = Hold.objects.filter(answer="ACCEPTED").count()
    assert (StockRecord.objects.get().num_allocated, Entry.objects.filter(source="sale").count()) == (paid, paid)
    assert [name for name, check in registered().items() if list(check())] == []


def accept_while_the_bank_is_away(bank):
    """Someone accepts and is told that it will be done; then someone else refuses."""
    hold = hold_a_card(bank)
    payments.accept_hold(hold_id=hold.pk, now=timezone.now())
    bank.faults.add("unreachable", path="capture$", times=3)
    with pytest.raises(ProviderUnavailable):
        payments.carry_out_hold(hold_id=hold.pk, now=timezone.now())
    return hold


def test_case_24_a_buyer_who_cancels_after_the_answer_changes_nothing(bank):
    hold = accept_while_the_bank_is_away(bank)

    with pytest.raises(payments.StillPaying):
        payments.cancel_order(order_id=hold.attempt.order_id, now=timezone.now())
    payments.sweep(now=timezone.now())

    assert status_at_the_bank(bank, hold) == "succeeded"


def test_case_24_twin_without_the_claim_what_was_accepted_is_cancelled_at_the_bank(bank, monkeypatch):
    hold = accept_while_the_bank_is_away(bank)
    monkeypatch.setattr(ending, "let_go", lambda *args: True)

    payments.call_off(order_id=hold.attempt.order_id, now=timezone.now())

    hold.refresh_from_db()
    assert (hold.answer, status_at_the_bank(bank, hold)) == ("ACCEPTED", "canceled")


def test_case_24_two_answers_at_once_are_one(bank):
    hold = hold_a_card(bank)

    answers = run_together(lambda number: answer_as(number, hold), workers=8, expected=payments.HoldAnswered)

    assert sum(not isinstance(one, payments.HoldAnswered) for one in answers) == 1
    assert hold.attempt.order.events.filter(kind__in=("accepted", "declined")).count() == 1


def test_case_24_twin_without_the_claim_two_persons_are_told_that_they_decided(bank, monkeypatch):
    hold = hold_a_card(bank)
    monkeypatch.setattr(answering, "_claim", lambda *args: Hold.objects.filter(pk=args[0], answer="").exists())

    answers = run_together(lambda number: answer_as(number, hold), workers=8)

    assert len({one.pk for one in answers}) == 1
    assert hold.attempt.order.events.filter(kind="accepted").exists()
    assert hold.attempt.order.events.filter(kind="declined").exists()


def answer_as(number, hold):
    """Accept or refuse, by turns."""
    if number % 2:
        return payments.accept_hold(hold_id=hold.pk, now=timezone.now())
    return payments.refuse_hold(hold_id=hold.pk, reason="no wool", now=timezone.now())
