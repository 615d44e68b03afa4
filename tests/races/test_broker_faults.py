"""Buying while the broker is away: the order stands at once, and the message leaves when the broker is back."""

import time

import pytest
from django.core import mail
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.jobs import relay, runner
from fulfilment.jobs.broker import Bell, BrokerAway, Doorbell
from fulfilment.jobs.models import Job
from storefront.notifications.models import Message
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    """What workers do once they are rung."""
    while ids := list(Job.objects.filter(state="WAITING", rung_at__isnull=False).values_list("pk", flat=True)):
        for job_id in ids:
            runner.run(job_id)
        relay.take_due(timezone.now())


@pytest.mark.parametrize("fault", ["stop", "freeze"])
def test_an_order_placed_while_the_broker_is_away_is_told_when_it_returns(broker, fault):
    open_deliveries()
    record = stock()
    bell = relay.Relay()
    getattr(broker, fault)()

    started = time.monotonic()
    order = place_order((record, 2), email="fatima@example.com")
    took = time.monotonic() - started
    rest = bell.step()
    told_early = len(mail.outbox)
    broker.start() if fault == "stop" else broker.thaw()
    bell.step()
    rung = broker.waiting()
    work()
    bell._doorbell.close()

    assert (took < 3, rest, told_early) == (True, relay.PAUSE, 0)
    assert rung >= 2
    told = list(Message.objects.values_list("order", "kind", "state"))
    assert told == [(order.pk, "order.confirmed", "SENT")] * 2  # by mail and by SMS
    assert [sent.to for sent in mail.outbox] == [["fatima@example.com"]]
    assert order.consignments.count() == 1
    assert [name for name, check in registered().items() if list(check())] == []


def test_twin_a_message_sent_to_the_broker_inside_the_purchase_would_hold_it(broker):
    doorbell = Doorbell()
    list(doorbell.ring([Bell("fulfilment.jobs.forget_old", 0, "bulk")]))
    broker.freeze()

    started = time.monotonic()
    with pytest.raises(BrokerAway):
        list(doorbell.ring([Bell("fulfilment.jobs.forget_old", 0, "bulk")]))

    assert time.monotonic() - started > 0.9
