"""The recipient is told of the parcel, the payer of the money; each once, each in their language."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.orders import operations as orders
from fulfilment.orders.links import key_for, recipient_url
from storefront.notifications import operations
from storefront.notifications.gateways import MemorySms
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels

pytestmark = pytest.mark.django_db
LAILA = {"recipient_name": "Laila", "recipient_phone": "+212623456789", "recipient_language": "en"}


@pytest.fixture(autouse=True)
def sms(monkeypatch):
    monkeypatch.setattr(MemorySms, "sent", [])
    return MemorySms.sent


def paid(run_jobs, **fields):
    values = {"status": "PENDING_PAYMENT", "method": "card", "language": "fr", **LAILA, **fields}
    order = make_held_order((make_stockrecord(), 2), **values)
    orders.mark_paid(order_id=order.pk, now=timezone.now())
    run_jobs()
    return order


def told(order):
    """Return what was written, the SMS that repeat a mail to the payer left out."""
    found = Message.objects.filter(order=order).exclude(recipient=order.phone).order_by("pk")
    return list(found.values_list("kind", "channel", "language"))


def to_laila(sms):
    return [message for message in sms if message.phone == LAILA["recipient_phone"]]


def test_a_paid_order_tells_the_payer_of_the_money_and_the_recipient_of_the_parcel(run_jobs, sms):
    order = paid(run_jobs)

    assert told(order) == [("order.paid", "mail", "fr"), ("recipient.paid", "sms", "en")]
    assert [(message.phone, message.text) for message in to_laila(sms)] == [
        (
            "+212623456789",
            f"Bilad Al Khair: a parcel from {order.buyer_name} is being prepared for you. {recipient_url(order)}",
        )
    ]
    assert mail.outbox[0].to == [order.guest_email]
    assert recipient_url(order) not in mail.outbox[0].body


def test_the_recipient_s_message_has_no_amount_no_contact_and_not_the_payer_s_key(run_jobs, sms):
    order = paid(run_jobs, prices_hidden=True)
    for parcel in order.consignments.all():
        move_to(parcel, "DELIVERED")
    run_jobs()

    assert len(to_laila(sms)) == 3
    for message in to_laila(sms):
        for hidden in (str(order.total_incl_tax), "MAD", "DH", order.phone, order.guest_email, key_for(order.number)):
            assert hidden not in message.text


def test_each_step_is_told_once_however_often_it_is_said(run_jobs):
    order = paid(run_jobs)
    for parcel in order.consignments.all():
        move_to(parcel, "DELIVERED")
    run_jobs()
    for kind in ("paid", "shipped", "delivered"):
        operations.write_order_message(order_id=order.pk, kind=kind, now=timezone.now())
    run_jobs()

    kinds = [kind for kind, _channel, _language in told(order)]
    assert sorted(kinds) == sorted(
        f"{who}.{step}" for who in ("order", "recipient") for step in ("paid", "shipped", "delivered")
    )


def test_cash_is_announced_to_both_and_asked_from_the_recipient(run_jobs, sms):
    order = make_held_order((make_stockrecord(), 2), status="PENDING_CONFIRMATION", **LAILA | {"language": "en"})
    orders.confirm(order_id=order.pk, now=timezone.now())
    run_jobs()

    assert "You pay the courier MAD 240.00." in to_laila(sms)[0].text
    assert "The courier asks \u2068Laila\u2069 for \u2068MAD\u00a0240.00\u2069 in cash." in mail.outbox[0].body
    assert "You pay" not in mail.outbox[0].body


@pytest.mark.parametrize("phone", ["", "+212522123456", "same"])
def test_without_a_phone_of_their_own_that_takes_sms_nobody_is_told(run_jobs, sms, phone):
    order = paid(run_jobs, recipient_phone="+212612345678" if phone == "same" else phone)

    assert told(order) == [("order.paid", "mail", "fr")]
    assert [message.phone for message in sms] == [order.phone]


def test_an_order_for_the_payer_alone_tells_the_payer_alone(run_jobs):
    order = paid(run_jobs, recipient_name="", recipient_phone="", recipient_language="")

    assert told(order) == [("order.paid", "mail", "fr")]


def test_a_cancelled_parcel_is_called_off_only_where_it_was_announced(run_jobs):
    announced = make_held_order((make_stockrecord(), 1), status="PENDING_CONFIRMATION", **LAILA)
    orders.confirm(order_id=announced.pk, now=timezone.now())
    run_jobs()
    never = make_held_order((make_stockrecord(), 1), status="PENDING_CONFIRMATION", **LAILA)
    for order in (announced, never):
        orders.cancel(order_id=order.pk, now=timezone.now())
    run_jobs()

    assert [kind for kind, *_ in told(announced)][-1] == "recipient.cancelled"
    assert [kind for kind, *_ in told(never)] == ["order.cancelled"]


def test_letters_to_the_payer_name_the_number_the_courier_calls(run_jobs):
    paid(run_jobs)

    body = mail.outbox[0].body.replace("\u00a0", " ")
    assert "06 23 45 67 89" in body
    assert "06 12 34 56 78" not in body


def test_the_timeline_names_both_people(run_jobs, capsys):
    order = paid(run_jobs)
    open_parcels(order)
    call_command("order_timeline", order.number)

    text = capsys.readouterr().out
    assert f"payer {order.buyer_name} {order.phone} (fr), recipient Laila +212623456789 (en)" in text
    assert "recipient.paid by sms in en: sent" in text


def test_the_invariant_sees_a_step_told_to_the_recipient_twice(run_jobs):
    order = paid(run_jobs)
    check = registered()["messages: each order hears of each step once"]
    assert list(check()) == []

    Message.objects.filter(kind="order.paid").update(kind="recipient.paid")

    assert [row["order_id"] for row in check()] == [order.pk]
