"""Changes to people: whose number it is, and leaving."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from . import queries
from .models import User


class PhoneTaken(Exception):
    def __init__(self, phone: str) -> None:
        self.phone = phone
        super().__init__(_("This number belongs to another account."))


@transaction.atomic
def give_up_pending(*, phone: str | None = None, email: str | None = None, keep: User | None = None) -> None:
    """Free a number and an address from sign-ups that never proved to own them. The rest of such a sign-up goes too."""
    claims = {"phone": phone, "email": email.lower() if email else None}
    for field, value in claims.items():
        if value is None:
            continue
        for person in queries.pending().filter(**{field: value}).exclude(pk=keep.pk if keep else None):
            person.delete()


@transaction.atomic
def record_phone(*, person: User, phone: str, verified_at: datetime | None) -> None:
    """Store someone's number, confirmed or not. Raises ``PhoneTaken`` when someone else has it."""
    give_up_pending(phone=phone, keep=person)
    if User.objects.filter(phone=phone).exclude(pk=person.pk).exists():
        raise PhoneTaken(phone)
    person.phone = phone
    person.phone_verified_at = verified_at
    person.save(update_fields=["phone", "phone_verified_at"])


@transaction.atomic
def forget_person(*, person: User) -> None:
    """Close an account and erase what says whose it was. Orders stay, as the books must."""
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    for related in ("emailaddress_set", "addresses", "authenticator_set", "memberships"):
        getattr(person, related).all().delete()
    person.groups.clear()
    person.user_permissions.clear()
    person.email, person.phone, person.phone_verified_at = f"gone-{person.pk}@people.invalid", None, None
    person.first_name = person.last_name = ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save()
