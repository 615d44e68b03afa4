"""The demonstration's people: one for each role, fictional, with passwords that stay the same in ``DATA_DIR``."""

import json
import os
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from catalogue.cooperatives.models import Membership, Partner
from catalogue.kernel.periods import day_of
from catalogue.lots.models import Place
from catalogue.people.models import User
from fulfilment.collecting.models import ShopMandate
from fulfilment.collecting.operations import give_mandate
from storefront.customer import roles

TOTP_PERIOD = 30
MANDATE_DAYS = 730


@dataclass(frozen=True)
class Person:
    role: str
    first_name: str
    last_name: str
    number: int
    email: str | None = None
    language: str = "fr"
    member: str = ""  # role in the cooperative
    group: str = ""  # group of the office
    keeps: str = ""  # the shop whose counter they keep

    @property
    def phone(self) -> str:
        return f"+2127400000{self.number:02}"  # a range that is allocated to nobody

    @property
    def login(self) -> str:
        return self.email if self.email and self.group else self.phone

    @property
    def needs_totp(self) -> bool:
        return bool(self.group) or self.member == Membership.Role.OWNER


PEOPLE = (
    Person(gettext_noop("shopper"), "سلمى", "بنيس", 1, "salma.bennis@example.org", language="ar"),
    Person(gettext_noop("cooperative owner"), "فاضمة", "أوحدو", 2, language="ar", member="owner"),
    Person(gettext_noop("cooperative clerk"), "حسن", "أوحدو", 3, language="ar", member="clerk"),
    Person(gettext_noop("shop keeper"), "حنان", "الإدريسي", 12, language="ar", keeps="SHOP-CASA"),
    Person(gettext_noop("office support"), "Imane", "Tazi", 4, "support@example.org", group="support"),
    Person(gettext_noop("office catalogue"), "Youssef", "Alaoui", 5, "catalogue@example.org", group="catalogue"),
    Person(gettext_noop("office logistics"), "Karim", "Berrada", 6, "logistics@example.org", group="logistics"),
    Person(gettext_noop("office finance"), "Nadia", "Chraibi", 7, "finance@example.org", group="finance"),
    Person(gettext_noop("director"), "Rachid", "Lamrani", 8, "director@example.org", group="director"),
)


class NoCooperative(Exception):
    def __init__(self) -> None:
        super().__init__("No cooperative sells anything yet: load the catalogue first.")


def path() -> Path:
    return Path(settings.DATA_DIR) / "accounts.json"


def listed() -> list[dict[str, str | None]]:
    """Return every sign-in: role, login, password, totp_secret. Empty before ``make_accounts`` ran."""
    try:
        return json.loads(path().read_text())
    except FileNotFoundError:
        return []


def cooperative() -> Partner | None:
    """Return the cooperative that the owner and the clerk of the list work for."""
    owner = next(person for person in PEOPLE if person.member == Membership.Role.OWNER)
    found = Membership.objects.filter(user__phone=owner.phone).select_related("cooperative").first()
    return found.cooperative if found else None


def current_code(secret: str, now: float | None = None) -> str:
    """Return the code an authenticator app would show."""
    return format_hotp_value(hotp_value(secret, int((now or time.time()) // TOTP_PERIOD)))


def make() -> list[dict[str, str | None]]:
    """Make the accounts and their file, or bring them back to what the file says. A second run changes nothing."""
    known = {account["role"]: account for account in listed()}
    employer = cooperative() or _cooperative()
    roles.grant()
    accounts = [_sign_in(person, known.get(person.role, {})) for person in PEOPLE]
    with transaction.atomic():
        for person, account in zip(PEOPLE, accounts, strict=True):
            _write(person, account, employer)
    _keep(accounts)
    return accounts


def _cooperative() -> Partner:
    """Return the cooperative with most to sell, a women's one if there is a choice."""
    found = (
        Partner.objects.filter(is_active=True)
        .annotate(sold=Count("stockrecords", filter=Q(stockrecords__num_in_stock__gt=0)))
        .filter(sold__gt=0)
        .order_by("-sold", "-is_womens", "code")
        .first()
    )
    if found is None:
        raise NoCooperative
    return found


def _sign_in(person: Person, known: dict[str, str | None]) -> dict[str, str | None]:
    return {
        "role": person.role,
        "login": person.login,
        "password": known.get("password") or secrets.token_urlsafe(12),
        "totp_secret": (known.get("totp_secret") or generate_totp_secret()) if person.needs_totp else None,
    }


def _write(person: Person, account: dict[str, str | None], employer: Partner) -> None:
    user = User.objects.filter(phone=person.phone).first() or User(phone=person.phone)
    user.email, user.first_name, user.last_name = person.email, person.first_name, person.last_name
    user.phone_verified_at = user.phone_verified_at or timezone.now()
    user.is_staff, user.is_active = bool(person.group), True
    user.language = user.language if user.pk else person.language
    if not user.check_password(account["password"]):
        user.set_password(account["password"])
    user.save()
    user.groups.set(Group.objects.filter(name=person.group))
    if person.email:
        EmailAddress.objects.update_or_create(
            user=user, email=person.email, defaults={"verified": True, "primary": True}
        )
    if person.member:
        Membership.objects.update_or_create(cooperative=employer, user=user, defaults={"role": person.member})
    if account["totp_secret"]:
        _write_totp(user, account["totp_secret"])
    if person.keeps and not ShopMandate.objects.filter(user=user).exists():
        _give_mandate(user, person.keeps)


def _give_mandate(user: User, code: str) -> None:
    """Let someone keep a shop for the next two years, where that shop is known."""
    now, place = timezone.now(), Place.objects.filter(code=code, kind=Place.Kind.SHOP).first()
    if place is not None:
        today = day_of(now)
        dates = {"valid_from": today, "valid_until": today + timedelta(days=MANDATE_DAYS)}
        give_mandate(place_id=place.pk, user_id=user.pk, by=user, now=now, **dates)


def _write_totp(user: User, secret: str) -> None:
    box = get_adapter()
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if kept is None:
        kept = Authenticator(user=user, type=Authenticator.Type.TOTP)
    elif box.decrypt(kept.data["secret"]) == secret:
        return
    kept.data = {"secret": box.encrypt(secret)}
    kept.save()


def _keep(accounts: list[dict[str, str | None]]) -> None:
    new = path().with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(accounts, file, indent=2, ensure_ascii=False)
    new.replace(path())
