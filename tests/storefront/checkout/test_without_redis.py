"""Buying needs the database alone: no page of it may touch the shared cache or the broker."""

import time

import pytest
from django.core.cache import caches
from kombu import Connection

from fulfilment.orders.models import Order
from storefront.notifications.gateways import MemorySms
from storefront.notifications.models import Message
from tests.factories.orders import Guest, open_deliveries, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_redis(monkeypatch):
    """Make any use of the cache or the broker fail loudly, instead of waiting for a frozen server."""

    def touched(*args, **kwargs):
        raise AssertionError("Redis was asked while buying")

    for name in ("get", "set", "add", "incr", "delete", "get_or_set", "get_many", "set_many", "touch"):
        monkeypatch.setattr(type(caches["default"]), name, touched)
    monkeypatch.setattr(Connection, "connect", touched)
    monkeypatch.setattr(Connection, "default_channel", property(touched))


def test_a_whole_purchase_answers_without_redis(no_redis):
    open_deliveries()
    honey = stock()
    guest = Guest(language="en")

    answers = [guest.add(honey), guest.get("basket/"), guest.get("checkout/"), guest.place()]
    order = Order.objects.get()
    answers.append(guest.get(f"orders/{order.number}/"))
    answers.append(guest.post("orders/find/", number=order.number, phone="0612345678"))

    assert [answer.status_code for answer in answers] == [302, 200, 200, 302, 200, 200]
    assert Message.objects.filter(kind="order_code").exists()


@pytest.mark.parametrize(("fault", "mend"), [("freeze", "thaw"), ("stop", "start")])
def test_a_purchase_answers_while_the_broker_is_away_and_the_message_leaves_afterwards(broker, run_jobs, fault, mend):
    open_deliveries()
    honey = stock()
    guest = Guest(language="en")
    getattr(broker, fault)()

    started = time.monotonic()
    answers = [guest.add(honey), guest.get("basket/"), guest.get("checkout/"), guest.place()]
    took = time.monotonic() - started
    sent_before = len(MemorySms.sent)
    getattr(broker, mend)()
    run_jobs()

    assert [answer.status_code for answer in answers] == [302, 200, 200, 302]
    assert took < 20  # a hang guard: a frozen broker would hold a request for minutes
    assert Order.objects.get().number in MemorySms.sent[-1].text
    assert len(MemorySms.sent) == sent_before + 1
