"""Refunds by bank transfer: where they go, and that a person made them.

Whoever types an account at the office does not say that the money went there: one person alone could send a buyer's
money to an account of their own. Where the buyer gave it through the order's own link, one person is enough.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from catalogue.kernel.identifiers import is_iban, is_rib, rib_to_iban
from catalogue.kernel.money import ZERO
from catalogue.kernel.sealing import seal, unseal
from fulfilment.payments.models import PaymentAttempt, Refund, RefundTransfer

from .refunds import MoreThanCaptured, PaymentDisputed, check_left, locked, move, note

State = Refund.State
PURPOSE = "accounts of refunds"
TAKEN = "taken by the buyer's bank"


class NotAnAccount(Exception):
    """Neither a RIB with the right key nor an IBAN with the right check digits."""


class NoTransferAwaited(Exception):
    """This refund does not go by transfer, or went already."""


class OwnAccount(Exception):
    """Whoever typed the account does not make the transfer."""


class ReferenceUsed(Exception):
    """Another refund's transfer has this reference."""


@dataclass(frozen=True)
class Payee:
    """Whose account, and its number as an IBAN."""

    holder: str
    iban: str


def as_iban(written: str) -> str:
    """Read a RIB or an IBAN as people write it. Raises ``NotAnAccount``."""
    number = "".join(character for character in written.upper() if character.isalnum())
    if is_rib(number):
        return rib_to_iban(number)
    if is_iban(number):
        return number
    raise NotAnAccount


@transaction.atomic
def give_account(*, refund_id: int, holder: str, account: str, now: datetime, by: Any = None) -> RefundTransfer:
    """Say where a refund by transfer goes; until it went, a later answer takes the place of an earlier one.

    ``by`` is whoever typed it at the office, nobody for the buyer. Raises ``NotAnAccount``, ``NoTransferAwaited``.
    """
    iban = as_iban(account)
    refund = _awaited(refund_id)
    given = RefundTransfer.objects.filter(refund=refund).first() or RefundTransfer(refund=refund)
    given.sealed = seal(json.dumps([holder.strip(), iban]), purpose=PURPOSE)
    given.last_four, given.given_by, given.given_at = iban[-4:], by, now
    given.save()
    note(refund, "refund_account", now, by=by)
    return given


def payee_of(transfer: RefundTransfer) -> Payee | None:
    """Open what was sealed, for whoever makes the transfer; nothing once it went."""
    return Payee(*json.loads(unseal(transfer.sealed, purpose=PURPOSE))) if transfer.sealed else None


@transaction.atomic
def transfer_made(*, refund_id: int, reference: str, by: Any, now: datetime) -> Refund:
    """Note that a person made the transfer, with the bank's reference; the account is forgotten.

    Announces ``refund_made``. Raises ``NoTransferAwaited``, ``OwnAccount`` or ``ReferenceUsed``; where a dispute came
    between, ``PaymentDisputed`` or ``MoreThanCaptured``.
    """
    refund = _awaited(refund_id)
    check_left(refund.attempt, ZERO)  # its own amount is counted in
    transfer = RefundTransfer.objects.filter(refund=refund).first()
    if transfer is None:
        raise NoTransferAwaited(refund_id)
    if transfer.given_by_id == by.pk:
        raise OwnAccount(refund_id)
    transfer.sealed, transfer.made_by, transfer.made_at, transfer.bank_reference = "", by, now, reference.strip()
    try:
        with transaction.atomic():
            transfer.save()
    except IntegrityError as error:
        raise ReferenceUsed(reference) from error
    return move(refund, State.SUCCEEDED, now=now, by=by)


@transaction.atomic
def transfer_returned(*, refund_id: int, reason: str, by: Any, now: datetime) -> Refund:
    """Note that the bank sent a transfer back: the refund failed, and can be made again to another account."""
    refund = locked(refund_id)
    if refund.way != Refund.Way.TRANSFER or refund.state != State.SUCCEEDED:
        raise NoTransferAwaited(refund_id)
    return move(refund, State.FAILED, now=now, error=reason, by=by)


def stop_taken(attempt: PaymentAttempt, *, now: datetime) -> None:
    """Fail transfers not made yet, the newest first, while a locked attempt has less left than is to be given back.

    While another dispute lasts none is made, and none fails. A refund to the card is the bank's to refuse.
    """
    waiting = attempt.refunds.filter(way=Refund.Way.TRANSFER, state=State.DUE)
    for refund_id in waiting.order_by("-pk").values_list("pk", flat=True):
        try:
            check_left(attempt, ZERO)
        except PaymentDisputed:
            return
        except MoreThanCaptured:
            move(locked(refund_id), State.FAILED, now=now, error=TAKEN)
        else:
            return


def _awaited(refund_id: int) -> Refund:
    refund = locked(refund_id)
    if refund.way != Refund.Way.TRANSFER or refund.state != State.DUE:
        raise NoTransferAwaited(refund_id)
    return refund
