"""Two workers and one step: it is told once. Without what keeps them apart it is told twice."""

import functools
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from catalogue.kernel import events
from fulfilment.jobs import operations as jobs
from fulfilment.jobs import runner
from fulfilment.jobs.models import Job
from fulfilment.orders import signals
from storefront.notifications import operations
from storefront.notifications.gateways import MemorySms
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


class Provider:
    """Takes its time, and sends all that it is given: it knows no key."""

    sent: list[str] = []

    def send(self, phone, text, *, key):
        self.sent.append(text)
        time.sleep(0.2)


@pytest.fixture
def provider(settings, monkeypatch):
    settings.SMS_GATEWAY = f"{__name__}.Provider"
    monkeypatch.setattr(Provider, "sent", [])
    return Provider


@pytest.fixture
def paid():
    order = make_held_order((make_stockrecord(), 1), status="PAID", method="card", guest_email="")
    with transaction.atomic():
        events.announce(signals.order_paid, order_id=order.pk)
    return order


def due(task):
    return list(Job.objects.filter(task=task, state="WAITING").values_list("pk", flat=True))


def test_workers_that_write_and_send_together_tell_once(paid, provider):
    for task in ("storefront.notifications.write_order_message", operations.SEND):
        [job] = due(task)
        run_together(functools.partial(runner.run, job), workers=WORKERS)

    assert len(provider.sent) == 1
    assert Message.objects.get().state == "SENT"


def test_written_by_two_that_both_have_the_job_it_is_one_row(paid):
    run_together(
        lambda: operations.write_order_message(order_id=paid.pk, kind="paid", now=timezone.now()), workers=WORKERS
    )

    assert Message.objects.count() == 1
    assert len(due(operations.SEND)) == 1


def test_twin_without_the_claim_each_worker_sends(paid, provider, monkeypatch):
    runner.run(due("storefront.notifications.write_order_message")[0])
    meeting = threading.Barrier(2)

    def claim(*, job_id, now):
        job, lease = Job.objects.get(pk=job_id), uuid4()
        Job.objects.filter(pk=job_id).update(state="RUNNING", lease=lease, leased_until=now + timedelta(minutes=5))
        meeting.wait(timeout=30)
        return jobs.Claim(job_id, job.task, job.payload, 1, lease)

    monkeypatch.setattr(jobs, "claim", claim)
    [job] = due(operations.SEND)
    run_together(lambda: runner.run(job), workers=2)

    assert len(provider.sent) == 2


def test_a_provider_that_knows_the_key_sends_once_even_then(paid, monkeypatch):
    monkeypatch.setattr(MemorySms, "sent", [])
    operations.write_order_message(order_id=paid.pk, kind="paid", now=timezone.now())
    key = Message.objects.get().key

    run_together(lambda: operations.send_message(message_key=key, now=timezone.now()), workers=WORKERS)

    assert len(MemorySms.sent) == 1
