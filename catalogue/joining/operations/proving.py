"""The codes that go to the contact's phone: one proves the phone before the office decides, one opens the pages."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.joining import links, policies, signals
from catalogue.joining.models import Application, PhoneChange
from catalogue.kernel import events
from catalogue.kernel.constraints import refused_as

from .steps import JoiningRefused, Kind, KnownAlready, State, WrongState, locked, note

Answer = TypeVar("Answer")


class TooSoon(JoiningRefused):
    code = "too_soon"

    def __init__(self) -> None:
        super().__init__(_("A code was sent a moment ago. Wait a minute before you ask for another."))


class WrongCode(JoiningRefused):
    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(_("That is not the code we sent. Please look again."))


class CodeEnded(JoiningRefused):
    """Its hour is over, or too many wrong ones were typed."""

    code = "code_ended"

    def __init__(self) -> None:
        super().__init__(_("This code is no longer good. Ask for another one."))


class PhoneInDoubt(JoiningRefused):
    """Another phone is proposed for the contact: no code counts until someone decided."""

    code = "phone_in_doubt"

    def __init__(self) -> None:
        super().__init__(_("The office is looking at the phone of this application: call us."))


@transaction.atomic
def give_code(*, application_id: int, now: datetime) -> Application:
    """Send another code; the one before counts no more. Raises ``WrongState``, ``PhoneInDoubt`` or ``TooSoon``."""
    application = locked(application_id)
    if not policies.asks_for_code(application.state, application.phone_proved_at):
        raise WrongState(application.state)
    _check_phone(application)
    if not policies.may_give(application.code_given_at, now):
        raise TooSoon
    write_code(application, now)
    return application


def write_code(application: Application, now: datetime) -> None:
    """Count a code of a locked application, and announce it."""
    application.codes_given += 1
    application.code_given_at, application.wrong_codes = now, 0
    application.save(update_fields=["codes_given", "code_given_at", "wrong_codes"])
    events.announce(signals.code_given, application_id=application.pk)


@transaction.atomic
def give_other_phone(*, application_id: int, phone: str, now: datetime) -> Application:
    """Write down the phone that the applicant meant, before any was proved, and send a code to it.

    Raises ``WrongState`` once one was proved or the office looks at it, ``TooSoon`` or ``KnownAlready``.
    """
    application = locked(application_id)
    if application.state != State.SENT or application.phone_proved_at:
        raise WrongState(application.state)
    if not policies.may_give(application.code_given_at, now):
        raise TooSoon
    application.phone = phone
    with refused_as(lambda: KnownAlready("phone"), constraint="application_phone_once"):
        application.save(update_fields=["phone"])
    write_code(application, now)
    return application


def prove_phone(*, application_id: int, code: str, now: datetime) -> Application:
    """Keep that the applicant has the phone: the office may look at the application now. A wrong try is counted.

    Announces ``application_moved``. Raises a ``JoiningRefused``.
    """
    return tried(application_id, code, now, check=_is_to_prove, then=_prove)


def tried(
    application_id: int,
    code: str,
    now: datetime,
    *,
    check: Callable[[Application], None],
    then: Callable[[Application, datetime], Answer],
) -> Answer:
    """Do what a code allows, in one transaction; one that is wrong is counted. Raises a ``JoiningRefused``."""
    with transaction.atomic():
        application = locked(application_id)
        check(application)
        _check_phone(application)
        if not policies.is_good(application.code_given_at, application.wrong_codes, now):
            raise CodeEnded
        if links.code_fits(application, code):
            return then(application, now)
        application.wrong_codes += 1
        application.save(update_fields=["wrong_codes"])
    raise WrongCode


def _is_to_prove(application: Application) -> None:
    if application.state not in policies.UNDECIDED or application.phone_proved_at:
        raise WrongState(application.state)


def _prove(application: Application, now: datetime) -> Application:
    application.phone_proved_at, application.code_given_at = now, None
    application.save(update_fields=["phone_proved_at", "code_given_at"])
    note(application, Kind.PROVED, now)
    return application


def _check_phone(application: Application) -> None:
    if application.phone_changes.filter(state=PhoneChange.State.PROPOSED).exists():
        raise PhoneInDoubt
