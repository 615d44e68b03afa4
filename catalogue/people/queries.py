"""Reads of people: who answers to a phone or an e-mail."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet

from .models import User


def pending() -> QuerySet[User]:
    """Return sign-ups that nobody has proved to own: no contact confirmed, never signed in, a password chosen.

    Whoever typed that password may not be the owner of the number, so such an account counts for nothing until the code
    is typed. Accounts made by the office have no password and no pending state.
    """
    return User.objects.filter(
        last_login=None, phone_verified_at=None, is_staff=False, is_superuser=False, memberships=None
    ).exclude(Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(emailaddress__verified=True))


def by_phone(phone: str) -> User | None:
    """Return the person who signs in with a number in E.164; sign-ups still waiting for their code are left out."""
    person = User.objects.filter(phone=phone).first()
    return None if person is None or pending().filter(pk=person.pk).exists() else person


def contact_is_confirmed(person: User) -> bool:
    """Tell whether a code or a link sent to one of the person's contacts has come back."""
    if person.phone_verified_at is not None:
        return True
    return User.objects.filter(pk=person.pk, emailaddress__verified=True).exists()
