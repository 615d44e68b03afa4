"""Mandates: one member of a union receives for another, once a second person agreed and the waiting time is over."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.banking import mandates, policies, signals
from catalogue.banking.models import Mandate
from catalogue.cooperatives.models import Membership, Partner
from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from catalogue.kernel.periods import day_of
from catalogue.people.models import User

RIGHT = "banking.approve_mandate"
State = Mandate.State


class MandateRefused(Exception):
    """Why nothing was changed; the text is for a person."""


class NotOfItsUnion(MandateRefused):
    def __init__(self) -> None:
        super().__init__(_("Only a member of the same union or group may receive for a cooperative."))


class WrongDays(MandateRefused):
    def __init__(self) -> None:
        super().__init__(_("A mandate begins today or later, and ends after it begins."))


class Overlaps(MandateRefused):
    def __init__(self) -> None:
        super().__init__(_("Another mandate stands or waits for these days: end or withdraw that one first."))


class NotWaiting(MandateRefused):
    def __init__(self) -> None:
        super().__init__(_("This mandate does not wait for an answer any more; nothing was changed."))


class NotInForce(MandateRefused):
    def __init__(self) -> None:
        super().__init__(_("This mandate is over already, or was never agreed to."))


class NotYours(MandateRefused):
    """Who proposed, works for either cooperative, or has no right, does not decide."""

    def __init__(self) -> None:
        super().__init__(
            _("Someone of the office decides on a mandate who did not propose it and works for neither cooperative.")
        )


class Unsaid(MandateRefused):
    def __init__(self) -> None:
        super().__init__(_("Say who signed it."))


class NoGrounds(MandateRefused):
    def __init__(self) -> None:
        super().__init__(_("Say why."))


@transaction.atomic
def propose_mandate(
    *,
    cooperative_id: int,
    receiver_id: int,
    signed_by: str,
    from_day: date,
    until_day: date | None,
    by: User,
    now: datetime,
) -> Mandate:
    """Ask that a fellow member receive a cooperative's money; nothing changes until another person agreed.

    Locks the cooperative. Announces ``mandate_proposed``. Raises a ``MandateRefused``.
    """
    cooperative = lock_one(Partner.objects.filter(pk=cooperative_id))
    if not mandates.fellows(cooperative).filter(pk=receiver_id).exists():
        raise NotOfItsUnion
    if from_day < day_of(now) or (until_day and until_day <= from_day):
        raise WrongDays
    if not signed_by.strip():
        raise Unsaid
    standing = Mandate.objects.filter(cooperative=cooperative, state__in=(State.PROPOSED, State.APPROVED))
    if any(_overlap(one, from_day, until_day) for one in standing):
        raise Overlaps
    mandate = Mandate.objects.create(
        cooperative=cooperative,
        receiver_id=receiver_id,
        signed_by=signed_by.strip()[:140],
        from_day=from_day,
        until_day=until_day,
        proposed_by=by,
        proposed_at=now,
    )
    events.announce(signals.mandate_proposed, mandate_id=mandate.pk)
    return mandate


def _overlap(one: Mandate, from_day: date, until_day: date | None) -> bool:
    begins_before = until_day is None or one.from_day < until_day
    return begins_before and one.from_day != one.until_day and (one.until_day is None or from_day < one.until_day)


@transaction.atomic
def approve_mandate(*, mandate_id: int, by: User, now: datetime) -> Mandate:
    """Agree to a mandate that someone else proposed; it counts once its waiting time is over.

    Raises a ``MandateRefused``.
    """
    mandate = _to_decide(mandate_id, by)
    if not mandates.fellows(mandate.cooperative).filter(pk=mandate.receiver_id).exists():
        raise NotOfItsUnion
    mandate.state, mandate.approved_by, mandate.approved_at = State.APPROVED, by, now
    mandate.usable_from = policies.usable_from(now)
    mandate.save(update_fields=["state", "approved_by", "approved_at", "usable_from"])
    return mandate


@transaction.atomic
def refuse_mandate(*, mandate_id: int, reason: str, by: User, now: datetime) -> Mandate:
    """Say no to a mandate, and why. Raises a ``MandateRefused``."""
    mandate = _to_decide(mandate_id, by)
    if not reason.strip():
        raise NoGrounds
    mandate.reason = reason.strip()[:200]
    return _end(mandate, State.REFUSED, by, now)


@transaction.atomic
def withdraw_mandate(*, mandate_id: int, by: User, now: datetime) -> Mandate:
    """Take a proposal back before it is decided on. Raises ``NotWaiting``."""
    mandate = _locked(mandate_id)
    if mandate.state != State.PROPOSED:
        raise NotWaiting
    return _end(mandate, State.WITHDRAWN, by, now)


@transaction.atomic
def end_mandate(*, mandate_id: int, by: User, now: datetime) -> Mandate:
    """End a mandate from today on: the cooperative is paid to its own account again. Raises ``NotInForce``."""
    mandate = _locked(mandate_id)
    if not mandate.may_end(day_of(now)):
        raise NotInForce
    mandate.until_day = max(day_of(now), mandate.from_day)
    return _end(mandate, mandate.state, by, now)


def _end(mandate: Mandate, state: str, by: User, now: datetime) -> Mandate:
    mandate.state, mandate.ended_by, mandate.ended_at = state, by, now
    mandate.save(update_fields=["state", "ended_by", "ended_at", "reason", "until_day"])
    return mandate


def _locked(mandate_id: int) -> Mandate:
    lock_one(Partner.objects.filter(mandates=mandate_id))
    return lock_one(Mandate.objects.filter(pk=mandate_id))


def _to_decide(mandate_id: int, by: User) -> Mandate:
    mandate = _locked(mandate_id)
    if mandate.state != State.PROPOSED:
        raise NotWaiting
    both = (mandate.cooperative_id, mandate.receiver_id)
    works_there = Membership.objects.filter(cooperative__in=both, user=by).exists()
    if not by.has_perm(RIGHT) or mandate.proposed_by_id == by.pk or works_there:
        raise NotYours
    return mandate
