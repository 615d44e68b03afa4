"""Everything that happened to one order, from every table that knows of it, in time order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from fulfilment.jobs.models import Job
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies.accounts import PAYABLE
from fulfilment.orders.models import Order
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payouts.models import Freeze, Payable

from .models import Message


@dataclass(frozen=True)
class Entry:
    at: datetime
    source: str
    text: str


def history(order: Order) -> list[Entry]:
    """Events, payment attempts, parcels, jobs, messages, what the cooperatives earned and what was booked."""
    messages = list(Message.objects.filter(order=order))
    entries = [
        *_events(order),
        *_attempts(order),
        *_messages(messages),
        *_jobs(order, [f"send:{message.key}" for message in messages]),
        *_earnings(order),
        *_ledger(order),
    ]
    return sorted(entries, key=lambda entry: entry.at)  # what happened at one instant stays in its own order


def _events(order: Order) -> Iterator[Entry]:
    for event in order.events.order_by("at", "pk"):
        details = " ".join(f"{name}={value}" for name, value in event.data.items())
        by = f"by person {event.by_id}" if event.by_id else ""
        yield Entry(event.at, "order", _line(event.kind, details, by))


def _attempts(order: Order) -> Iterator[Entry]:
    for attempt in order.payment_attempts.all():
        what = f"attempt {attempt.number}, {attempt.provider}, {attempt.amount} {attempt.currency}"
        yield Entry(attempt.created_at, "payment", f"{what}: started")
        if attempt.state != PaymentAttempt.State.STARTED or attempt.last_error:
            yield Entry(attempt.updated_at, "payment", _line(f"{what}: {attempt.state}", attempt.last_error))


def _messages(messages: list[Message]) -> Iterator[Entry]:
    for message in messages:
        what = f"{message.kind} by {message.channel} in {message.language}"
        yield Entry(message.created_at, "message", f"{what}: written")
        if message.sent_at:
            yield Entry(message.sent_at, "message", f"{what}: sent")


def _jobs(order: Order, keys: list[str]) -> Iterator[Entry]:
    about: Any = Q(payload__order_id=order.pk) | Q(key__in=keys)
    for attempt_id in order.payment_attempts.values_list("pk", flat=True):
        about |= Q(payload__attempt_id=attempt_id)
    for job in Job.objects.filter(about):
        yield Entry(job.created_at, "job", f"{job.task}: written")
        end = job.done_at or job.run_at
        if job.state != Job.State.WAITING or job.attempts:
            error = job.last_error.strip().rsplit("\n", 1)[-1]
            yield Entry(end, "job", _line(f"{job.task}: {job.state} after {job.attempts}", error))


def _earnings(order: Order) -> Iterator[Entry]:
    lines = order.lines.values_list("pk", flat=True)
    legs = LedgerLine.objects.filter(account__code=PAYABLE, order_line__in=lines)
    for leg in legs.select_related("entry", "account__cooperative", "payout_line__payout").order_by("pk"):
        what = f"{-leg.amount} MAD for {leg.account.cooperative.code}"
        yield Entry(leg.entry.occurred_at, "payable", f"{what}: {leg.entry.source}")
        covered = getattr(leg, "payout_line", None)
        if covered and covered.payout.settled_at:
            yield Entry(covered.payout.settled_at, "payable", f"{what}: paid by {covered.payout.reference}")
    for payable in Payable.objects.filter(order_line__order=order).order_by("pk"):
        if payable.payable_from:
            yield Entry(payable.payable_from, "payable", f"line {payable.order_line_id}: may be paid from now on")
    for freeze in Freeze.objects.filter(order=order):
        yield Entry(freeze.frozen_at, "payable", f"dispute {freeze.dispute}: nothing is paid for it")
        if freeze.lifted_at:
            yield Entry(freeze.lifted_at, "payable", f"dispute {freeze.dispute}: over")


def _ledger(order: Order) -> Iterator[Entry]:
    for entry in ledger.of_order(order.number):
        legs = ", ".join(f"{line.account.code} {line.amount:+} {line.currency}" for line in entry.lines.all())
        yield Entry(entry.occurred_at, "ledger", f"{entry.source} {entry.external_id}: {legs}")


def _line(*parts: str) -> str:
    return " ".join(part for part in parts if part)
