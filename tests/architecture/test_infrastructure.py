"""What the test suite itself promises."""

import datetime
import smtplib

import pytest
from django.utils import timezone

from catalogue.kernel.models import DataShift
from tests.fakes.smtp import FakeSmtp
from tests.support import browser
from tests.support.races import run_together


def test_clock_stands_at_noon_on_20_november_2026():
    assert timezone.localtime().date() == datetime.date(2026, 11, 20)
    assert timezone.localtime().utcoffset() == datetime.timedelta(0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_transactional_tests_leave_nothing_and_keep_what_migrations_wrote(turn):
    from django.contrib.sites.models import Site

    assert (DataShift.objects.count(), Site.objects.count()) == (0, 1)
    DataShift.objects.create(days=turn)
    Site.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_run_together_gives_answers_in_order_and_expected_faults_in_their_place():
    def count(number):
        if number == 1:
            raise KeyError(number)
        return DataShift.objects.count() + number

    answers = run_together(count, workers=3, expected=KeyError)

    assert (answers[0], type(answers[1]), answers[2]) == (0, KeyError, 2)


def test_run_together_reports_what_nobody_expected():
    with pytest.raises(ZeroDivisionError):
        run_together(lambda: 1 / 0, workers=2)


def test_fake_smtp_keeps_messages_and_can_refuse():
    with FakeSmtp() as server:
        with smtplib.SMTP("127.0.0.1", server.port) as client:
            client.sendmail("shop@example.com", ["souad@example.com"], "Subject: one\n\n.dot\n")
        server.refusing = "message"
        with smtplib.SMTP("127.0.0.1", server.port) as client, pytest.raises(smtplib.SMTPDataError):
            client.sendmail("shop@example.com", ["souad@example.com"], "Subject: two\n\n")

    assert [message["Subject"] for message in server.messages] == ["one"]


@pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_a_machine_without_chromium_is_told_the_package_and_ci_fails(required, outcome, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("JOURNEYS_REQUIRED", raising=False)
    if required:
        monkeypatch.setenv("JOURNEYS_REQUIRED", required)

    with pytest.raises(outcome, match="install the package chromium"):
        browser.required_chromium()
