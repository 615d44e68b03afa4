"""The last step: whoever has the contact's phone types the code that came to it, and owns the cooperative's pages."""

from datetime import datetime

from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Membership, Partner
from catalogue.joining.models import Application
from catalogue.people import operations as people
from catalogue.people import queries as known
from catalogue.people.models import User

from .proving import tried
from .steps import JoiningRefused, Kind, State, check_move, move, note


class NoOwner(JoiningRefused):
    """The phone belongs to someone of the office, or to an account that never proved it."""

    code = "no_owner"

    def __init__(self) -> None:
        super().__init__(_("Another account has this phone: call the office, which puts it right."))


def activate(*, application_id: int, code: str, now: datetime) -> User:
    """Open the cooperative to its owner, who proved the phone with the code. A wrong try is counted.

    Announces ``application_moved``. Raises a ``JoiningRefused``; a code that was used once is ``WrongState``.
    """
    return tried(application_id, code, now, check=lambda one: check_move(one, State.ACTIVE), then=_open)


def _open(application: Application, now: datetime) -> User:
    owner = _owner(application, now)
    Membership.objects.create(cooperative=application.cooperative, user=owner, role=Membership.Role.OWNER)
    Partner.objects.filter(pk=application.cooperative_id).update(is_active=True)
    application.phone_proved_at = now
    move(application, State.ACTIVE, "phone_proved_at")
    note(application, Kind.ACTIVATED, now)
    return owner


def _owner(application: Application, now: datetime) -> User:
    """Return the person of the contact's phone, made without a password if there is none. Raises ``NoOwner``."""
    person = known.by_phone(application.phone)
    if person is None:
        people.give_up_pending(phone=application.phone)
        return User.objects.create_user(
            phone=application.phone,
            phone_verified_at=now,
            first_name=application.contact_name,
            language=application.language,
        )
    if person.is_staff or person.is_superuser or not person.is_active or person.phone_verified_at is None:
        raise NoOwner
    return person
