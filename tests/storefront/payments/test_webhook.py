"""The webhook believes what Stripe signed for this shop, keeps it once, and counts the rest."""

import json
import time

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.jobs.models import Job
from fulfilment.payments import operations
from fulfilment.payments.gateways.stripe import API_VERSION
from fulfilment.payments.models import StripeEvent
from storefront.demo.stripe.delivery import signature
from storefront.payments import views
from tests.factories.bank import WEBHOOK, events_of, open_bank, pay, tell
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db
SECRET = "whsec_demonstration"


def event(**changes):
    about = {"id": "pi_1", "object": "payment_intent", "status": "succeeded", "receipt_email": "a@example.org"}
    told = {
        "id": "evt_1",
        "object": "event",
        "api_version": API_VERSION,
        "type": "payment_intent.succeeded",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": about},
    }
    return told | changes


def refused(client):
    page = client.get("/metrics").content.decode().splitlines()
    counts = [line.removeprefix("shop_stripe_webhook_refused_total") for line in page if "refused_total{" in line]
    return [line for line in counts if not line.endswith(" 0")]


def kept():
    return StripeEvent.objects.count(), Job.objects.count()


def send(payload, signed="", **more):
    return Client().post(
        WEBHOOK, payload, content_type="application/json", headers={"stripe-signature": signed}, **more
    )


def test_a_signed_event_is_kept_once_with_its_job_however_often_it_comes():
    answers = [tell(event()).status_code for _ in range(3)]

    stored = StripeEvent.objects.get()
    assert answers == [200] * 3
    assert (stored.event_id, stored.type, stored.object_id) == ("evt_1", "payment_intent.succeeded", "pi_1")
    assert list(Job.objects.values_list("task", "key")) == [("fulfilment.payments.apply_event", "stripe-event:evt_1")]


def test_what_is_kept_names_nobody_and_no_card():
    about = {
        "id": "ch_1",
        "object": "charge",
        "billing_details": {"name": "Fatima"},
        "payment_method_details": {"card": {"last4": "4242"}},
        "receipt_email": "fatima@example.org",
        "amount": 1250,
    }
    tell(event(data={"object": about}))

    assert StripeEvent.objects.get().payload == {"object": "charge", "amount": 1250}


def test_case_7_an_unsigned_event_is_refused_counted_and_not_kept(client):
    payload = json.dumps(event())
    now = int(time.time())
    answers = [
        send(payload).status_code,
        send(payload, "nonsense").status_code,
        send(payload, signature(payload.encode(), "whsec_of_another_endpoint", now)).status_code,
        send(payload.replace("pi_1", "pi_2"), signature(payload.encode(), SECRET, now)).status_code,
        send(b"\xff\xfe", signature(b"\xff\xfe", SECRET, now)).status_code,
    ]

    assert (answers, kept()) == ([400] * 5, (0, 0))
    assert refused(client) == ['{reason="signature"} 5']


@pytest.mark.parametrize(("age", "status"), [(299, 200), (301, 400), (3600, 400)])
def test_case_7_a_stale_event_is_refused_counted_and_not_kept(client, age, status):
    answer = tell(event(), at=int(time.time()) - age)

    assert answer.status_code == status
    assert kept() == ((1, 1) if status == 200 else (0, 0))
    assert refused(client) == ([] if status == 200 else ['{reason="stale"} 1'])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"livemode": True}, "mode"),
        ({"livemode": "no"}, "payload"),
        ({"account": "acct_of_another"}, "account"),
        ({"id": None}, "payload"),
        ({"data": {}}, "payload"),
        ({"data": {"object": "pi_1"}}, "payload"),
    ],
)
def test_case_7_an_event_of_another_world_is_refused_counted_and_not_kept(client, changes, reason):
    answer = tell(event(**changes))

    assert (answer.status_code, kept()) == (400, (0, 0))
    assert refused(client) == [f'{{reason="{reason}"}} 1']


def test_a_real_payment_is_refused_where_no_real_money_is_and_the_other_way_round(settings):
    settings.STRIPE_LIVE = True

    answers = [tell(event(id="evt_2", livemode=True)).status_code, tell(event(livemode=False)).status_code]

    assert (answers, list(StripeEvent.objects.values_list("livemode", flat=True))) == ([200, 400], [True])


@pytest.mark.parametrize("payload", ["[]", "null", '"evt"', "{", "[[[["])
def test_what_is_no_event_is_refused_though_it_is_signed(payload):
    answer = send(payload, signature(payload.encode(), SECRET, int(time.time())))

    assert (answer.status_code, kept()) == (400, (0, 0))


def test_an_oversized_body_is_refused_counted_and_not_kept(client):
    payload = json.dumps(event(padding="x" * views.LARGEST))

    answer = send(payload, signature(payload.encode(), SECRET, int(time.time())))
    two_megabytes = send("x" * 2_000_000)

    assert (answer.status_code, two_megabytes.status_code, kept()) == (413, 413, (0, 0))
    assert refused(client) == ['{reason="size"} 2']


def test_both_secrets_are_believed_while_one_replaces_the_other(settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_old"]

    answers = [
        tell(event(id=f"evt_{secret}"), secret=secret).status_code for secret in ("whsec_new", "whsec_old", "whsec_x")
    ]

    assert answers == [200, 200, 400]


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_the_webhook_is_posted_to(client, method):
    assert getattr(client, method)(WEBHOOK).status_code == 405


def test_the_webhook_speaks_no_language_and_asks_for_no_token():
    strict = Client(enforce_csrf_checks=True)
    payload = json.dumps(event()).encode()
    signed = signature(payload, SECRET, int(time.time()))

    answer = strict.post(WEBHOOK, payload, content_type="application/json", headers={"stripe-signature": signed})

    assert answer.status_code == 200
    assert strict.post(f"/fr{WEBHOOK}").status_code == 404


def test_an_event_that_cannot_be_stored_is_not_taken(monkeypatch):
    def down(**kwargs):
        raise DatabaseError("away")

    monkeypatch.setattr(operations, "store_event", down)
    payload = json.dumps(event()).encode()
    client = Client(raise_request_exception=False)

    answer = client.post(
        WEBHOOK,
        payload,
        content_type="application/json",
        headers={"stripe-signature": signature(payload, SECRET, int(time.time()))},
    )

    assert answer.status_code == 500


def test_storing_asks_no_bank_and_few_questions(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(operations, "apply_event", lambda **kwargs: pytest.fail("applied in the request"))
    with open_bank() as bank:
        bank.before_answer = lambda handler: pytest.fail("asked the bank")
        with django_assert_max_num_queries(6):
            tell(event())


def test_the_figures_tell_how_far_the_shop_is_behind(client, run_jobs, clock):
    open_deliveries()
    with open_bank() as bank:
        order = place_order((stock("120.00"), 1), shopping=Shopping("EUR", "FR"))
        payment = operations.start(order_id=order.pk, now=timezone.now())
        pay(bank, payment.id)
        for told in events_of(bank, "payment_intent.succeeded"):
            clock.shift(60)
            tell(told)
        waiting = client.get("/metrics").content.decode()
        run_jobs()
        applied = client.get("/metrics").content.decode()

    assert "shop_stripe_events_unapplied 1\n" in waiting
    assert "shop_stripe_oldest_unapplied_event_seconds 6" in waiting
    assert "shop_stripe_events_unapplied 0\n" in applied
    assert 'shop_stripe_event_lag_seconds{quantile="0.99"} 6' in applied
