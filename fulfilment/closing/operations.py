"""Signing a month twice, which locks it, and opening it again by two persons. Everything is kept as an event."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import lock, lock_one
from fulfilment.ledger import operations as ledger

from . import figures, queries
from .checklist import Item
from .models import Month, MonthEvent, Reopening
from .queries import Standing

State, Done, Answer = Month.State, MonthEvent.Kind, Reopening.Answer
LONGEST = 300


class Held(Exception):
    """Nobody signs while these stand open."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        super().__init__(", ".join(item.key for item in items))


class SamePerson(Exception):
    """The second signature, and the second word to open a month again, are another person's."""


class NotYours(Exception):
    """Only who asked takes it back; anyone else answers."""


class NotInThisState(Exception):
    """The month went on meanwhile: it is signed, locked or open already."""


class FiguresChanged(Exception):
    """The figures are not those that were looked at or signed first; a signature on them is void by now."""


class NoReason(Exception):
    """A month is opened again with words."""


class NotTheLast(Exception):
    """Only the last locked month is opened again; ``last`` is it."""

    def __init__(self, last: Month) -> None:
        self.last = last
        super().__init__(str(last))


@transaction.atomic
def sign(*, first_day: date, seen: str, by: Any, now: datetime) -> Month:
    """Sign a month first; ``seen`` is the sha256 of the figures that the person looked at.

    Raises ``Held``, ``FiguresChanged`` or ``NotInThisState``.
    """
    month = _locked(first_day)
    last = queries.last_locked()
    if month.state != State.OPEN or (last is not None and last.first_day > first_day):
        raise NotInThisState(month.state)
    standing = queries.standing_of(month, now=now)
    _refuse_held(standing)
    if standing.sha256 != seen:
        raise FiguresChanged(str(month))
    month.state, month.first_by, month.first_at = State.CHECKED, by, now
    month.sha256, month.figures = standing.sha256, standing.figures
    month.save()
    _note(month, Done.SIGNED, by, now)
    return month


def countersign(*, first_day: date, by: Any, now: datetime) -> Month:
    """Sign a month second: from here on nothing is booked in it.

    Where the figures are not those that were signed first, that signature is void, and ``FiguresChanged`` says so.
    Raises ``Held``, ``SamePerson`` or ``NotInThisState``.
    """
    month = _countersign(first_day, by, now)
    if month.state != State.LOCKED:
        raise FiguresChanged(str(month))
    return month


@transaction.atomic
def _countersign(first_day: date, by: Any, now: datetime) -> Month:
    """The books are held only for the last look: whoever posts meanwhile waits for a moment, and lands after it."""
    month = _locked(first_day)
    if month.state != State.CHECKED:
        raise NotInThisState(month.state)
    if month.first_by_id == by.pk:
        raise SamePerson(str(by))
    mark = figures.mark_of(month.period)
    standing = queries.standing_of(month, now=now)
    if not standing.changed:
        _refuse_held(standing)
        ledger.hold_books()
        if figures.mark_of(month.period) == mark:
            month.state, month.second_by, month.locked_at = State.LOCKED, by, now
            month.save()
            _note(month, Done.LOCKED, by, now)
            return month
    return _void(month, by, now)


@transaction.atomic
def ask_reopening(*, first_day: date, reason: str, by: Any, now: datetime) -> Reopening:
    """Ask to open the last locked month again. A second call gives the one that waits.

    Raises ``NoReason``, ``NotTheLast`` or ``NotInThisState``.
    """
    month = _locked(first_day)
    _refuse_unless_last(month)
    if not reason.strip():
        raise NoReason
    waiting = queries.asked_of(month)
    if waiting is not None:
        return waiting
    asked = Reopening.objects.create(
        month=month, of_lock=month.locked_at, reason=reason.strip()[:LONGEST], asked_by=by, asked_at=now
    )
    _note(month, Done.ASKED, by, now, asked.reason)
    return asked


@transaction.atomic
def answer_reopening(*, first_day: date, opens: bool, by: Any, now: datetime) -> Month:
    """Open a locked month again as someone else asked, or do not.

    Raises ``SamePerson``, ``NotTheLast`` or ``NotInThisState``.
    """
    month = _locked(first_day)
    _refuse_unless_last(month)
    asked = _asked(month)
    if asked.asked_by_id == by.pk:
        raise SamePerson(str(by))
    _answer(asked, Answer.OPENED if opens else Answer.DECLINED, by, now)
    _note(month, Done.OPENED if opens else Done.DECLINED, by, now, asked.reason)
    return _open(month) if opens else month


@transaction.atomic
def drop_reopening(*, first_day: date, by: Any, now: datetime) -> Month:
    """Take back what one asked for oneself; the month stays locked. Raises ``NotYours`` or ``NotInThisState``."""
    month = _locked(first_day)
    asked = _asked(month)
    if asked.asked_by_id != by.pk:
        raise NotYours(str(by))
    _answer(asked, Answer.DROPPED, by, now)
    _note(month, Done.DROPPED, by, now, asked.reason)
    return month


def _asked(month: Month) -> Reopening:
    asked = next(iter(lock(Reopening.objects.filter(month=month, answer=""))), None)
    if asked is None:
        raise NotInThisState(month.state)
    return asked


def _answer(asked: Reopening, answer: str, by: Any, now: datetime) -> None:
    asked.answer, asked.answered_by, asked.answered_at = answer, by, now
    asked.save()


def _locked(first_day: date) -> Month:
    Month.objects.get_or_create(year=first_day.year, month=first_day.month)
    return lock_one(Month.objects.filter(year=first_day.year, month=first_day.month))


def _refuse_held(standing: Standing) -> None:
    if standing.stopped_by:
        raise Held(standing.stopped_by)


def _refuse_unless_last(month: Month) -> None:
    if month.state != State.LOCKED:
        raise NotInThisState(month.state)
    last = queries.last_locked()
    if last is not None and last.pk != month.pk:
        raise NotTheLast(last)


def _void(month: Month, by: Any, now: datetime) -> Month:
    _note(month, Done.VOIDED, by, now)
    return _open(month)


def _open(month: Month) -> Month:
    month.state, month.sha256, month.figures = State.OPEN, "", {}
    month.first_by = month.first_at = month.second_by = month.locked_at = None
    month.save()
    return month


def _note(month: Month, kind: str, by: Any, now: datetime, text: str = "") -> None:
    MonthEvent.objects.create(month=month, kind=kind, at=now, by=by, sha256=month.sha256, text=text)
