"""What payments do by the clock, and what follows from events and refunds."""

from datetime import timedelta

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations
from .operations.acquiring import APPLY_NOTICE
from .operations.answering import CARRY_OUT
from .operations.refunds import SEND_REFUND
from .operations.remitting import BOOK_FILE, READ_FILE
from .operations.replying import SEND_ANSWER
from .operations.telling import APPLY_EVENT

RECONCILED, SETTLES_WITHIN = timedelta(days=3), timedelta(hours=1)


@job("fulfilment.payments.sweep", queue="money")
def sweep() -> None:
    """Settle what was paid, give up what was not: looks at every open card payment."""
    operations.sweep(now=timezone.now())


@job(APPLY_EVENT, queue="money", attempts=6)  # the bank may be away for hours
def apply_event(*, event_id: str) -> None:
    operations.apply_event(event_id=event_id, now=timezone.now())


@job(APPLY_NOTICE, queue="money", attempts=6)
def apply_notice(*, name: str) -> None:
    operations.apply_notice(name=name, now=timezone.now())


@job(SEND_REFUND, queue="money", attempts=6)
def send_refund(*, refund_id: int) -> None:
    operations.send_refund(refund_id=refund_id, now=timezone.now())


@job(CARRY_OUT, queue="money", attempts=6)
def carry_out_hold(*, hold_id: int) -> None:
    """Take the money that is held on a card, or free the card, as was answered."""
    operations.carry_out_hold(hold_id=hold_id, now=timezone.now())


@job("fulfilment.payments.remind_of_holds", queue="default", in_transaction=True)
def remind_of_holds() -> None:
    operations.remind_of_holds(now=timezone.now())


@job("fulfilment.payments.look_at_refunds", queue="money")
def look_at_refunds() -> None:
    """Ask again for refunds that nothing was heard of."""
    operations.look_at_refunds(now=timezone.now())


@job(SEND_ANSWER, queue="money", attempts=6)
def send_answer(*, answer_id: int) -> None:
    """Send the bank what speaks for the shop in a dispute."""
    operations.send_answer(answer_id=answer_id, now=timezone.now())


@job("fulfilment.payments.look_at_disputes", queue="money")
def look_at_disputes() -> None:
    """Send the bank what it should have by now, then ask again for disputes that last."""
    operations.send_due_answers(now=timezone.now())
    operations.look_at_disputes(now=timezone.now())


@job("fulfilment.payments.remind_of_transfers", queue="default")
def remind_of_transfers() -> None:
    """Let buyers know that the time for their transfer ends."""
    operations.remind_of_transfers(now=timezone.now())


@job("fulfilment.payments.fill_gaps", queue="default")
def fill_gaps() -> None:
    """Fetch the events that the webhook missed."""
    operations.fill_gaps(now=timezone.now())


@job("fulfilment.payments.check_accounts", queue="default", attempts=1)
def check_accounts() -> None:
    """Compare yesterday and the two days before with the provider's account; a difference fails, for someone to see."""
    now = timezone.now()
    operations.check_accounts(since=now - RECONCILED, until=now - SETTLES_WITHIN, now=now)


@job("fulfilment.payments.forget_events", queue="bulk", in_transaction=True)
def forget_events() -> None:
    operations.forget_events(now=timezone.now())


@job(READ_FILE, queue="bulk", in_transaction=True)
def read_remittance(*, file_id: int) -> None:
    """Read a courier's large file and set its lines beside what was collected."""
    operations.read_file(file_id=file_id)


@job(BOOK_FILE, queue="bulk", in_transaction=True)
def book_remittance(*, file_id: int, seen: str) -> None:
    operations.book_file(file_id=file_id, seen=seen, now=timezone.now())


@job("fulfilment.payments.note_missing", queue="bulk", in_transaction=True)
def note_missing() -> None:
    """Give each collection that no courier's file named in time to someone."""
    operations.note_missing(now=timezone.now())
