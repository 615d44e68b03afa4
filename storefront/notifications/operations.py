"""Messages: written with what caused them, sent by a job, marked as sent once."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q, QuerySet

from catalogue.kernel.phones import can_receive_sms
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.models import Order
from fulfilment.orders.withdrawing.models import Withdrawal
from fulfilment.payments.models import Refund

from .gateways import sms_gateway
from .letters import Letter, order_letter
from .models import CODE, Message
from .recipients import recipient_sms
from .withdrawals import withdrawal_letter

SEND = "storefront.notifications.send_message"
DOMAIN = "messages.biladalkhair.example"
TO_THE_PHONE = ("please_confirm", "please_confirm_again")
KEPT = timedelta(days=30)
CODE_KEPT = timedelta(hours=2)
"""A code that could not be sent is wanted for its job's last try, and by nobody after it."""


class CodeForgotten(Exception):
    """The message carried a code that is too old to be of use; there is nothing left to send."""


@transaction.atomic
def write_message(
    *,
    key: str,
    kind: str,
    channel: str,
    recipient: str,
    language: str,
    text: str,
    now: datetime,
    subject: str = "",
    html: str = "",
    order: Order | None = None,
) -> None:
    """Write a message and the job that sends it, in the caller's transaction. A key used before changes nothing."""
    message = Message(
        key=key,
        kind=kind,
        order=order,
        channel=channel,
        recipient=recipient,
        language=language,
        subject=" ".join(subject.split()),  # a line break in a subject would end the mail's headers
        text=text,
        html=html,
        created_at=now,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    enqueue(task=SEND, key=f"send:{key}", payload={"message_key": key}, now=now)


@transaction.atomic
def write_order_message(*, order_id: int, kind: str, now: datetime) -> None:
    """Tell the payer about a step: by mail if there is an address, by SMS if not. Each order and kind once.

    What asks whether a number's owner meant it goes to the number itself, where that can be.

    Whoever else receives it hears of the parcel by SMS, under a key of their own.
    """
    order = Order.objects.select_related("user", "shipping_address__country").get(pk=order_id)
    paid_back = kind == "cancelled" and Refund.objects.filter(attempt__order=order, reason="CANCELLED").exists()
    letter = order_letter(order, "cancelled_paid" if paid_back else kind)
    _tell_payer(order, f"order.{kind}", letter, f"order:{order.number}:{kind}", now, to_the_phone=kind in TO_THE_PHONE)
    _tell_recipient(order, kind, now)


@transaction.atomic
def write_refund_message(*, refund_id: int, kind: str, now: datetime) -> None:
    """Tell the payer what became of a refund. Each refund and kind once."""
    refund = Refund.objects.select_related("attempt__order__user").get(pk=refund_id)
    order = refund.attempt.order
    by_transfer = kind == "refund_owed" and refund.way == Refund.Way.TRANSFER
    letter = order_letter(order, f"{kind}_by_transfer" if by_transfer else kind, refund)
    message = f"refund.{kind.removeprefix('refund_')}"  # not a step of the order: one order may have several
    _tell_payer(order, message, letter, f"order:{order.number}:{refund.key}:{kind}", now)


def _tell_payer(
    order: Order, kind: str, letter: Letter, key: str, now: datetime, *, to_the_phone: bool = False
) -> None:
    common = {"key": key, "kind": kind, "language": order.language}
    if order.email and not (to_the_phone and can_receive_sms(order.phone)):
        write_message(
            channel=Message.Channel.MAIL,
            recipient=order.email,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            order=order,
            now=now,
            **common,
        )
    else:
        write_message(
            channel=Message.Channel.SMS, recipient=order.phone, text=letter.sms, order=order, now=now, **common
        )


def _tell_recipient(order: Order, kind: str, now: datetime) -> None:
    text = recipient_sms(order, kind)
    if text and order.recipient_phone != order.phone and can_receive_sms(order.recipient_phone):
        write_message(
            key=f"order:{order.number}:{kind}:recipient",
            kind=f"recipient.{kind}",
            channel=Message.Channel.SMS,
            recipient=order.recipient_phone,
            language=order.recipient_language,
            text=text,
            order=order,
            now=now,
        )


@transaction.atomic
def write_withdrawal_message(*, withdrawal_id: int, kind: str, now: datetime) -> None:
    """Tell the payer about a withdrawal, by mail and by SMS as far as there are addresses. Each kind once."""
    withdrawal = Withdrawal.objects.select_related("order__user").prefetch_related("lines__line").get(pk=withdrawal_id)
    order, letter = withdrawal.order, withdrawal_letter(withdrawal, kind)
    key = f"withdrawal:{withdrawal.reference}:{kind}"
    common: dict[str, Any] = {"kind": f"withdrawal.{kind}", "language": order.language, "order": order, "now": now}
    if order.email:
        write_message(
            key=f"{key}:mail",
            channel=Message.Channel.MAIL,
            recipient=order.email,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            **common,
        )
    if can_receive_sms(order.phone) or not order.email:
        write_message(key=f"{key}:sms", channel=Message.Channel.SMS, recipient=order.phone, text=letter.sms, **common)


def send_message(*, message_key: str, now: datetime) -> bool:
    """Send a message that was not sent yet; False when it was. A refusal is kept on the row and raised.

    A one-time code does not stay on the row once it left. The server may have taken a mail whose sender was killed
    before the row said so: the second copy carries the same Message-ID, by which mailboxes know it.
    """
    message = Message.objects.get(key=message_key)
    if message.state == Message.State.SENT:
        return False
    if message.holds_a_code and not message.text:
        raise CodeForgotten(message_key)
    try:
        if message.channel == Message.Channel.SMS:
            sms_gateway().send(message.recipient, message.text)
        else:
            mail_of(message).send()
    except Exception as error:
        _unsent(message).update(state=Message.State.FAILED, last_error=repr(error)[:2000])
        raise
    blank = {"text": "", "html": ""} if message.holds_a_code else {}
    return bool(_unsent(message).update(state=Message.State.SENT, sent_at=now, last_error="", **blank))


def forget_old(*, now: datetime) -> int:
    """Delete what was sent about accounts, and codes, a month ago; blank codes that never left.

    Messages about an order stay with their order. What was not sent stays until someone has seen to its job.
    """
    codes = Message.objects.filter(kind__endswith=CODE)
    codes.filter(created_at__lt=now - CODE_KEPT).exclude(text="").update(text="", html="")
    old = Message.objects.filter(Q(order__isnull=True) | Q(kind__endswith=CODE))
    deleted, _ = old.filter(state=Message.State.SENT, created_at__lt=now - KEPT).delete()
    return deleted


def mail_of(message: Message) -> EmailMultiAlternatives:
    """Build the mail with its text and, where there is one, its HTML."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}{message.key}".encode()).hexdigest()[:32]
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        to=[message.recipient],
        headers={
            "Message-ID": f"<{digest}@{DOMAIN}>",
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def _unsent(message: Message) -> "QuerySet[Message]":
    return Message.objects.filter(pk=message.pk).exclude(state=Message.State.SENT)
