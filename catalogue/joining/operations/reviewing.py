"""What the office does with an application: take it, ask for more, refuse it, approve it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.joining import queries
from catalogue.joining.models import Application, Document
from catalogue.kernel.text import isolate
from catalogue.people.models import User

from .founding import close_founded, found_cooperative
from .phoning import end_phone_change
from .steps import APPROVE, JoiningRefused, Kind, State, check_move, check_person, locked, move, note, words_of


class PapersMissing(JoiningRefused):
    """Without these papers nothing is approved; ``kinds`` are theirs."""

    code = "papers_missing"

    def __init__(self, kinds: list[str]) -> None:
        self.kinds = kinds
        names = _(", ").join(isolate(str(Document.Kind(kind).label)) for kind in kinds)
        super().__init__(_("Still missing: %(papers)s. Ask for it first.") % {"papers": names})


class NotProved(JoiningRefused):
    """Whoever has the phone becomes the owner: until the code came back nobody knows whose it is."""

    code = "not_proved"

    def __init__(self) -> None:
        super().__init__(
            _("The applicant has not proved the phone yet: the code that was sent to it did not come back.")
        )


@transaction.atomic
def take(*, application_id: int, by: User, now: datetime) -> Application:
    """Begin to look at an application: it has an owner from now on. Raises ``WrongState`` or ``NotProved``."""
    application = locked(application_id)
    check_move(application, State.IN_REVIEW)
    if application.phone_proved_at is None:
        raise NotProved
    application.owner = by
    move(application, State.IN_REVIEW, "owner")
    note(application, Kind.TAKEN, now, by=by)
    return application


@transaction.atomic
def ask_more(*, application_id: int, words: str, by: User, now: datetime) -> Application:
    """Ask the applicant for what is missing, in words. Raises ``WrongState`` or ``NoReason``."""
    application = locked(application_id)
    application.reason = words_of(words)
    move(application, State.MORE_ASKED, "reason")
    note(application, Kind.MORE_ASKED, now, by=by, text=application.reason)
    return application


@transaction.atomic
def refuse(*, application_id: int, reason: str, by: User, now: datetime) -> Application:
    """Say no, and why: its numbers are free for another application then. Raises a ``JoiningRefused``.

    A cooperative that an approval made already is closed, and what was to be its account and terms ends.
    """
    application = locked(application_id)
    check_person(application, by, APPROVE)
    return _end(application, State.REFUSED, Kind.REFUSED, words_of(reason), by, now)


@transaction.atomic
def withdraw(*, application_id: int, reason: str, now: datetime, by: User | None = None) -> Application:
    """Take an application back before its pages are open; it ends as by a refusal.

    ``by`` is nobody for the applicant, and someone of the office for whoever called. Raises a ``JoiningRefused``.
    """
    application = locked(application_id)
    if by is not None:
        check_person(application, by, APPROVE)
    return _end(application, State.WITHDRAWN, Kind.WITHDRAWN, words_of(reason), by, now)


def _end(application: Application, state: str, kind: str, reason: str, by: User | None, now: datetime) -> Application:
    check_move(application, state)
    end_phone_change(application, by, now)
    if application.cooperative_id:
        close_founded(application, reason, by, now)
    application.reason = reason
    move(application, state, "reason")
    note(application, kind, now, by=by, text=reason)
    return application


@transaction.atomic
def approve(*, application_id: int, with_account: bool, by: User, now: datetime) -> Application:
    """Make the cooperative, closed until it is activated, with its store; propose its account if it is asked for.

    Another person writes down the fees, another than ``by`` agrees to the account. Announces ``application_moved``
    and what ``banking`` does. Raises a ``JoiningRefused`` or ``banking.operations.AccountRefused``.
    """
    application = locked(application_id)
    check_person(application, by, APPROVE)
    check_move(application, State.APPROVED)
    if application.phone_proved_at is None:
        raise NotProved
    if missing := queries.missing_papers(application):
        raise PapersMissing(missing)
    application.cooperative = found_cooperative(application, with_account=with_account, by=by, now=now)
    application.approved_by = by
    move(application, State.APPROVED, "approved_by", "cooperative")
    note(application, Kind.APPROVED, now, by=by)
    return application
