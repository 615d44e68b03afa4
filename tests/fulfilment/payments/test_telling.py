"""What Stripe told, applied by asking Stripe: for payments of ours alone, once, and forgotten in time."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.jobs.models import Job
from fulfilment.jobs.schedule import SCHEDULE
from fulfilment.payments import operations
from fulfilment.payments.models import PaymentAttempt, StripeEvent
from tests.factories.bank import events_of, pay, tell

pytestmark = pytest.mark.django_db


def store(kind="payout.paid", about=None, event_id="evt_1", created=None):
    body = {
        "id": event_id,
        "type": kind,
        "created": created or int(time.time()),
        "livemode": False,
        "data": {"object": about or {"id": "po_1", "object": "payout", "amount": 5}},
    }
    return operations.store_event(body=body, source="webhook", now=timezone.now())


def outcome(run_jobs):
    run_jobs()
    return StripeEvent.objects.values_list("outcome", flat=True).get()


def test_an_event_is_new_once():
    assert [store() for _ in range(3)] == [True, False, False]
    assert (StripeEvent.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "kind", ["payout.paid", "payout.reconciliation_completed", "customer.created", "new.kind.of.x"]
)
def test_an_event_that_nothing_follows_from_is_noted(run_jobs, kind):
    store(kind)

    assert outcome(run_jobs) == "noted"


def test_an_event_about_nothing_is_noted(run_jobs):
    store("refund.failed", {"object": "refund"})

    assert outcome(run_jobs) == "noted"


def test_a_payment_that_is_none_of_ours_changes_nothing(bank, run_jobs):
    _, intent = bank.bank.create(
        {"amount": "500", "currency": "eur", "metadata": {"order_number": "X", "attempt": "y"}}
    )
    pay(bank, intent["id"])
    (event,) = events_of(bank, "payment_intent.succeeded")
    tell(event)

    assert (outcome(run_jobs), PaymentAttempt.objects.count()) == ("not ours", 0)


@pytest.mark.parametrize(("kind", "object_id"), [("payment_intent.succeeded", "pi_0"), ("refund.updated", "re_0")])
def test_what_stripe_itself_does_not_know_changes_nothing(bank, run_jobs, kind, object_id):
    store(kind, {"id": object_id, "object": "x"})

    assert outcome(run_jobs) == "not ours"


def test_what_waits_too_long_is_found(clock):
    store()
    before = [name for name, rows in violations() if rows]
    clock.shift(timedelta(minutes=11))

    assert before == []
    assert "payments: what Stripe told is applied within ten minutes" in [name for name, rows in violations() if rows]


def test_what_was_applied_is_forgotten_after_ninety_days_and_what_was_not_stays(run_jobs, clock):
    store(event_id="evt_old")
    run_jobs()
    store(event_id="evt_waits")
    clock.shift(timedelta(days=91))
    store(event_id="evt_new")

    operations.forget_events(now=timezone.now())

    assert set(StripeEvent.objects.values_list("event_id", flat=True)) == {"evt_waits", "evt_new"}


def test_gaps_are_filled_each_hour_and_each_night():
    filling = {name for name, entry in SCHEDULE.items() if entry["task"] == "fulfilment.payments.fill_gaps"}

    assert filling == {"fill-gaps-of-the-webhook", "fill-gaps-of-the-night"}
