"""What cooperatives hear of: goods they are asked for, their account, their payments, answers to their questions."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from catalogue.banking import signals as banking
from catalogue.cooperatives import signals as cooperatives
from catalogue.joining import signals as joining_signals
from catalogue.receiving import signals as receiving
from fulfilment.jobs.operations import enqueue
from fulfilment.payouts import signals as paying
from fulfilment.questions import signals as asking

from . import accounts, call_offs, contacts, joining, mandates, payouts
from .tasks import WRITE_PAYOUT_MESSAGE, WRITE_QUESTION_MESSAGE

OF_ACCOUNTS = {
    banking.account_proposed: accounts.PROPOSED,
    banking.account_approved: accounts.APPROVED,
    banking.account_refused: accounts.REFUSED,
}
OF_PAYOUTS = {
    paying.payout_ready: payouts.READY,
    paying.payout_settled: payouts.SETTLED,
    paying.payout_returned: payouts.RETURNED,
}


@receiver(receiving.call_off_asked, dispatch_uid="notifications.call_off_asked")
def call_off_asked(cooperative_id: int, **kwargs: Any) -> None:
    call_offs.tell_cooperative(cooperative_id=cooperative_id, now=timezone.now())


@receiver(list(OF_ACCOUNTS), dispatch_uid="notifications.account_step")
def account_step(signal: Any, account_id: int, **kwargs: Any) -> None:
    accounts.tell_of_account(account_id=account_id, kind=OF_ACCOUNTS[signal], now=timezone.now())


@receiver(list(OF_PAYOUTS), dispatch_uid="notifications.payout_step")
def payout_step(signal: Any, payout_id: int, **kwargs: Any) -> None:
    payload = {"payout_id": payout_id, "kind": OF_PAYOUTS[signal]}
    key = f"payout-message:{payout_id}:{payload['kind']}"
    enqueue(task=WRITE_PAYOUT_MESSAGE, key=key, payload=payload, now=timezone.now())


@receiver(asking.message_written, dispatch_uid="notifications.question_written")
def question_written(message_id: int, **kwargs: Any) -> None:
    payload = {"message_id": message_id}
    key = f"question-message:{message_id}"
    enqueue(task=WRITE_QUESTION_MESSAGE, key=key, payload=payload, now=timezone.now())


@receiver(joining_signals.application_moved, dispatch_uid="notifications.application_moved")
def application_moved(step_id: int, **kwargs: Any) -> None:
    joining.tell_of_step(step_id=step_id, now=timezone.now())


@receiver(joining_signals.code_given, dispatch_uid="notifications.joining_code")
def joining_code(application_id: int, **kwargs: Any) -> None:
    joining.tell_code(application_id=application_id, now=timezone.now())


@receiver(joining_signals.payout_terms_set, dispatch_uid="notifications.payout_terms")
def payout_terms_set(terms_id: int, **kwargs: Any) -> None:
    joining.tell_payout_terms(terms_id=terms_id, now=timezone.now())


@receiver(banking.mandate_proposed, dispatch_uid="notifications.mandate_proposed")
def mandate_proposed(mandate_id: int, **kwargs: Any) -> None:
    mandates.tell_of_mandate(mandate_id=mandate_id, now=timezone.now())


@receiver(cooperatives.contact_changed, dispatch_uid="notifications.contact_changed")
def contact_changed(step_id: int, **kwargs: Any) -> None:
    contacts.tell_of_contact(step_id=step_id, now=timezone.now())


@receiver(cooperatives.owner_proposed, dispatch_uid="notifications.owner_proposed")
def owner_proposed(appointment_id: int, **kwargs: Any) -> None:
    contacts.tell_of_owner(appointment_id=appointment_id, now=timezone.now())
