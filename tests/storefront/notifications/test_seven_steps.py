"""Placed, paid, shipped, out for delivery, delivered, refused, refunded: each told once, by mail and by SMS."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from catalogue.kernel import events
from fulfilment.orders import operations as orders
from fulfilment.orders import signals as order_signals
from fulfilment.orders.confirming.models import Confirmation
from fulfilment.orders.models import Order
from fulfilment.payments import operations as payments
from fulfilment.payments import signals as payment_signals
from fulfilment.payments.models import Refund
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse import signals as warehouse_signals
from storefront.notifications import operations
from storefront.notifications.gateways import MemorySms
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.withdrawals import FRANCE, make_delivered_order, make_honey, pay_for, serve_france

pytestmark = pytest.mark.django_db
LAILA = {"recipient_name": "Laila", "recipient_phone": "+212623456789", "recipient_language": "en"}


@pytest.fixture(autouse=True)
def sms(monkeypatch):
    monkeypatch.setattr(MemorySms, "sent", [])
    return MemorySms.sent


def announce(signal, **ids):
    with transaction.atomic():
        events.announce(signal, **ids)


def placed(**fields):
    order = make_held_order(
        (make_stockrecord(), 1), status="PENDING_PAYMENT", method="card", reserved_until=timezone.now(), **fields
    )
    announce(order_signals.order_placed, order_id=order.pk, order=order)
    return order


def paid(**fields):
    order = make_held_order((make_stockrecord(), 1), status="PENDING_PAYMENT", method="card", **fields)
    orders.mark_paid(order_id=order.pk, now=timezone.now())
    return order


def in_parcels(state, **fields):
    order = make_held_order((make_stockrecord(), 1), **fields)
    pay_for(order)
    for parcel in open_parcels(order):
        move_to(parcel, state)
    return order


def shipped(**fields):
    return in_parcels("HANDED_OVER", **fields)


def out_for_delivery(**fields):
    order = in_parcels("PACKED", **fields)
    parcel = order.consignments.get()
    announce(warehouse_signals.consignment_out_for_delivery, consignment_id=parcel.pk, order_id=order.pk)
    return order


def delivered(**fields):
    return in_parcels("DELIVERED", **fields)


def refused(**fields):
    order = in_parcels("HANDED_OVER", **fields)
    warehouse.refuse(consignment_id=order.consignments.get().pk, reason="changed_mind", by=None, now=timezone.now())
    return order


def refunded(**fields):
    serve_france()
    order = make_delivered_order((make_honey(), 1), **FRANCE | fields)
    refund = payments.ask_refund(
        order_id=order.pk, quantities={order.lines.get().pk: 1}, reason="DAMAGED", now=timezone.now()
    )
    Refund.objects.filter(pk=refund.pk).update(state="SUCCEEDED", provider_id="re_1")
    announce(payment_signals.refund_made, order_id=order.pk, refund_id=refund.pk)
    return order


STEPS = {
    "order.placed": placed,
    "order.paid": paid,
    "order.shipped": shipped,
    "parcel.out_for_delivery": out_for_delivery,
    "order.delivered": delivered,
    "order.refused": refused,
    "refund.made": refunded,
}


def told(order, kind):
    found = Message.objects.filter(order=order, kind=kind).order_by("channel")
    return list(found.values_list("channel", "recipient", "language", "state"))


@pytest.mark.parametrize(("kind", "make"), STEPS.items(), ids=list(STEPS))
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_each_step_is_told_once_by_mail_and_by_sms_in_the_order_s_language(run_jobs, sms, clock, kind, make, language):
    order = make(language=language)
    clock.shift(timedelta(minutes=2))
    run_jobs()
    for key in Message.objects.values_list("key", flat=True):
        operations.send_message(message_key=key, now=timezone.now())  # the job once more

    assert told(order, kind) == [
        ("mail", order.guest_email, language, "SENT"),
        ("sms", order.phone, language, "SENT"),
    ]
    assert len(mail.outbox) + len(sms) == Message.objects.count()


@pytest.mark.parametrize(("kind", "make"), STEPS.items(), ids=list(STEPS))
def test_without_an_address_each_step_is_told_by_sms_alone(run_jobs, clock, kind, make):
    order = make(guest_email="")
    clock.shift(timedelta(minutes=2))
    run_jobs()

    assert told(order, kind) == [("sms", order.phone, "fr", "SENT")]
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("make", "heard"),
    [
        (shipped, ["is on its way"]),
        (out_for_delivery, ["comes today"]),
        (delivered, ["is on its way", "has arrived"]),
        (refused, ["is on its way"]),
        (refunded, ["is on its way", "has arrived"]),
    ],
)
def test_whoever_receives_it_is_told_of_the_parcel_alone_at_their_own_number_in_their_language(
    run_jobs, sms, make, heard
):
    make(language="ar", **LAILA)
    run_jobs()

    theirs = [message.text for message in sms if message.phone == LAILA["recipient_phone"]]
    assert [words in text for text, words in zip(theirs, heard, strict=True)] == [True] * len(heard)
    assert {text.startswith("Bilad Al Khair: the parcel from") for text in theirs} == {True}


def test_a_card_that_pays_at_once_is_acknowledged_once_as_paid(run_jobs, clock):
    order = placed()
    orders.mark_paid(order_id=order.pk, now=timezone.now())
    clock.shift(timedelta(minutes=2))
    run_jobs()

    kinds = set(Message.objects.filter(order=order).values_list("kind", flat=True))
    assert kinds == {"order.paid"}


def test_a_card_that_does_not_pay_is_acknowledged_after_two_minutes_with_what_it_waits_for(run_jobs, clock):
    order = placed(language="en")
    run_jobs()
    before = Message.objects.count()
    clock.shift(timedelta(minutes=2))
    run_jobs()

    assert before == 0
    assert "We keep its goods for you until" in mail.outbox[0].body
    assert order.lines.get().title in mail.outbox[0].body


def test_a_question_by_sms_is_acknowledged_by_mail_without_its_link(run_jobs, sms):
    order, now = make_held_order(status="PENDING_CONFIRMATION", language="en"), timezone.now()
    times = {"asked_at": now, "remind_at": now, "call_from": now, "ends_at": now + timedelta(days=1)}
    Confirmation.objects.create(order=order, why="amount", by_link=True, **times)
    announce(order_signals.confirmation_asked, order_id=order.pk, by_link=True)
    run_jobs()

    assert [message.kind for message in Message.objects.order_by("pk")] == ["order.please_confirm", "order.placed"]
    assert "/confirm/" in sms[0].text
    assert "/confirm/" not in mail.outbox[0].body + mail.outbox[0].alternatives[0].content


def test_each_parcel_that_leaves_before_the_last_is_told_with_what_is_in_it(run_jobs, sms):
    order = make_held_order(language="en")
    first, second = open_parcels(order)
    move_to(first, "HANDED_OVER")
    run_jobs()
    line = order.lines.get(partner=first.origin.cooperative)

    assert told(order, "parcel.parcel_left") == [
        ("mail", order.guest_email, "en", "SENT"),
        ("sms", order.phone, "en", "SENT"),
    ]
    assert f"2 × {line.title}" in mail.outbox[0].body.replace("\u2068", "").replace("\u2069", "")
    assert first.reference in mail.outbox[0].body
    assert f"/orders/{order.number}/?k=" in sms[0].text
    move_to(second, "HANDED_OVER")
    run_jobs()
    kinds = Message.objects.filter(order=order, channel="sms").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["parcel.parcel_left", "order.shipped"]


def test_a_parcel_comes_once_a_day_and_says_what_is_paid_at_the_door(run_jobs, sms, clock):
    order = out_for_delivery(language="en")
    parcel = order.consignments.get()
    for days in (0, 0, 1):
        clock.shift(timedelta(days=days))
        announce(warehouse_signals.consignment_out_for_delivery, consignment_id=parcel.pk, order_id=order.pk)
        run_jobs()

    texts = [sent.text for sent in sms]
    assert len(texts) == 2
    assert f"{order.total_incl_tax} is paid at the door" in texts[0].replace("MAD ", "")


def test_a_lost_parcel_is_told_once(run_jobs, sms):
    order = shipped(language="en")
    ids = {"consignment_id": order.consignments.get().pk, "order_id": order.pk, "quantities": {}, "delivery": True}
    for _ in range(2):
        announce(warehouse_signals.consignment_lost, **ids)
        run_jobs()

    assert [sent.text for sent in sms if "is lost" in sent.text] == [sms[-1].text]
    assert told(order, "parcel.parcel_lost")[0][0] == "mail"


def test_a_landline_gets_no_sms_where_there_is_a_mail(run_jobs, sms):
    paid(phone="+212522123456")
    run_jobs()

    assert (len(mail.outbox), sms) == (1, [])
    assert Order.objects.get().phone == "+212522123456"
