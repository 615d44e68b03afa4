"""What the office does with a cooperative: its contact, its people, closing it. Each step leaves a row that says why.

Each locks the cooperative first.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel import events
from catalogue.kernel.constraints import refused_as
from catalogue.kernel.locks import lock_one
from catalogue.people import operations as people
from catalogue.people import queries as known
from catalogue.people.models import User

from . import signals
from .models import Appointment, CooperativeStep, Membership, Partner

CHANGE, PROPOSE = "partner.change_partner", "partner.add_appointment"
AGREE, CLOSE = "partner.approve_appointment", "partner.close_partner"
CONTACT = ("phone", "email", "landline", "contact_channel", "spoken_language")
Kind = CooperativeStep.Kind
State = Appointment.State


class CooperativeRefused(Exception):
    """Why nothing was changed; the text is for a person."""


class NoRight(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("This step takes a right that you do not have."))


class NoReason(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("Say why."))


class WorksThere(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("Whoever works for a cooperative, or is to, does not decide on its people and contact."))


class NothingChanged(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("This is how it is already; nothing was changed."))


class OwnerAlready(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("This person owns the cooperative's pages already."))


class AlreadyProposed(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("Another owner is proposed already: decide on that one first."))


class OwnProposal(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("Someone else than the person who proposed an owner agrees to it."))


class NotWaiting(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("This proposal does not wait for an answer any more; nothing was changed."))


class NotAnOwner(CooperativeRefused):
    """The phone belongs to someone of the office, to an account that is closed, or to one that never proved it."""

    def __init__(self) -> None:
        super().__init__(_("The account with this phone is of the office, closed, or never proved its phone."))


class NumberTaken(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("Another cooperative has its ICE by now."))


class WrongState(CooperativeRefused):
    def __init__(self) -> None:
        super().__init__(_("The cooperative is not in a state for this; nothing was changed."))


@transaction.atomic
def change_contact(
    *, cooperative_id: int, values: Mapping[str, str], reason: str, by: User, now: datetime
) -> CooperativeStep:
    """Change how a cooperative is reached; ``values`` has a value of each of ``CONTACT``.

    Announces ``contact_changed``. Raises a ``CooperativeRefused``.
    """
    cooperative = _locked(cooperative_id, by, CHANGE)
    before = {name: getattr(cooperative, name) for name in CONTACT}
    changed = {name: [before[name], values[name]] for name in CONTACT if before[name] != values[name]}
    if not changed:
        raise NothingChanged
    for name in changed:
        setattr(cooperative, name, values[name])
    cooperative.save(update_fields=[*changed])
    step = _note(cooperative, Kind.CONTACT, reason, by, now, changed=changed)
    events.announce(signals.contact_changed, step_id=step.pk)
    return step


@transaction.atomic
def propose_owner(*, cooperative_id: int, phone: str, name: str, reason: str, by: User, now: datetime) -> Appointment:
    """Ask that the person with a phone own a cooperative's pages; another person agrees.

    Announces ``owner_proposed``. Raises a ``CooperativeRefused``.
    """
    cooperative = _locked(cooperative_id, by, PROPOSE)
    _check_phone(cooperative, phone, by)
    if cooperative.appointments.filter(state=State.PROPOSED).exists():
        raise AlreadyProposed
    appointment = Appointment.objects.create(
        cooperative=cooperative, phone=phone, name=name, reason=_words(reason), proposed_by=by, proposed_at=now
    )
    _note(cooperative, Kind.OWNER_ASKED, reason, by, now, about=_about(appointment))
    events.announce(signals.owner_proposed, appointment_id=appointment.pk)
    return appointment


@transaction.atomic
def agree_to_owner(*, appointment_id: int, by: User, now: datetime) -> Membership:
    """Make the person an owner whom someone else proposed; they prove the phone when they first sign in.

    Raises a ``CooperativeRefused``.
    """
    appointment, cooperative = _to_decide(appointment_id, by, AGREE)
    if appointment.proposed_by_id == by.pk:
        raise OwnProposal
    owner = _check_phone(cooperative, appointment.phone, by)
    if owner is None:
        people.give_up_pending(phone=appointment.phone)
        owner = User.objects.create_user(phone=appointment.phone, first_name=appointment.name)
    _decide(appointment, State.AGREED, by, now)
    membership, _made = Membership.objects.update_or_create(
        cooperative=cooperative, user=owner, defaults={"role": Membership.Role.OWNER}
    )
    _note(cooperative, Kind.OWNER_MADE, appointment.reason, by, now, about=_about(appointment))
    return membership


@transaction.atomic
def refuse_owner(*, appointment_id: int, reason: str, by: User, now: datetime) -> Appointment:
    """Say no to an owner, and why; whoever proposed one may do so too. Raises a ``CooperativeRefused``."""
    appointment, cooperative = _to_decide(appointment_id, by, PROPOSE)
    _decide(appointment, State.REFUSED, by, now)
    _note(cooperative, Kind.OWNER_REFUSED, reason, by, now, about=_about(appointment))
    return appointment


@transaction.atomic
def end_membership(*, membership_id: int, reason: str, by: User, now: datetime) -> CooperativeStep:
    """Let someone work for a cooperative no more. Raises a ``CooperativeRefused`` or ``Membership.DoesNotExist``."""
    cooperative_id = Membership.objects.values_list("cooperative_id", flat=True).get(pk=membership_id)
    cooperative = _locked(cooperative_id, by, CHANGE)
    membership = lock_one(Membership.objects.filter(pk=membership_id).select_related("user"))
    about = f"{membership.user} · {membership.user.contact}"
    step = _note(cooperative, Kind.LEFT, reason, by, now, about=about, changed={"role": [membership.role, ""]})
    membership.delete()
    return step


@transaction.atomic
def close_cooperative(*, cooperative_id: int, reason: str, by: User, now: datetime) -> CooperativeStep:
    """Take a cooperative out of the shop, as where another takes it over. What it is owed is paid to it still.

    Raises a ``CooperativeRefused``.
    """
    cooperative = _locked(cooperative_id, by, CLOSE)
    if not cooperative.is_active:
        raise WrongState
    cooperative.is_active, cooperative.closed_at = False, now
    cooperative.save(update_fields=["is_active", "closed_at"])
    return _note(cooperative, Kind.CLOSED, reason, by, now)


@transaction.atomic
def open_again(*, cooperative_id: int, reason: str, by: User, now: datetime) -> CooperativeStep:
    """Take back that a cooperative was closed here. Raises a ``CooperativeRefused``."""
    cooperative = _locked(cooperative_id, by, CLOSE)
    if cooperative.closed_at is None or not cooperative.steps.filter(kind=Kind.CLOSED).exists():
        raise WrongState  # one whose application ended was never open
    cooperative.is_active, cooperative.closed_at = True, None
    with refused_as(NumberTaken, constraint="cooperative_ice_once"):
        cooperative.save(update_fields=["is_active", "closed_at"])
    return _note(cooperative, Kind.OPENED, reason, by, now)


def _locked(cooperative_id: int, by: User, right: str) -> Partner:
    if not by.has_perm(right):
        raise NoRight
    cooperative = lock_one(Partner.objects.filter(pk=cooperative_id))
    if Membership.objects.filter(cooperative=cooperative, user=by).exists():
        raise WorksThere
    return cooperative


def _to_decide(appointment_id: int, by: User, right: str) -> tuple[Appointment, Partner]:
    found = Appointment.objects.values_list("cooperative_id", flat=True).get(pk=appointment_id)
    cooperative = _locked(found, by, right)
    appointment = lock_one(Appointment.objects.filter(pk=appointment_id))
    if appointment.state != State.PROPOSED:
        raise NotWaiting
    return appointment, cooperative


def _decide(appointment: Appointment, state: str, by: User, now: datetime) -> None:
    appointment.state, appointment.decided_by, appointment.decided_at = state, by, now
    appointment.save(update_fields=["state", "decided_by", "decided_at"])


def _check_phone(cooperative: Partner, phone: str, by: User) -> User | None:
    """Return who has the phone, or nobody yet, if they may be an owner."""
    if phone == by.phone:
        raise WorksThere
    person = known.by_phone(phone)
    if person is None:
        return None
    if person.is_staff or person.is_superuser or not person.is_active or person.phone_verified_at is None:
        raise NotAnOwner
    if cooperative.memberships.filter(user=person, role=Membership.Role.OWNER).exists():
        raise OwnerAlready
    return person


def _about(appointment: Appointment) -> str:
    return f"{appointment.name} · {appointment.phone}"


def _words(text: str) -> str:
    if not text.strip():
        raise NoReason
    return text.strip()[:200]


def _note(
    cooperative: Partner,
    kind: str,
    reason: str,
    by: User,
    now: datetime,
    *,
    about: str = "",
    changed: Mapping[str, list[str]] | None = None,
) -> CooperativeStep:
    return CooperativeStep.objects.create(
        cooperative=cooperative,
        kind=kind,
        reason=_words(reason),
        about=about[:160],
        changed=dict(changed or {}),
        by=by,
        at=now,
    )
