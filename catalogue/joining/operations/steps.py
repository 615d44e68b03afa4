"""What every step of an application shares: the lock, the check of the way, the row that tells it."""

from datetime import datetime

from django.utils.translation import gettext as _

from catalogue.joining import policies, signals
from catalogue.joining.models import Application, Step
from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from catalogue.people.models import User

State = Application.State
Kind = Step.Kind
APPROVE = "joining.approve_application"
SEE_TO = "joining.change_application"
OFFER = "joining.add_feeagreement"


class JoiningRefused(Exception):
    """Why nothing was changed. ``code`` is for programs; the text is for a person."""

    code = ""


class WrongState(JoiningRefused):
    """The application is elsewhere by now."""

    code = "wrong_state"

    def __init__(self, state: str) -> None:
        self.state = state
        words = {"state": Application.State(state).label}
        super().__init__(_("This application is “%(state)s” by now; nothing was changed.") % words)


class NoReason(JoiningRefused):
    code = "no_reason"

    def __init__(self) -> None:
        super().__init__(_("Say why."))


class NoRight(JoiningRefused):
    code = "no_right"

    def __init__(self) -> None:
        super().__init__(_("This step takes a right that you do not have."))


class OwnApplication(JoiningRefused):
    """Whoever would work for the cooperative does not decide on it."""

    code = "own_application"

    def __init__(self) -> None:
        super().__init__(_("This application came with your own phone: another person decides on it."))


class KnownAlready(JoiningRefused):
    """Another application, or a cooperative of the shop, has this number; ``field`` is which."""

    code = "known"

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(str(KNOWN[field]()))


KNOWN = {
    "ice": lambda: _("We know this ICE: its cooperative is here, or applied already. Call us if that was not you."),
    "register_no": lambda: _("We know this register number: its cooperative is here, or applied already. Call us."),
    "phone": lambda: _("An application with this phone is under way: its address came to this phone by SMS."),
}


def locked(application_id: int) -> Application:
    return lock_one(Application.objects.filter(pk=application_id))


def move(application: Application, to: str, *fields: str) -> None:
    """Set the state and save it with ``fields``. Raises ``WrongState``."""
    check_move(application, to)
    application.state = to
    application.save(update_fields=["state", *fields])


def check_move(application: Application, to: str) -> None:
    if not policies.may_move(application.state, to):
        raise WrongState(application.state)


def check_person(application: Application, by: User, right: str) -> None:
    if not by.has_perm(right):
        raise NoRight
    if by.phone and by.phone == application.phone:
        raise OwnApplication


def words_of(text: str) -> str:
    """Return the words of a decision. Raises ``NoReason``."""
    if not text.strip():
        raise NoReason
    return text.strip()


def note(application: Application, kind: str, now: datetime, *, by: User | None = None, text: str = "") -> None:
    """Write what happened, and announce it."""
    step = Step.objects.create(application=application, kind=kind, by=by, at=now, note=text)
    events.announce(signals.application_moved, step_id=step.pk)
