"""The way of a price list from fee schedules to the shop: prepared, approved by another person, published."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.kernel import locks, periods
from catalogue.people.models import User
from catalogue.pricing import differences, queries
from catalogue.pricing.models import DraftPrice, PriceList, PriceListDraft

from . import making
from .fingerprints import fingerprint
from .lists import LOCK, TooEarly, follow
from .rates import rates_for_publishing

State = PriceListDraft.State


class DraftRefused(Exception):
    """Why a draft cannot go on. ``code`` is kept on the draft when a job finds out; the text is for a person."""

    code = ""


class OwnWork(DraftRefused):
    code = "own_work"

    def __init__(self) -> None:
        super().__init__(_("Someone else than the person who prepared a list approves it."))


class NotWaiting(DraftRefused):
    code = "not_waiting"

    def __init__(self) -> None:
        super().__init__(_("This draft is not at that step any more; nothing was changed."))


class Changed(DraftRefused):
    code = "changed"

    def __init__(self) -> None:
        super().__init__(_("Something that these prices are made from has changed since: prepare the list again."))


class FloorsBroken(DraftRefused):
    code = "floors"

    def __init__(self) -> None:
        super().__init__(_("Some prices leave a cooperative or the office too little: nothing can be published."))


class NothingChanges(DraftRefused):
    code = "nothing"

    def __init__(self) -> None:
        super().__init__(_("The list in force says the same already."))


class StartPassed(DraftRefused):
    code = "start_passed"

    def __init__(self) -> None:
        super().__init__(_("The hour it was to start has passed: prepare the list again."))


REASONS = {reason.code: reason for reason in (Changed, FloorsBroken, NothingChanges, StartPassed)}


@transaction.atomic
def open_draft(*, source: str, starts_at: datetime | None, prepared_by: User | None, now: datetime) -> PriceListDraft:
    """Begin a draft at the rates of today; ``fill_draft`` then makes its prices.

    ``starts_at`` null means as soon as it is published. Raises ``StartPassed``, ``TooEarly``, ``NoRates`` or
    ``RatesTooOld``.
    """
    if starts_at and starts_at <= now:
        raise StartPassed
    last = queries.last_list()
    if last and last.starts_at >= (starts_at or now):
        raise TooEarly(last, get_language())
    rates = rates_for_publishing(periods.day_of(now))
    return PriceListDraft.objects.create(
        source=source,
        starts_at=starts_at,
        eur_rate=rates.eur,
        usd_rate=rates.usd,
        rates_day=rates.day,
        priced_for=periods.day_of(starts_at or now),
        prepared_by=prepared_by,
        prepared_at=now,
    )


@transaction.atomic
def fill_draft(*, draft_id: int) -> PriceListDraft:
    """Make the prices of a draft that waits for them; a second call changes nothing. Locks the draft."""
    draft = _locked(draft_id)
    if draft.state == State.WAITING:
        making.fill(draft, queries.rates_of(draft))
        draft.fingerprint = fingerprint(draft)
        draft.state = State.READY
        draft.save(update_fields=["fingerprint", "state"])
    return draft


@transaction.atomic
def prepare(*, source: str, starts_at: datetime | None, prepared_by: User | None, now: datetime) -> PriceListDraft:
    """Begin a draft and make its prices."""
    draft = open_draft(source=source, starts_at=starts_at, prepared_by=prepared_by, now=now)
    return fill_draft(draft_id=draft.pk)


@transaction.atomic
def approve(*, draft_id: int, approved_by: User, now: datetime) -> PriceListDraft:
    """Approve a draft as it stands. Locks the draft; raises a ``DraftRefused``."""
    draft = _locked(draft_id)
    if draft.state != State.READY:
        raise NotWaiting
    if draft.prepared_by_id == approved_by.pk:
        raise OwnWork
    _check(draft)
    draft.approved_by, draft.approved_at = approved_by, now
    draft.approved_fingerprint, draft.state = draft.fingerprint, State.APPROVED
    draft.save(update_fields=["approved_by", "approved_at", "approved_fingerprint", "state"])
    return draft


@transaction.atomic
def ask_for_publication(*, draft_id: int) -> PriceListDraft:
    """Say that an approved draft is to be published: a job does it. Locks the draft."""
    draft = _locked(draft_id)
    if draft.state != State.APPROVED:
        raise NotWaiting
    draft.state = State.PUBLISHING
    draft.save(update_fields=["state"])
    return draft


@transaction.atomic
def publish(*, draft_id: int, now: datetime) -> PriceList:
    """Publish an approved draft: insert the list, and end the one before it where it begins.

    A second call returns the list of the first. Waits for other publishers, then locks the draft. Raises a
    ``DraftRefused`` or ``TooEarly``, and then nothing was published.
    """
    locks.advisory_lock(LOCK)
    draft = _locked(draft_id)
    if draft.published is not None:
        return draft.published
    if draft.state not in (State.APPROVED, State.PUBLISHING):
        raise NotWaiting
    if draft.starts_at and draft.starts_at < now:
        raise StartPassed
    _check(draft)
    draft.published = follow(draft, queries.last_list(), starts_at=draft.starts_at or now, now=now)
    draft.state = State.PUBLISHED
    draft.save(update_fields=["published", "state"])
    making.clear(draft)
    return draft.published


@transaction.atomic
def note_refusal(*, draft_id: int, reason: DraftRefused | TooEarly) -> None:
    """Keep on a draft why it was not published. Locks the draft."""
    draft = _locked(draft_id)
    if draft.state in (State.APPROVED, State.PUBLISHING):
        draft.state, draft.problem = State.REFUSED, getattr(reason, "code", "too_early")
        draft.save(update_fields=["state", "problem"])
        making.clear(draft)


@transaction.atomic
def discard(*, draft_id: int) -> None:
    """Throw a draft away that nobody will publish. Locks the draft; raises ``NotWaiting``."""
    draft = _locked(draft_id)
    if draft.state not in (State.WAITING, State.READY, State.APPROVED, State.REFUSED):
        raise NotWaiting
    draft.state = State.DISCARDED
    draft.save(update_fields=["state"])
    making.clear(draft)


def _locked(draft_id: int) -> PriceListDraft:
    return PriceListDraft.objects.select_for_update(no_key=True).get(pk=draft_id)


def _check(draft: PriceListDraft) -> None:
    """Refuse what is not as it was prepared, what breaks a floor, and what changes nothing."""
    if fingerprint(draft) != draft.fingerprint:
        raise Changed
    if DraftPrice.objects.filter(draft=draft).exclude(floor="").exists():
        raise FloorsBroken
    last = queries.last_list()
    if last and not differences.differ(draft, last):
        raise NothingChanges
