import pytest
from django.core import mail
from oscar.core.loading import get_class

from storefront.notifications.models import Message
from storefront.notifications.utils import Dispatcher
from tests.factories.parcels import make_held_order
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


def test_oscar_finds_our_dispatcher():
    assert get_class("communication.utils", "Dispatcher") is Dispatcher


def test_what_oscar_sends_is_written_down_and_sent_by_a_job(run_jobs):
    messages = {"subject": "Back in stock", "body": "It is here.", "html": "<p>It is here.</p>", "sms": ""}

    Dispatcher().dispatch_user_messages(make_person(email="laila@example.com"), messages)
    before = len(mail.outbox)
    run_jobs()

    assert (before, [sent.to for sent in mail.outbox]) == (0, [["laila@example.com"]])
    assert Message.objects.get().state == "SENT"


def test_nothing_that_oscar_calls_speaks_of_orders(run_jobs):
    make_held_order()

    run_jobs()

    assert not Message.objects.exists()
