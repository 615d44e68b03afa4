import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.jobs.models import Job
from storefront.notifications import operations
from storefront.notifications.gateways import MemorySms
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import make_held_order
from tests.fakes.smtp import FakeSmtp

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sms(monkeypatch):
    monkeypatch.setattr(MemorySms, "sent", [])
    return MemorySms.sent


@pytest.fixture
def smtp(settings):
    with FakeSmtp() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        yield server


def write(key: str = "one", **fields: object) -> Message:
    values = {
        "kind": "test",
        "channel": "mail",
        "recipient": "fatima@example.com",
        "language": "ar",
        "subject": "طلبك",
        "text": "وصل طلبك",
        "html": "<p>وصل طلبك</p>",
        "now": timezone.now(),
    } | fields
    with transaction.atomic():
        operations.write_message(key=key, **values)
    return Message.objects.get(key=key)


def test_write_message_keeps_the_row_and_one_job_on_the_mail_queue():
    write()
    message = write()

    job = Job.objects.get()
    assert (message.state, job.queue, job.payload) == ("WAITING", "mail", {"message_key": "one"})
    assert mail.outbox == []


def test_a_mail_leaves_as_text_and_html_with_its_language(run_jobs):
    message = write()

    run_jobs()

    message.refresh_from_db()
    sent = mail.outbox[0]
    assert (message.state, message.sent_at is not None, len(mail.outbox)) == ("SENT", True, 1)
    assert (sent.to, sent.subject, sent.body) == (["fatima@example.com"], "طلبك", "وصل طلبك")
    assert [(content, kind) for content, kind in sent.alternatives] == [("<p>وصل طلبك</p>", "text/html")]
    assert sent.extra_headers["Content-Language"] == "ar"


def test_send_message_twice_sends_one(run_jobs):
    message = write()

    answers = [operations.send_message(message_key=message.key, now=timezone.now()) for _ in range(2)]

    assert (answers, len(mail.outbox)) == ([True, False], 1)


def test_the_same_message_always_carries_the_same_message_id():
    first, other = write("one"), write("two")

    ids = [operations.mail_of(message).extra_headers["Message-ID"] for message in (first, first, other)]

    assert ids[0] == ids[1] != ids[2]


def test_an_sms_leaves_through_the_gateway(run_jobs, sms):
    write(channel="sms", recipient="+212612345678", subject="", html="", text="قريبا")

    run_jobs()

    assert [(message.phone, message.text) for message in sms] == [("+212612345678", "قريبا")]


def test_a_line_break_in_a_subject_stays_out_of_the_headers(run_jobs):
    write(subject="Hello\r\nBcc: all@example.com")

    run_jobs()

    assert mail.outbox[0].subject == "Hello Bcc: all@example.com"


@pytest.mark.parametrize("refusing", ["connection", "recipient", "message"])
def test_a_mail_server_that_refuses_is_asked_again_until_it_takes_the_mail(smtp, refusing, run_jobs, clock):
    smtp.refusing = refusing
    message = write()
    run_jobs()
    message.refresh_from_db()
    refused = (message.state, "SMTP" in message.last_error, len(smtp.messages), Job.objects.get().attempts)

    smtp.refusing = ""
    clock.shift(timedelta(minutes=1))
    run_jobs()

    message.refresh_from_db()
    assert refused == ("FAILED", True, 0, 1)
    assert (message.state, message.last_error) == ("SENT", "")
    assert [received["Subject"] for received in smtp.messages] == ["طلبك"]


def test_a_mail_server_away_for_an_hour_loses_nothing(smtp, run_jobs, clock):
    smtp.refusing = "connection"
    write()
    for wait in (0, 1, 10):
        clock.shift(timedelta(minutes=wait))
        run_jobs()

    smtp.refusing = ""
    clock.shift(timedelta(minutes=60))
    run_jobs()

    assert (len(smtp.messages), Job.objects.get().attempts) == (1, 4)


def test_a_refusal_is_raised_so_that_the_job_is_tried_again(smtp):
    smtp.refusing = "message"
    message = write()

    with pytest.raises(smtplib.SMTPException):
        operations.send_message(message_key=message.key, now=timezone.now())


@pytest.mark.parametrize("kind", ["account.code", "account.login_code", "order_code"])
def test_a_code_leaves_the_row_with_its_message(run_jobs, sms, kind):
    message = write(kind=kind, channel="sms", recipient="+212612345678", subject="", html="", text="Code: 123456")

    run_jobs()

    message.refresh_from_db()
    assert [sent.text for sent in sms] == ["Code: 123456"]
    assert (message.state, message.text) == ("SENT", "")


def test_forget_old_deletes_letters_about_accounts_and_codes_and_keeps_those_of_orders(run_jobs, clock):
    order = make_held_order((make_stockrecord(), 1))
    write("account", kind="account.login_code")
    write("code", kind="order_code", order=order)
    write("told", kind="order.confirmed", order=order)
    run_jobs()
    clock.shift(timedelta(days=31))
    write("fresh", kind="account.login_code")

    operations.forget_old(now=timezone.now())

    assert set(Message.objects.values_list("key", flat=True)) == {"told", "fresh"}


def test_forget_old_blanks_a_code_that_never_left_and_it_is_not_sent_any_more(clock):
    message = write(kind="account.code", text="Code: 123456")
    clock.shift(timedelta(hours=3))

    operations.forget_old(now=timezone.now())

    message.refresh_from_db()
    assert (message.state, message.text, message.html) == ("WAITING", "", "")
    with pytest.raises(operations.CodeForgotten):
        operations.send_message(message_key=message.key, now=timezone.now())


def test_an_order_stands_while_the_mail_server_refuses_and_its_message_leaves_later(smtp, run_jobs, clock):
    smtp.refusing = "connection"
    open_deliveries()
    honey = stock(in_stock=10)
    order = place_order((honey, 2), email="fatima@example.com")
    run_jobs()
    order.refresh_from_db()
    honey.refresh_from_db()
    message = Message.objects.get(order=order, kind="order.confirmed", channel="mail")
    while_away = (order.status, honey.num_allocated, message.state, len(smtp.messages))

    smtp.refusing = ""
    clock.shift(timedelta(minutes=1))
    run_jobs()

    order.refresh_from_db()
    honey.refresh_from_db()
    message.refresh_from_db()
    assert while_away == ("PREPARING", 2, "FAILED", 0)
    assert (order.status, honey.num_allocated, message.state) == ("PREPARING", 2, "SENT")
    assert [received["To"] for received in smtp.messages] == ["fatima@example.com"]
    assert [name for name, check in registered().items() if list(check())] == []
