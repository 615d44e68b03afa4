"""People for tests: someone with a role, and a browser signed in as them with the factors their role asks for."""

import itertools
import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from catalogue.cooperatives.models import Membership, Partner
from catalogue.people.models import User
from storefront.customer.second_factor import Factor, required_of

PASSWORD = "olive-trees-of-Taounate"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = itertools.count(1)


def make_person(*, email: str | None = None, phone: str | None = None, verified: bool = True, **fields: object) -> User:
    """Make someone who can sign in with ``PASSWORD``; without contacts given, by a phone of their own."""
    if email is None and phone is None:
        phone = f"+2127400{next(_numbers) + 50000:05}"
    fields.setdefault("language", "fr")
    fields.setdefault("phone_verified_at", timezone.now() if phone and verified else None)
    person = User.objects.create_user(email, PASSWORD, phone=phone, **fields)
    if email:
        EmailAddress.objects.create(user=person, email=person.email, verified=verified, primary=True)
    return person


def make_member(cooperative: Partner, role: str = "owner", **fields: object) -> User:
    """Make an owner or a clerk of a cooperative."""
    person = make_person(**fields)
    Membership.objects.create(cooperative=cooperative, user=person, role=role)
    if role == "owner":
        give_totp(person)
    return person


def make_staff(*groups: str, **fields: object) -> User:
    """Make someone of the office, in groups such as ``logistics``."""
    person = make_person(email=f"office{next(_numbers)}@example.org", is_staff=True, **fields)
    person.groups.set([Group.objects.get(name=name) for name in groups])
    give_totp(person)
    return person


def give_totp(person: User, secret: str = TOTP_SECRET) -> None:
    data = {"secret": get_mfa_adapter().encrypt(secret)}
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)


def sign_in(client: Client, person: User) -> Client:
    """Sign a test browser in as if every factor of the person's role had just been shown."""
    client.force_login(person)
    methods = ["password"]
    methods += {Factor.TOTP: ["mfa"], Factor.SMS: ["code"], Factor.NONE: []}[required_of(person)]
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": method, "at": time.time(), "reauthenticated": True} for method in methods
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return client
