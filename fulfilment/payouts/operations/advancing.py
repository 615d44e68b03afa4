"""Advances: asked for by an owner or the office, approved or refused by another person, within a limit."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Membership, Partner
from catalogue.kernel import formats
from catalogue.kernel.locks import lock_one
from fulfilment.payouts import advances, booking, policies
from fulfilment.payouts.models import Advance

RIGHT = "payouts.approve_advance"
State = Advance.State


class AdvanceRefused(Exception):
    """Why nothing was changed; the text is for a person."""


class OverLimit(AdvanceRefused):
    """More than a cooperative may have; ``left_mad`` is what it may."""

    def __init__(self, left_mad: Decimal) -> None:
        self.left_mad = left_mad
        super().__init__(
            _("That is more than this cooperative may have now: %(amount)s at most.")
            % {"amount": formats.money(left_mad, "MAD", get_language())}
        )


class NotAnAdvance(AdvanceRefused):
    """An amount of nothing, or too many payments to pay it back."""

    def __init__(self) -> None:
        super().__init__(
            _("Write an amount above zero, to be paid back by 1 to %(most)s payments.")
            % {"most": policies.MOST_INSTALMENTS}
        )


class AskedAlready(AdvanceRefused):
    def __init__(self) -> None:
        super().__init__(_("An advance is asked for already: wait for the answer, or withdraw it first."))


class NotAsked(AdvanceRefused):
    def __init__(self) -> None:
        super().__init__(_("This advance does not wait for an answer any more; nothing was changed."))


class OwnRequest(AdvanceRefused):
    """Who asked, or works for the cooperative, does not decide."""

    def __init__(self) -> None:
        super().__init__(
            _("Someone decides on an advance who did not ask for it and does not work for the cooperative.")
        )


class NoRight(AdvanceRefused):
    def __init__(self) -> None:
        super().__init__(_("Deciding on advances takes a right that you do not have."))


class NoReason(AdvanceRefused):
    def __init__(self) -> None:
        super().__init__(_("Say why."))


@transaction.atomic
def ask_advance(
    *, cooperative_id: int, amount_mad: Decimal, instalments: int, purpose: str, by: Any, now: datetime
) -> Advance:
    """Ask for an advance that a number of payouts take back in equal parts. Locks the cooperative.

    Raises ``NotAnAdvance``, ``AskedAlready`` or ``OverLimit``.
    """
    cooperative = lock_one(Partner.objects.filter(pk=cooperative_id))
    if amount_mad <= 0 or not 1 <= instalments <= policies.MOST_INSTALMENTS:
        raise NotAnAdvance
    if cooperative.advances.filter(state=State.ASKED).exists():
        raise AskedAlready
    _check_limit(cooperative.pk, amount_mad, now)
    return Advance.objects.create(
        cooperative=cooperative,
        amount_mad=amount_mad,
        instalments=instalments,
        purpose=purpose[:200],
        asked_by=by,
        asked_at=now,
    )


@transaction.atomic
def approve_advance(*, advance_id: int, by: Any, now: datetime) -> Advance:
    """Agree to an advance that someone else asked for: it is owed, and the next payout pays it.

    Locks the cooperative, whose limit it is, then the advance. Raises an ``AdvanceRefused``.
    """
    advance = _to_decide(advance_id, by)
    limit = _check_limit(advance.cooperative_id, advance.amount_mad, now, but=advance)
    advance.state, advance.decided_by, advance.decided_at, advance.limit_mad = State.APPROVED, by, now, limit
    advance.entry = booking.lend(advance, now=now)
    advance.save(update_fields=["state", "decided_by", "decided_at", "limit_mad", "entry"])
    return advance


@transaction.atomic
def refuse_advance(*, advance_id: int, reason: str, by: Any, now: datetime) -> Advance:
    """Say no to an advance, and why. Raises an ``AdvanceRefused``."""
    advance = _to_decide(advance_id, by)
    if not reason.strip():
        raise NoReason
    return _end(advance, State.REFUSED, reason.strip()[:200], by, now)


@transaction.atomic
def withdraw_advance(*, advance_id: int, by: Any, now: datetime) -> Advance:
    """Take a request back before it is decided on. Raises ``NotAsked``."""
    return _end(_asked(advance_id), State.WITHDRAWN, "", by, now)


def _end(advance: Advance, state: str, reason: str, by: Any, now: datetime) -> Advance:
    advance.state, advance.reason, advance.decided_by, advance.decided_at = state, reason, by, now
    advance.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return advance


def _asked(advance_id: int) -> Advance:
    lock_one(Partner.objects.filter(advances=advance_id))
    advance = lock_one(Advance.objects.filter(pk=advance_id))
    if advance.state != State.ASKED:
        raise NotAsked
    return advance


def _to_decide(advance_id: int, by: Any) -> Advance:
    if not by.has_perm(RIGHT):
        raise NoRight
    advance = _asked(advance_id)
    if advance.asked_by_id == by.pk:
        raise OwnRequest
    if Membership.objects.filter(cooperative=advance.cooperative_id, user=by).exists():
        raise OwnRequest
    return advance


def _check_limit(cooperative_id: int, amount_mad: Decimal, now: datetime, *, but: Advance | None = None) -> Decimal:
    """Return how much a cooperative may have in all, or raise ``OverLimit``."""
    found = advances.standing(cooperative_id, now, but=but)
    if amount_mad > found.left_mad:
        raise OverLimit(found.left_mad)
    return found.limit_mad
