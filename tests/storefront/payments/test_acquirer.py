"""The acquirer's callback: believed when it is signed, kept once, and only ever a hint to look."""

from decimal import Decimal

import pytest
from django.test import Client

from catalogue.kernel.invariants import violations
from fulfilment.orders.models import Order
from fulfilment.payments.gateways import NoSuchProvider, provider_for
from fulfilment.payments.models import AcquirerNotice, PaymentAttempt
from fulfilment.payments.operations.starting import charge_of
from storefront.payments.counters import ACQUIRER, refused
from tests.factories.orders import open_deliveries, place_order, stock
from tests.fakes.acquirer import FakeAcquirer

pytestmark = pytest.mark.django_db
CALLBACK = "/payments/acquirer/callback"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def acquirer(settings):
    with FakeAcquirer() as server:
        settings.ACQUIRER = server.settings
        yield server


@pytest.fixture
def attempt(acquirer):
    """An order's card payment that was sent to the acquirer's page, and begun there."""
    open_deliveries()
    order = place_order((stock("300.00"), 2), payment_method="card")
    attempt = PaymentAttempt.objects.select_related("order").get(order=order)
    attempt.provider, attempt.intent_id = "acquirer", attempt.idempotency_key
    attempt.save()
    charge = charge_of(attempt)
    acquirer.payments[charge.key] = {
        "payment": charge.key,
        "order": charge.order_number,
        "attempt": "1",
        "amount": str(charge.amount),
        "currency": "504",
        "result": "started",
        "received": "0.00",
    }
    return attempt


def tell(raw):
    return Client(enforce_csrf_checks=True).post(CALLBACK, raw, content_type=FORM)


def counted():
    return {reason: count for reason, count in refused(ACQUIRER).items() if count}


def after(attempt):
    attempt.refresh_from_db()
    return attempt.state, Order.objects.get(pk=attempt.order_id).status


def wrong():
    return [name for name, rows in violations() if rows]


def test_without_settings_there_is_no_acquirer_and_no_such_page(settings):
    settings.ACQUIRER = dict.fromkeys(("MERCHANT", "KEY", "PAGE_URL", "API_URL"), "")

    assert tell(b"payment=1").status_code == 404
    with pytest.raises(NoSuchProvider):
        provider_for("acquirer")


def test_a_signed_callback_pays_the_order_after_the_acquirer_was_asked(acquirer, attempt, run_jobs):
    acquirer.pay(attempt.intent_id)

    answer = tell(acquirer.callback(attempt.intent_id))
    run_jobs()

    notice = AcquirerNotice.objects.get()
    assert (answer.status_code, answer.content) == (200, b"ACK")
    assert after(attempt) == ("SUCCEEDED", "PREPARING")
    assert (attempt.captured, acquirer.asked, notice.outcome) == (attempt.amount, ["status"], "applied")
    assert (wrong(), counted()) == ([], {})


def test_a_callback_that_is_told_again_has_no_second_effect(acquirer, attempt, run_jobs):
    acquirer.pay(attempt.intent_id)
    answers = [tell(acquirer.callback(attempt.intent_id)).status_code]
    run_jobs()
    answers += [tell(acquirer.callback(attempt.intent_id)).status_code for _ in range(2)]
    run_jobs()

    assert (answers, AcquirerNotice.objects.count(), acquirer.asked) == ([200] * 3, 1, ["status"])
    assert (after(attempt), wrong()) == (("SUCCEEDED", "PREPARING"), [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda raw: raw.replace(b"result=approved", b"result=declined"), "signature"),
        (lambda raw: raw.replace(b"payment=order", b"payment=other"), "signature"),
        (lambda raw: raw.replace(b"amount=", b"amount=9"), "signature"),
        (lambda raw: raw + b"&more=1", "signature"),
        (lambda raw: raw.split(b"&signature")[0], "signature"),
        (lambda raw: raw + b"&payment=another", "payload"),
        (lambda raw: b"\xff\xfe", "payload"),
        (lambda raw: b"", "signature"),
        (lambda raw: b"a=1&" * 60, "payload"),
    ],
)
def test_what_was_tampered_with_is_refused_counted_and_kept_nowhere(acquirer, attempt, run_jobs, change, reason):
    acquirer.pay(attempt.intent_id)

    answer = tell(change(acquirer.callback(attempt.intent_id)))
    run_jobs()

    assert (answer.status_code, answer.content, counted()) == (400, b"", {reason: 1})
    assert (AcquirerNotice.objects.count(), acquirer.asked, after(attempt)) == (0, [], ("STARTED", "PENDING_PAYMENT"))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"merchant": "600009999"}, "merchant"),
        ({"sent_at": "1000000000"}, "stale"),
        ({"sent_at": "9999999999"}, "stale"),
        ({"sent_at": "now"}, "payload"),
        ({"sent_at": "١٢٣"}, "payload"),
        ({"transaction": ""}, "payload"),
        ({"transaction": "T" * 65}, "payload"),
    ],
)
def test_what_is_signed_and_not_for_us_or_not_of_now_is_refused(acquirer, attempt, fields, reason):
    acquirer.pay(attempt.intent_id)

    answer = tell(acquirer.callback(attempt.intent_id, **fields))

    assert (answer.status_code, counted(), AcquirerNotice.objects.count()) == (400, {reason: 1}, 0)


def test_what_is_too_large_is_not_read(acquirer):
    assert (tell(b"a=" + b"1" * 20_000).status_code, counted()) == (413, {"size": 1})


def test_a_visit_is_no_callback(acquirer):
    assert Client().get(CALLBACK).status_code == 405


@pytest.mark.parametrize("received", ["599.99", "600.01", "0.01"])
def test_another_amount_is_held_for_a_person(acquirer, attempt, run_jobs, received):
    acquirer.pay(attempt.intent_id, amount=received)

    tell(acquirer.callback(attempt.intent_id))
    run_jobs()

    assert after(attempt) == ("QUARANTINED", "PENDING_PAYMENT")
    assert (attempt.captured, wrong()) == (Decimal(received), [])


def test_money_meant_for_another_order_is_held_for_a_person(acquirer, attempt, run_jobs):
    acquirer.pay(attempt.intent_id)
    acquirer.payments[attempt.intent_id]["order"] = "2222222222"

    tell(acquirer.callback(attempt.intent_id))
    run_jobs()

    assert after(attempt) == ("QUARANTINED", "PENDING_PAYMENT")


def test_a_callback_that_lies_about_a_payment_changes_nothing(acquirer, attempt, run_jobs):
    acquirer.pay(attempt.intent_id, result="declined")

    tell(acquirer.callback(attempt.intent_id, result="approved"))
    run_jobs()

    assert after(attempt) == ("FAILED", "PENDING_PAYMENT")


def test_a_payment_of_nobody_is_noted_and_asked_of_nobody(acquirer, attempt, run_jobs):
    acquirer.payments["stranger"] = {**acquirer.payments[attempt.intent_id], "payment": "stranger"}
    acquirer.pay("stranger")

    tell(acquirer.callback("stranger"))
    run_jobs()

    assert (AcquirerNotice.objects.get().outcome, acquirer.asked) == ("not ours", [])
