"""Reminders may be refused: by a link without sign-in, by a mailbox's own button, and they come no more."""

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from fulfilment.orders.links import key_for, reminders_url
from storefront.notifications import operations
from storefront.notifications.models import Message, Refusal
from storefront.notifications.policies import OPTIONAL
from storefront.notifications.queries import has_refused
from storefront.notifications.words import WORDS
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return make_held_order((make_stockrecord(), 1), method="transfer", status="PENDING_PAYMENT", language="en")


def path(order, key=None):
    return f"/en/orders/{order.number}/reminders/?k={key_for(order.number) if key is None else key}"


def remind(order, kind="transfer_reminder"):
    operations.write_order_message(order_id=order.pk, kind=kind, now=timezone.now())


def test_looking_changes_nothing_pressing_stops_and_pressing_again_lets_them_come(order):
    browser = Client(enforce_csrf_checks=True)
    looked = browser.get(path(order))
    before = Refusal.objects.count()
    stopped = browser.post(path(order))
    again = browser.post(path(order), {"again": "1"})

    assert [looked.status_code, stopped.status_code, again.status_code, before] == [200, 200, 200, 0]
    assert "You get no more reminders." in stopped.content.decode()
    assert "You get no more reminders." not in again.content.decode()
    said = list(Refusal.objects.order_by("pk").values_list("contact", "refused"))
    contacts = [order.guest_email.lower(), order.phone]
    assert said == [(contact, refused) for refused in (True, False) for contact in contacts]


def test_a_mailbox_s_own_button_stops_them_as_rfc_8058_says(order, run_jobs):
    remind(order)
    run_jobs()
    headers = mail.outbox[0].extra_headers
    address = headers["List-Unsubscribe"].strip("<>")

    answer = Client(enforce_csrf_checks=True).post(
        address.partition("127.0.0.1:8000")[2], {"List-Unsubscribe": "One-Click"}
    )

    assert address == reminders_url(order)
    assert address in mail.outbox[0].body
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (answer.status_code, has_refused(order.guest_email.upper())) == (200, True)


def test_who_said_no_is_not_reminded_of_any_order_and_told_everything_else(order, run_jobs):
    operations.refuse_reminders(order_id=order.pk, refused=True, now=timezone.now())
    another = make_held_order((make_stockrecord(), 1), guest_email=order.guest_email, phone=order.phone)

    for kind in WORDS:
        if "report" not in kind and not kind.startswith(("parcel", "out_for", "line", "refund")):
            remind(another, kind)

    told = set(Message.objects.values_list("kind", flat=True))
    assert not {f"order.{kind}" for kind in OPTIONAL} & told
    assert {"order.paid", "order.shipped", "order.cancelled"} <= told


def test_only_what_may_be_refused_says_how_to(order, run_jobs):
    for kind in ("paid", "shipped", "transfer_reminder"):
        remind(order, kind)
    run_jobs()

    assert ["List-Unsubscribe" in sent.extra_headers for sent in mail.outbox] == [False, False, True]
    assert ["/reminders/" in sent.body for sent in mail.outbox] == [False, False, True]


def test_a_stranger_changes_nothing(order):
    answers = [
        Client().get(path(order, "0" * 24)),
        Client().post(path(order, "0" * 24)),
        Client().post(path(order, "")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert not Refusal.objects.exists()


def test_a_browser_that_knows_the_order_still_needs_the_key_to_change_it(order):
    """Nobody can lead it there by a form of theirs: the button asks for no token."""
    browser = Client()
    browser.get(path(order))

    assert browser.post(path(order, "")).status_code == 404


def test_refusals_are_only_added(order):
    operations.refuse_reminders(order_id=order.pk, refused=True, now=timezone.now())

    for statement in ("UPDATE communication_refusal SET refused = false", "DELETE FROM communication_refusal"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
