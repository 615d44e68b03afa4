"""Giving money back: once, never more than came in, and a person sees what failed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from fulfilment.jobs.models import Job
from fulfilment.payments import operations
from fulfilment.payments.models import PaymentAttempt, Refund, StripeEvent
from fulfilment.payments.queries import to_look_at
from storefront.demo.stripe.cards import ACCEPTED, REFUND_FAILS, REFUND_LATE
from tests.factories.bank import events_of, pay, tell
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db
REASON = Refund.Reason.PAID_TOO_LATE


@pytest.fixture
def paid(bank):
    """Give a function that returns the attempt of an order paid with this card."""
    open_deliveries()

    def make(card=ACCEPTED):
        order = place_order((stock("120.00"), 2), shopping=Shopping("EUR", "FR"))
        pay(bank, operations.start(order_id=order.pk, now=timezone.now()).id, card)
        operations.sweep(now=timezone.now())
        return order.payment_attempts.get()

    return make


def owe(attempt, amount=None):
    return operations.owe_refund(
        attempt_id=attempt.pk, amount=amount or attempt.captured, reason=REASON, now=timezone.now()
    )


def state(refund):
    return Refund.objects.get(pk=refund.pk).state


def kinds(attempt):
    return [kind for kind in attempt.order.events.values_list("kind", flat=True) if kind.startswith("refund")]


def test_the_row_and_its_key_are_there_before_the_bank_is_asked(bank, paid):
    attempt = paid()
    bank.before_answer = lambda handler: pytest.fail("asked the bank")

    refund = owe(attempt)

    assert (refund.state, refund.key) == ("DUE", f"refund-{refund.pk}")
    assert Job.objects.filter(task="fulfilment.payments.send_refund", state="WAITING").count() == 1


def test_the_bank_gives_back_under_the_stored_key(bank, paid, run_jobs):
    attempt = paid()
    refund = owe(attempt, Decimal("5.00"))

    run_jobs()

    (made,) = bank.bank.refunds.values()
    assert (made["amount"], made["payment_intent"], made["metadata"]) == (
        500,
        attempt.intent_id,
        {"order_number": attempt.order.number, "refund": str(refund.pk)},
    )
    assert refund.key in bank.bank.answers
    assert (state(refund), kinds(attempt)) == ("SUCCEEDED", ["refund_owed", "refund_made"])


def test_case_18_no_more_is_given_back_than_came_in(paid):
    attempt = paid()
    owe(attempt, attempt.captured - 1)

    with pytest.raises(operations.MoreThanCaptured) as refused:
        owe(attempt, Decimal("1.01"))

    assert refused.value.left == Decimal("1.00")
    assert (owe(attempt, Decimal("1.00")).state, Refund.objects.count()) == ("DUE", 2)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO payment_refund (attempt_id, amount, currency, reason, state, last_error, created_at, updated_at) "
        "SELECT id, captured + 0.01, currency, 'PAID_TOO_LATE', 'DUE', '', now(), now() FROM payment_paymentattempt",
        "INSERT INTO payment_refund (attempt_id, amount, currency, reason, state, last_error, created_at, updated_at) "
        "SELECT id, 1, 'MAD', 'PAID_TOO_LATE', 'DUE', '', now(), now() FROM payment_paymentattempt",
        "INSERT INTO payment_refund (attempt_id, amount, currency, reason, state, last_error, created_at, updated_at) "
        "SELECT id, -1, currency, 'PAID_TOO_LATE', 'DUE', '', now(), now() FROM payment_paymentattempt",
        "UPDATE payment_refund SET amount = amount + 0.01",
        "UPDATE payment_paymentattempt SET captured = captured - 0.01",
    ],
)
def test_the_database_refuses_too_much_another_currency_and_less_than_nothing(paid, statement):
    attempt = paid()
    if not statement.startswith("INSERT"):
        owe(attempt)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("fault", ["lost", "unreachable", "busy", "error_after"])
def test_an_answer_that_is_lost_gives_back_once(bank, paid, run_jobs, clock, fault):
    refund = owe(paid())
    bank.faults.add(fault, path="refunds$", method="POST", times=3)
    run_jobs()
    bank.faults.clear()

    clock.shift(timedelta(minutes=2))
    run_jobs()

    assert (state(refund), len(bank.bank.refunds)) == ("SUCCEEDED", 1)


def test_a_refund_asked_for_a_day_ago_is_looked_for_first(bank, paid, clock):
    refund = owe(paid())
    bank.faults.add("lost", path="refunds$", method="POST", times=3)
    with pytest.raises(Exception, match="communicating"):
        operations.send_refund(refund_id=refund.pk, now=timezone.now())
    clock.shift(timedelta(hours=25))  # the bank forgot the key; the money is gone already

    operations.send_refund(refund_id=refund.pk, now=timezone.now())

    assert (state(refund), len(bank.bank.refunds)) == ("SUCCEEDED", 1)


def test_a_refund_under_way_ends_by_its_event(bank, paid, run_jobs, clock):
    attempt = paid(REFUND_LATE)
    refund = owe(attempt)
    run_jobs()
    under_way = state(refund)
    clock.shift(timedelta(seconds=9))
    bank.bank.settle_due()

    for event in events_of(bank, "refund.created", "refund.updated"):
        tell(event)
    run_jobs()

    assert (under_way, state(refund)) == ("PENDING", "SUCCEEDED")
    assert kinds(attempt) == ["refund_owed", "refund_made"]


def test_case_19_a_refund_that_fails_later_is_for_a_person_who_tries_again(bank, paid, run_jobs, clock, caplog):
    attempt = paid(REFUND_FAILS)
    refund = owe(attempt)
    run_jobs()
    clock.shift(timedelta(seconds=9))
    bank.bank.settle_due()
    for event in events_of(bank, "refund.failed", "refund.created"):  # and in the wrong order
        tell(event)
    run_jobs()
    seen = list(to_look_at())

    again = operations.refund_again(refund_id=refund.pk, now=timezone.now())

    assert (state(refund), seen, kinds(attempt)[:2]) == ("FAILED", [attempt], ["refund_owed", "refund_failed"])
    assert "refund failed" in caplog.text
    assert (again.key != refund.key, again.amount, list(to_look_at())) == (True, refund.amount, [])
    with pytest.raises(operations.NotFailed):
        operations.refund_again(refund_id=again.pk, now=timezone.now())


def test_a_refund_that_succeeded_may_still_fail(bank, paid, run_jobs):
    refund = owe(paid())
    run_jobs()
    provider_id = Refund.objects.get().provider_id
    bank.bank.cancel_or_fail(provider_id)

    operations.settle_refund(provider_id=provider_id, now=timezone.now())

    assert state(refund) == "FAILED"


def test_a_refund_that_the_bank_refuses_is_for_a_person(bank, paid, run_jobs):
    attempt = paid()
    refund = owe(attempt)
    bank.bank.open_dispute(attempt.charge_id)

    run_jobs()

    assert (state(refund), list(to_look_at())) == ("FAILED", [attempt])
    assert "charged back" in Refund.objects.get().last_error


def test_a_refund_whose_job_gave_up_is_looked_at_again(bank, paid, clock):
    refund = owe(paid())
    Job.objects.all().delete()
    clock.shift(timedelta(hours=2))

    operations.look_at_refunds(now=timezone.now())

    assert state(refund) == "SUCCEEDED"


def test_a_refund_made_at_the_banks_own_desk_is_told_and_touches_nothing(bank, paid, run_jobs, caplog):
    attempt = paid()
    bank.bank.create_refund({"payment_intent": attempt.intent_id, "amount": "100"})

    for event in events_of(bank, "refund.created"):
        tell(event)
    run_jobs()

    assert StripeEvent.objects.values_list("outcome", flat=True).get() == "not ours"
    assert "a refund nobody here asked for" in caplog.text
    assert Refund.objects.count() == 0


def test_a_dispute_stands_on_the_orders_timeline_once(bank, paid, run_jobs, caplog):
    attempt = paid()
    bank.bank.open_dispute(attempt.charge_id)

    for _ in range(2):
        for event in events_of(bank, "charge.dispute.created", "charge.dispute.funds_withdrawn"):
            tell(event)
        run_jobs()

    told = list(attempt.order.events.filter(kind__startswith="dispute").values_list("kind", flat=True))
    assert told == ["dispute_created", "dispute_funds_withdrawn"]
    assert "dispute opened" in caplog.text


def test_late_money_that_nobody_gives_back_is_found(bank, paid):
    attempt = paid()
    attempt.order.__class__.objects.update(status="EXPIRED")

    found = {name for name, rows in violations() if rows}

    assert "payments: money for an order that never came to be is given back" in found
    assert PaymentAttempt.objects.get().state == "SUCCEEDED"
