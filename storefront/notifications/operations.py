"""Messages: written with what caused them, sent by a job, marked as sent once."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q, QuerySet

from catalogue.kernel.phones import can_receive_sms
from fulfilment.complaints.queries import decision_behind, with_all
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.links import reminders_url
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CARD
from fulfilment.orders.withdrawing.models import Withdrawal
from fulfilment.payments.models import Refund
from fulfilment.recalls.models import Recall
from fulfilment.recalls.queries import is_nameless, recalled_in
from fulfilment.warehouse.models import Shortage

from .collecting import is_told
from .complaints import complaint_letter
from .gateways import sms_gateway
from .letters import Letter, order_letter
from .models import CODE, Message, Refusal
from .parcels import parcel_facts, parcel_of, shortage_facts
from .policies import ALSO_BY_SMS, OPTIONAL, PAID_BACK, TO_THE_PHONE
from .queries import folded, has_refused, recall_key
from .recalls import KIND as RECALL
from .recalls import recall_letter, recipient_recall_sms
from .recipients import recipient_sms
from .withdrawals import withdrawal_letter

SEND = "storefront.notifications.send_message"
DOMAIN = "messages.biladalkhair.example"
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
    """Tell the payer about a step: by mail where there is an address; where the steps say so, or there is none, by SMS.

    Each order, kind and way once. Whoever else receives it hears of the parcel by SMS, under a key of their own.
    """
    order = Order.objects.select_related("user", "shipping_address__country", "collect_at").get(pk=order_id)
    if not is_told(order, kind) or _acknowledged_otherwise(order, kind):
        return
    paid_back = kind in PAID_BACK and Refund.objects.filter(attempt__order=order, reason="CANCELLED").exists()
    letter = order_letter(order, f"{kind}_paid" if paid_back else kind)
    key = f"order:{order.number}:{kind}"
    _tell(order, f"order.{kind}", letter, key, now, by_sms=kind in ALSO_BY_SMS, to_the_phone=kind in TO_THE_PHONE)
    if kind == "please_confirm" and order.email and can_receive_sms(order.phone):
        acknowledgement = order_letter(order, "placed_and_asked")
        _tell(order, "order.placed", acknowledgement, f"order:{order.number}:placed", now, by_sms=False)
    _tell_recipient(order, recipient_sms(order, kind), f"recipient.{kind}", f"{key}:recipient", now)


def _acknowledged_otherwise(order: Order, kind: str) -> bool:
    """Tell whether a card order need not be told that it is here: it is paid or held, or over, and its letter says so.

    Asked a little after it was placed, since most are paid by then.
    """
    if kind != "placed" or order.payment_method != CARD:
        return False
    return order.status != Order.Status.PENDING_PAYMENT or order.events.filter(kind="authorised").exists()


@transaction.atomic
def write_parcel_message(*, consignment_id: int, kind: str, now: datetime, on: date | None = None) -> None:
    """Tell of one parcel: each parcel and kind once, where ``on`` is a day each day once.

    To the payer by mail and SMS; to whoever receives it by SMS.
    """
    parcel = parcel_of(consignment_id)
    order = parcel.order
    key = f"order:{order.number}:{parcel.reference}:{kind}{f':{on}' if on else ''}"
    name = f"{kind}_in_cash" if kind == "out_for_delivery" and parcel.due else kind
    letter = order_letter(order, name, more=parcel_facts(parcel))
    _tell(order, f"parcel.{kind}", letter, key, now, by_sms=kind in ALSO_BY_SMS)
    theirs = recipient_sms(order, name, parcel.due)
    _tell_recipient(order, theirs, f"recipient.parcel.{kind}", f"{key}:recipient", now)


@transaction.atomic
def write_shortage_message(*, shortage_id: int, kind: str, missing: int, now: datetime) -> None:
    """Ask the payer about ``missing`` pieces, or say that they are left out: each number of each shortage once.

    What was decided before it could be asked is not asked any more, nor is a question that another replaced.
    """
    found = Shortage.objects.select_related("order_line", "consignment__order__user")
    shortage = found.get(pk=shortage_id)
    order = shortage.consignment.order
    is_over = kind == "line_short" and (shortage.outcome or shortage.missing != missing)
    if is_over or order.status == Order.Status.CANCELLED:
        return
    letter = order_letter(order, kind, more=shortage_facts(shortage, missing))
    key = f"order:{order.number}:shortage:{shortage.pk}:{kind}:{missing}"
    _tell(order, f"parcel.{kind}", letter, key, now, by_sms=kind in ALSO_BY_SMS)


@transaction.atomic
def write_refund_message(*, refund_id: int, kind: str, now: datetime) -> None:
    """Tell the payer what became of a refund. Each refund, kind and way once."""
    refund = Refund.objects.select_related("attempt__order__user").get(pk=refund_id)
    order = refund.attempt.order
    name, more = kind, {}
    if kind == "refund_owed":
        if answer := decision_behind(refund):
            name, more = "report_refunded", {"reference": answer.complaint.reference}
        name += "_by_transfer" if refund.way == Refund.Way.TRANSFER else ""
    letter = order_letter(order, name, refund, more)
    message = f"refund.{kind.removeprefix('refund_')}"  # not a step of the order: one order may have several
    _tell(order, message, letter, f"order:{order.number}:{refund.key}:{kind}", now, by_sms=kind in ALSO_BY_SMS)


@transaction.atomic
def write_withdrawal_message(*, withdrawal_id: int, kind: str, now: datetime) -> None:
    """Tell the payer about a withdrawal, by mail and by SMS as far as there are addresses. Each kind once."""
    withdrawal = Withdrawal.objects.select_related("order__user").prefetch_related("lines__line").get(pk=withdrawal_id)
    order, letter = withdrawal.order, withdrawal_letter(withdrawal, kind)
    _tell(order, f"withdrawal.{kind}", letter, f"withdrawal:{withdrawal.reference}:{kind}", now, by_sms=True)


@transaction.atomic
def write_complaint_message(*, complaint_id: int, kind: str, now: datetime) -> None:
    """Tell the payer about a report of missing or broken goods. Each kind once."""
    complaint = with_all().select_related("order__user").get(pk=complaint_id)
    order, letter = complaint.order, complaint_letter(complaint, kind)
    key = f"complaint:{complaint.reference}:{kind}"
    _tell(order, kind.replace("_", ".", 1), letter, key, now, by_sms=kind in ALSO_BY_SMS)


@transaction.atomic
def write_recall_message(*, recall_id: int, order_id: int, now: datetime) -> None:
    """Tell payer and recipient what to do with goods that are called back, by mail and by SMS. Each recall once.

    Whoever bought over a counter without leaving a number cannot be told.
    """
    recall = Recall.objects.get(pk=recall_id)
    order = Order.objects.select_related("user", "counter_sale").get(pk=order_id)
    pieces = [row for row in recalled_in([order.pk]) if row.recall == recall]
    if not pieces or is_nameless(order):
        return
    key = f"{recall_key(recall)}{order.number}"
    _tell(order, RECALL, recall_letter(recall, order, pieces), key, now, by_sms=True)
    _tell_recipient(order, recipient_recall_sms(recall, order, pieces), f"recipient.{RECALL}", f"{key}:recipient", now)


def _tell(
    order: Order, kind: str, letter: Letter, key: str, now: datetime, *, by_sms: bool, to_the_phone: bool = False
) -> None:
    """Write what the payer is told: by mail under ``key``, by SMS beside it under a key of its own.

    What may be refused is not written to an address that refused it.
    """
    reachable = can_receive_sms(order.phone)
    by_mail = bool(order.email) and not (to_the_phone and reachable)
    by_sms = not by_mail or (by_sms and reachable)
    common: dict[str, Any] = {"kind": kind, "language": order.language, "order": order, "now": now}
    optional = kind.removeprefix("order.") in OPTIONAL
    if by_mail and not (optional and has_refused(order.email)):
        write_message(
            key=key,
            channel=Message.Channel.MAIL,
            recipient=order.email,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            **common,
        )
    if by_sms and not (optional and has_refused(order.phone)):
        sms_key = f"{key}:sms" if by_mail else key
        write_message(key=sms_key, channel=Message.Channel.SMS, recipient=order.phone, text=letter.sms, **common)


def _tell_recipient(order: Order, text: str, kind: str, key: str, now: datetime) -> None:
    if text and order.recipient_phone != order.phone and can_receive_sms(order.recipient_phone):
        write_message(
            key=key,
            kind=kind,
            channel=Message.Channel.SMS,
            recipient=order.recipient_phone,
            language=order.recipient_language,
            text=text,
            order=order,
            now=now,
        )


@transaction.atomic
def refuse_reminders(*, order_id: int, refused: bool, now: datetime) -> None:
    """Keep that whoever ordered wants no more reminders, or wants them again, at each address of theirs."""
    order = Order.objects.select_related("user").get(pk=order_id)
    for contact in filter(None, (order.email, order.phone)):
        if has_refused(contact) != refused:
            Refusal.objects.create(contact=folded(contact), refused=refused, at=now, order=order)


def send_message(*, message_key: str, now: datetime) -> bool:
    """Send a message that was not sent yet; False when it was. A refusal is kept on the row and raised.

    A one-time code does not stay on the row once it left. The server may have taken a message whose sender was killed
    before the row said so: the second copy carries the same Message-ID, by which mailboxes know it, or the same key,
    by which the SMS gateway does.
    """
    message = Message.objects.get(key=message_key)
    if message.state == Message.State.SENT:
        return False
    if message.holds_a_code and not message.text:
        raise CodeForgotten(message_key)
    try:
        if message.channel == Message.Channel.SMS:
            sms_gateway().send(message.recipient, message.text, key=_digest(message))
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
    headers = {
        "Message-ID": f"<{_digest(message)}@{DOMAIN}>",
        "Content-Language": message.language,
        "Auto-Submitted": "auto-generated",
    }
    if message.order and message.kind.removeprefix("order.") in OPTIONAL:
        headers["List-Unsubscribe"] = f"<{reminders_url(message.order)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    mail = EmailMultiAlternatives(message.subject, message.text, to=[message.recipient], headers=headers)
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def _digest(message: Message) -> str:
    """Return by what a mailbox or a provider knows a second copy of the same message."""
    return hashlib.sha256(f"{settings.SECRET_KEY}{message.key}".encode()).hexdigest()[:32]


def _unsent(message: Message) -> "QuerySet[Message]":
    return Message.objects.filter(pk=message.pk).exclude(state=Message.State.SENT)
