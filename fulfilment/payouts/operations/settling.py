"""Payments that went through, and payments that came back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel import events
from catalogue.kernel.locks import lock
from fulfilment.payouts import accounts, booking, signals
from fulfilment.payouts.models import Payout, PayoutRun

from .events import note, note_each

State = Payout.State


class NotUnderWay(Exception):
    """This payout was not sent, or came back already."""

    def __init__(self, payout: Payout) -> None:
        self.payout = payout
        super().__init__(
            _("Payout %(payout)s is “%(state)s”: this step is not possible now.")
            % {"payout": payout.reference, "state": payout.get_state_display()}
        )


class BankSays(Exception):
    """Whether a transfer went through says the bank's statement, nobody by hand: else two people do (``ending``)."""

    def __init__(self) -> None:
        super().__init__(_("A transfer is settled by the bank's statement. Take the statement in."))


@dataclass(frozen=True)
class Settled:
    """A payout that went through: when, and what says so."""

    payout: Payout
    at: datetime
    proof: str


@transaction.atomic
def settle_by_hand(*, payout_id: int, proof: str, by: Any, now: datetime) -> Payout:
    """Note that cash was fetched or a cheque cashed, with the receipt's or the cheque's number.

    Raises ``BankSays`` for a transfer, ``NotUnderWay``.
    """
    payout = _sent(payout_id, State.EXPORTED)
    if payout.is_transfer:
        raise BankSays
    settle([Settled(payout, now, proof)], by=by, now=now)
    return payout


@transaction.atomic
def return_by_hand(*, payout_id: int, reason: str, by: Any, now: datetime) -> Payout:
    """Note that cash was not fetched, or a cheque came back: it is owed again. Raises as ``settle_by_hand``."""
    payout = _sent(payout_id, State.EXPORTED, State.SETTLED)
    if payout.is_transfer:
        raise BankSays
    bring_back(payout, reason=reason, at=now, by=by, now=now)
    return payout


def settle(settled: Sequence[Settled], *, by: Any, now: datetime) -> None:
    """Write payouts as paid, book them, and close the runs that have none under way; in the caller's transaction.

    Each is EXPORTED, locked by the caller.
    """
    for one in settled:
        payout = one.payout
        payout.state, payout.settled_by, payout.proof = State.SETTLED, by, one.proof[:80]
        payout.settled_at = _between(payout.run.exported_at, one.at, now)
    payouts = [one.payout for one in settled]
    Payout.objects.bulk_update(payouts, ["state", "settled_at", "settled_by", "proof"])
    booking.settle(payouts, now=now)
    note_each(payouts, "settled", at=now, by=by)
    for payout in payouts:
        events.announce(signals.payout_settled, payout_id=payout.pk)
    close_runs({payout.run_id for payout in payouts}, at=now)


def bring_back(payout: Payout, *, reason: str, at: datetime, by: Any, now: datetime, blocks: bool = True) -> None:
    """Write a payout as returned at a time: it is owed again; in the caller's transaction.

    It is EXPORTED or SETTLED, locked by the caller. A transfer's account is blocked unless it is not at fault.
    """
    payout.returned_at = _between(payout.settled_at or payout.run.exported_at, at, now)
    payout.state, payout.return_reason = State.RETURNED, reason[:140]
    payout.save(update_fields=["state", "returned_at", "return_reason"])
    booking.bring_back(payout, reason=reason, at=payout.returned_at, now=now)
    if payout.is_transfer and blocks:
        accounts.block(payout, reason=reason, now=now)
    note(payout.run, "returned", at=now, by=by, text=f"{payout.reference}: {reason}")
    events.announce(signals.payout_returned, payout_id=payout.pk)
    close_runs({payout.run_id}, at=now)


def _between(earliest: datetime | None, at: datetime, now: datetime) -> datetime:
    """Return the bank's time of an end, not before what ended was sent, nor after it is written down."""
    return min(now, max(at, earliest or now))


def close_runs(run_ids: Iterable[int], *, at: datetime) -> None:
    """End the runs that have nothing under way any more; the caller has locked them with their payouts."""
    for run in lock(PayoutRun.objects.filter(pk__in=run_ids, state=PayoutRun.State.EXPORTED)):
        if not run.payouts.filter(state=State.EXPORTED).exists():
            run.state = PayoutRun.State.CLOSED
            run.save(update_fields=["state"])
            note(run, "closed", at=at)


def lock_payouts(ids: Iterable[int]) -> list[Payout]:
    """Lock payouts in key order, and before them their runs: whoever ends a run's last payout ends the run.

    The database reads the run with each payout that changes; runs locked later would be waited for in a circle.
    """
    found = Payout.objects.filter(pk__in=set(ids))
    lock_runs(found.values("run"))
    return lock(found.select_related("run"))


def lock_runs(ids: Any) -> None:
    lock(PayoutRun.objects.filter(pk__in=ids))


def _sent(payout_id: int, *states: str) -> Payout:
    payout = lock_payouts([payout_id])[0]
    if payout.state not in states:
        raise NotUnderWay(payout)
    return payout
