"""The port for SMS: a failing provider is asked again with the same key, and a person gets it once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ClassVar

import pytest

from fulfilment.jobs.models import Job
from storefront.demo.boxes import SmsBox
from storefront.demo.models import Letter
from storefront.notifications.gateways import FileSms
from storefront.notifications.models import Message
from tests.storefront.notifications.test_operations import write


class Provider:
    """Takes a message and loses its own answer, as many times as it is told to."""

    faults: ClassVar[int] = 0
    asked: ClassVar[list[str]] = []
    delivered: ClassVar[dict[str, str]] = {}

    def send(self, phone, text, *, key):
        type(self).asked.append(key)
        self.delivered[key] = text
        if type(self).faults:
            type(self).faults -= 1
            raise TimeoutError("no answer")


@pytest.fixture
def provider(settings, monkeypatch):
    settings.SMS_GATEWAY = f"{__name__}.Provider"
    for name, value in {"faults": 0, "asked": [], "delivered": {}}.items():
        monkeypatch.setattr(Provider, name, value)
    return Provider


@pytest.mark.django_db
def test_a_provider_whose_answer_is_lost_is_asked_again_with_the_same_key(provider, run_jobs, clock):
    provider.faults = 2
    write(channel="sms", recipient="+212612345678", subject="", html="", text="قريبا")
    run_jobs()
    failed = Message.objects.get()
    for minutes in (1, 10):
        clock.shift(timedelta(minutes=minutes))
        run_jobs()

    assert (failed.state, "no answer" in failed.last_error) == ("FAILED", True)
    assert (len(provider.asked), list(provider.delivered.values())) == (3, ["قريبا"])
    assert (Message.objects.get().state, Job.objects.get().state) == ("SENT", "DONE")


@pytest.mark.django_db
def test_a_provider_that_never_answers_leaves_a_dead_letter_that_someone_sees(provider, run_jobs, clock):
    provider.faults = 99
    write(channel="sms", recipient="+212612345678", subject="", html="", text="قريبا")
    for minutes in (0, 1, 10, 60):
        clock.shift(timedelta(minutes=minutes))
        run_jobs()

    assert (Message.objects.get().state, Job.objects.get().state) == ("FAILED", "DEAD")


def test_the_file_keeps_each_key_once_whoever_writes_it(settings, tmp_path):
    settings.SMS_FILE = tmp_path / "box" / "sms.jsonl"

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: FileSms().send("+212612345678", f'«{n % 3}» "x"', key=f"k{n % 3}"), range(12)))

    rows = [json.loads(line) for line in settings.SMS_FILE.read_text("utf-8").splitlines()]
    assert sorted((row["key"], row["text"]) for row in rows) == [(f"k{n}", f'«{n}» "x"') for n in range(3)]


@pytest.mark.django_db
def test_the_demonstration_s_box_shows_each_message_once_and_writes_it_to_the_file(settings, tmp_path):
    settings.SMS_FILE = tmp_path / "sms.jsonl"

    for _ in range(2):
        SmsBox().send("+212612345678", "123456", key="one")

    assert Letter.objects.count() == 1
    assert len(settings.SMS_FILE.read_text("utf-8").splitlines()) == 1
