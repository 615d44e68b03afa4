"""Another phone for the contact, where the first is lost or wrong: one person proposes it, another agrees."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Partner
from catalogue.joining import policies
from catalogue.joining.models import Application, PhoneChange
from catalogue.kernel.constraints import refused_as
from catalogue.people.models import User

from .proving import write_code
from .steps import (
    APPROVE,
    SEE_TO,
    JoiningRefused,
    Kind,
    KnownAlready,
    OwnApplication,
    WrongState,
    check_person,
    locked,
    note,
    words_of,
)


class SamePhone(JoiningRefused):
    code = "same_phone"

    def __init__(self) -> None:
        super().__init__(_("This is the phone it has already."))


class AlreadyAsked(JoiningRefused):
    code = "already_asked"

    def __init__(self) -> None:
        super().__init__(_("Another phone is proposed already: decide on that one first."))


class OwnChange(JoiningRefused):
    code = "own_change"

    def __init__(self) -> None:
        super().__init__(_("Someone else than the person who proposed a phone agrees to it."))


class NothingAsked(JoiningRefused):
    code = "nothing_asked"

    def __init__(self) -> None:
        super().__init__(_("No other phone waits for an answer any more; nothing was changed."))


@transaction.atomic
def propose_phone(*, application_id: int, phone: str, reason: str, by: User, now: datetime) -> PhoneChange:
    """Ask that the contact be reached by another phone. Until it is decided no code counts; the former phone is told.

    Announces ``application_moved``. Raises a ``JoiningRefused``.
    """
    application = locked(application_id)
    check_person(application, by, SEE_TO)
    _check_stranger(by, phone)
    if application.state not in policies.MAY_CHANGE_PHONE:
        raise WrongState(application.state)
    if phone == application.phone:
        raise SamePhone
    if _open(application):
        raise AlreadyAsked
    change = PhoneChange.objects.create(
        application=application,
        former_phone=application.phone,
        phone=phone,
        reason=words_of(reason),
        proposed_by=by,
        proposed_at=now,
    )
    note(application, Kind.PHONE_ASKED, now, by=by, text=change.reason)
    return change


@transaction.atomic
def agree_to_phone(*, application_id: int, by: User, now: datetime) -> Application:
    """Give the contact the phone that someone else proposed: it gets an address of its own, and the next code.

    The former address opens nothing any more. Announces ``application_moved``. Raises a ``JoiningRefused``.
    """
    application = locked(application_id)
    check_person(application, by, APPROVE)
    change = _to_decide(application)
    _check_stranger(by, change.phone)
    if change.proposed_by_id == by.pk:
        raise OwnChange
    _decide(change, PhoneChange.State.AGREED, by, now)
    application.phone, application.phone_proved_at = change.phone, None
    application.links_given += 1
    application.code_given_at = None
    with refused_as(lambda: KnownAlready("phone"), constraint="application_phone_once"):
        application.save(update_fields=["phone", "phone_proved_at", "links_given", "code_given_at"])
    if application.cooperative_id:
        Partner.objects.filter(pk=application.cooperative_id).update(phone=change.phone)
    note(application, Kind.PHONE_SET, now, by=by)
    if policies.asks_for_code(application.state, application.phone_proved_at):
        write_code(application, now)
    return application


@transaction.atomic
def keep_phone(*, application_id: int, reason: str, by: User, now: datetime) -> Application:
    """Say no to another phone, and why: the former one counts again. Whoever proposed it may do so too.

    Raises a ``JoiningRefused``.
    """
    application = locked(application_id)
    check_person(application, by, SEE_TO)
    _decide(_to_decide(application), PhoneChange.State.REFUSED, by, now)
    note(application, Kind.PHONE_KEPT, now, by=by, text=words_of(reason))
    return application


def end_phone_change(application: Application, by: User | None, now: datetime) -> None:
    """Close what was proposed for a locked application that ends; by its proposer where the applicant ended it."""
    if change := _open(application):
        _decide(change, PhoneChange.State.REFUSED, by or change.proposed_by, now)


def _open(application: Application) -> PhoneChange | None:
    return application.phone_changes.filter(state=PhoneChange.State.PROPOSED).first()


def _to_decide(application: Application) -> PhoneChange:
    if application.state not in policies.MAY_CHANGE_PHONE:
        raise WrongState(application.state)
    if change := _open(application):
        return change
    raise NothingAsked


def _decide(change: PhoneChange, state: str, by: User, now: datetime) -> None:
    change.state, change.decided_by, change.decided_at = state, by, now
    change.save(update_fields=["state", "decided_by", "decided_at"])


def _check_stranger(by: User, phone: str) -> None:
    if by.phone == phone:
        raise OwnApplication
