"""Ending transfers that no line of the bank ended: one person says what became of them, another agrees.

A transfer that the bank did not carry out is owed again, with no leg on the bank's account. A line that waited is said
to be of a payout: money out settles it, money in brings it back, and what the bank kept is an expense of the office.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalogue.kernel.locks import lock_one
from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import start_of
from fulfilment.payouts import accounts, booking, policies
from fulfilment.payouts.models import BankFileLine, Ending, EndingPayout, Payout

from .settling import NotUnderWay, Settled, bring_back, lock_payouts, settle
from .taking_in import AlreadyClosed, close

State, Kind = Ending.State, Ending.Kind
RIGHT = "payouts.approve_payoutrun"


class EndingRefused(Exception):
    """Why nothing was changed; the text is for a person."""


class NoGrounds(EndingRefused):
    def __init__(self) -> None:
        super().__init__(_("Say why, and what paper or message of the bank says so."))


class NothingUnderWay(EndingRefused):
    def __init__(self) -> None:
        super().__init__(_("No transfer of this run is under way, or somebody said already what became of it."))


class DoesNotFit(EndingRefused):
    """A line that cannot be of this payout."""


class AskedBefore(EndingRefused):
    def __init__(self) -> None:
        super().__init__(_("Somebody said already of which payout this line is. Agree, or refuse it first."))


class NotAsked(EndingRefused):
    def __init__(self) -> None:
        super().__init__(_("This does not wait for an answer any more; nothing was changed."))


class OwnWord(EndingRefused):
    """Who said how a payment ended does not agree to it."""

    def __init__(self) -> None:
        super().__init__(_("You said this yourself; someone else has to agree."))


class NoRight(EndingRefused):
    def __init__(self) -> None:
        super().__init__(_("Agreeing to how a payment ended takes a right that you do not have."))


@transaction.atomic
def ask_not_carried_out(
    *, run_id: int, payout_id: int | None = None, reason: str, paper: str, blocks: bool = False, by: Any, now: datetime
) -> Ending:
    """Say that the bank did not carry out a transfer, or any that is under way in a run. Another person agrees.

    ``paper`` names what the bank wrote. ``blocks``: the account is at fault, and is not paid to any more. Raises
    ``NoGrounds`` or ``NothingUnderWay``.
    """
    if not reason.strip() or not paper.strip():
        raise NoGrounds
    found = Payout.objects.filter(run=run_id, state=Payout.State.EXPORTED, method=policies.TRANSFER)
    found = found.filter(pk=payout_id) if payout_id else found
    asked = Ending.objects.filter(run=run_id, state=State.ASKED)
    payouts = list(found.exclude(endings__in=asked).order_by("pk").values_list("pk", flat=True))
    if not payouts:
        raise NothingUnderWay
    ending = Ending.objects.create(
        run_id=run_id,
        kind=Kind.NOT_CARRIED_OUT,
        reason=reason.strip()[:140],
        paper=paper.strip()[:80],
        blocks=blocks,
        asked_by=by,
        asked_at=now,
    )
    EndingPayout.objects.bulk_create(EndingPayout(ending=ending, payout_id=pk) for pk in payouts)
    return ending


@transaction.atomic
def ask_by_line(*, line_id: int, payout_id: int, reason: str = "", by: Any, now: datetime) -> Ending:
    """Say of which payout a line is that waits. Another person agrees; nothing is moved before.

    Raises ``AlreadyClosed``, ``NotUnderWay``, ``DoesNotFit`` or ``AskedBefore``.
    """
    line = _waiting(BankFileLine.objects.get(pk=line_id))
    payout = Payout.objects.get(pk=payout_id)
    charges_mad = _charges(line, payout)
    try:
        with transaction.atomic():
            ending = Ending.objects.create(
                run_id=payout.run_id,
                kind=Kind.BY_LINE,
                line=line,
                reason=reason.strip()[:140],
                charges_mad=charges_mad,
                asked_by=by,
                asked_at=now,
            )
    except IntegrityError:
        raise AskedBefore from None
    EndingPayout.objects.create(ending=ending, payout=payout)
    return ending


@transaction.atomic
def agree(*, ending_id: int, by: Any, now: datetime) -> Ending:
    """Agree to what someone else said became of transfers, and do what it says, all of it or nothing.

    Locks runs, payouts and accounts, then the line and the ending. Raises ``NoRight``, ``OwnWord``, ``NotAsked``,
    ``NotUnderWay``, ``AlreadyClosed`` or ``DoesNotFit``.
    """
    if not by.has_perm(RIGHT):
        raise NoRight
    payouts = lock_payouts(EndingPayout.objects.filter(ending=ending_id).values_list("payout", flat=True))
    accounts.hold(payouts)
    ending = Ending.objects.get(pk=ending_id)
    line = lock_one(BankFileLine.objects.filter(pk=ending.line_id)) if ending.line_id else None
    ending = _asked(ending_id)
    if ending.asked_by_id == by.pk:
        raise OwnWord
    if line is None:
        _not_carried_out(ending, payouts, by, now)
    else:
        _by_line(ending, _waiting(line), payouts[0], by, now)
    return _answer(ending, State.AGREED, "", by, now)


@transaction.atomic
def refuse_ending(*, ending_id: int, answer: str, by: Any, now: datetime) -> Ending:
    """Say no to it, and why: nothing was moved. Raises ``NoRight``, ``NotAsked`` or ``NoGrounds``."""
    if not by.has_perm(RIGHT):
        raise NoRight
    if not answer.strip():
        raise NoGrounds
    return _answer(_asked(ending_id), State.REFUSED, answer.strip()[:200], by, now)


@transaction.atomic
def withdraw_ending(*, ending_id: int, by: Any, now: datetime) -> Ending:
    """Take it back before it is answered. Raises ``NotAsked``."""
    return _answer(_asked(ending_id), State.WITHDRAWN, "", by, now)


def _not_carried_out(ending: Ending, payouts: Sequence[Payout], by: Any, now: datetime) -> None:
    said = f"{ending.reason} ({ending.paper})"
    for payout in payouts:
        if not payout.is_under_way:
            raise NotUnderWay(payout)
        bring_back(payout, reason=said, at=now, by=by, now=now, blocks=ending.blocks)


def _by_line(ending: Ending, line: BankFileLine, payout: Payout, by: Any, now: datetime) -> None:
    """Do what a line says of a payout; both are locked."""
    if _charges(line, payout) != ending.charges_mad:
        raise DoesNotFit(_("The difference is not the one that was said."))
    at = start_of(line.booked_on)
    if line.is_credit:
        reason = line.reason or ending.reason or _("returned by the bank")
        bring_back(payout, reason=reason, at=at, by=by, now=now)
    else:
        settle([Settled(payout, at, f"{line.booked_on} {line.reference}".strip())], by=by, now=now)
    booking.charge(ending, now=now)
    close(line, why=_("It is of %(payout)s.") % {"payout": payout.reference}, by=by, now=now)


def _charges(line: BankFileLine, payout: Payout) -> Decimal:
    """Return what the bank kept of a line that may be of a payout, or raise ``NotUnderWay`` or ``DoesNotFit``."""
    fitting = (Payout.State.EXPORTED, Payout.State.SETTLED) if line.is_credit else (Payout.State.EXPORTED,)
    if payout.state not in fitting or payout.from_day is None:
        raise NotUnderWay(payout)
    if not payout.is_transfer:
        raise DoesNotFit(_("This payout is not made by transfer."))
    kept_mad = payout.amount_mad - line.amount if line.is_credit else line.amount - payout.amount_mad
    if kept_mad < 0 and line.is_credit:
        raise DoesNotFit(_("More came back than was sent: this cannot be that payout alone."))
    if kept_mad < 0:
        raise DoesNotFit(_("Less left the account than was to be paid: the cooperative has not all of it."))
    if kept_mad > min(policies.MOST_CHARGES, payout.amount_mad):
        raise DoesNotFit(_("The difference is more than a bank charges for a transfer."))
    return kept_mad or ZERO


def _waiting(line: BankFileLine) -> BankFileLine:
    if line.outcome != BankFileLine.Outcome.HELD or line.closed_at:
        raise AlreadyClosed
    return line


def _asked(ending_id: int) -> Ending:
    ending = lock_one(Ending.objects.filter(pk=ending_id))
    if not ending.is_asked:
        raise NotAsked
    return ending


def _answer(ending: Ending, state: str, answer: str, by: Any, now: datetime) -> Ending:
    ending.state, ending.answer, ending.answered_by, ending.answered_at = state, answer, by, now
    ending.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    return ending
