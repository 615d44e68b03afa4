"""Which account a cooperative is paid to at a moment, or why it is not paid; the history of its accounts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from catalogue.cooperatives.models import Partner

from .models import Bank, BankAccount, FormerContact
from .policies import LATELY

State = BankAccount.State


class Status(TextChoices):
    """What an account is at a moment."""

    PROPOSED = "proposed", _("waits for the office")
    WAITING = "waiting", _("agreed, not used yet")
    ACTIVE = "active", _("in use")
    REPLACED = "replaced", _("no longer used")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    BLOCKED = "blocked", _("blocked")


class Hold(TextChoices):
    """Why a cooperative is not paid by transfer at a moment."""

    NONE = "none", _("It has no bank account yet.")
    CHANGING = "changing", _("Its bank account is being changed.")
    BLOCKED = "blocked", _("Its bank account is blocked.")


@dataclass(frozen=True)
class Standing:
    """A cooperative's accounts at a moment: the latest one in force, one that is to come, and what holds money back."""

    in_force: BankAccount | None
    coming: BankAccount | None
    hold: Hold | None

    @property
    def usable(self) -> BankAccount | None:
        """The account that may be paid to now."""
        return None if self.hold else self.in_force


def bank_codes() -> set[str]:
    """Return the codes of the banks we know."""
    return set(Bank.objects.values_list("code", flat=True))


def standings(cooperative_ids: Iterable[int], at: datetime) -> dict[int, Standing]:
    """Say for each cooperative how its accounts stood at a moment (one query).

    While a change is under way nothing is paid, to the former account neither, unless a person of the office
    confirmed the former one.
    """
    ids = set(cooperative_ids)
    accounts: dict[int, list[BankAccount]] = defaultdict(list)
    for account in BankAccount.objects.filter(cooperative__in=ids, proposed_at__lte=at).select_related("bank"):
        accounts[account.cooperative_id].append(account)
    return {pk: _standing(accounts[pk], at) for pk in ids}


def _standing(accounts: Iterable[BankAccount], at: datetime) -> Standing:
    in_force = max(
        (account for account in accounts if account.was_used_at(at)),
        key=lambda account: (account.usable_from, account.pk),
        default=None,
    )
    coming = [account for account in accounts if account.is_coming_at(at)]
    hold = None
    if any(not account.former_is_kept_at(at) for account in coming):
        hold = Hold.CHANGING
    elif in_force is None:
        hold = Hold.NONE
    if in_force and in_force.is_blocked_at(at):
        hold = Hold.BLOCKED
    return Standing(in_force, coming[0] if coming else None, hold)


def standing(cooperative_id: int, at: datetime) -> Standing:
    return standings([cooperative_id], at)[cooperative_id]


def usable_accounts(cooperative_ids: Iterable[int], at: datetime) -> dict[int, BankAccount]:
    """Return the account to pay each cooperative to at a moment; one that is not there must not be paid.

    ``standings`` says why. An account is there once someone else than its proposer approved it and its waiting time is
    over, until it is replaced or blocked; a change under way keeps the former one away too.
    """
    found = standings(cooperative_ids, at)
    return {pk: standing.usable for pk, standing in found.items() if standing.usable}


def history(cooperative_id: int, at: datetime) -> list[tuple[BankAccount, Status]]:
    """Return every account a cooperative had or was proposed, newest first, with what it is at a moment (one query)."""
    rows = BankAccount.objects.filter(cooperative=cooperative_id).select_related("bank", "proposed_by", "approved_by")
    accounts = list(rows)
    in_force = _standing(accounts, at).in_force
    return [(account, status_of(account, in_force, at)) for account in accounts]


def status_of(account: BankAccount, in_force: BankAccount | None, at: datetime) -> Status:
    """Say what an account is, given the one in force at the same moment."""
    if account.state != State.APPROVED:
        return Status(account.state.lower())
    if account.is_coming_at(at):
        return Status.WAITING
    return Status.ACTIVE if account == in_force else Status.REPLACED


def accounts() -> QuerySet[BankAccount]:
    """Return accounts with all that a page shows of them."""
    people = ("proposed_by", "approved_by", "ended_by", "former_kept_by")
    return BankAccount.objects.select_related("cooperative", "bank", "former__bank", *people)


def proposals() -> QuerySet[BankAccount]:
    """Return what waits for the office, the longest waiting first."""
    return accounts().filter(state=State.PROPOSED).order_by("proposed_at", "pk")


def contacts(cooperative: Partner, now: datetime) -> list[tuple[str, str]]:
    """Return how a cooperative is and lately was reached: (phone, e-mail), today's first.

    Whoever takes over an account changes the phone first; the one before is told as well.
    """
    former = FormerContact.objects.filter(cooperative=cooperative, changed_at__gt=now - LATELY)
    return [(cooperative.phone, cooperative.email), *former.values_list("phone", "email")]


def elsewhere(rib: str, cooperative: Partner) -> QuerySet[BankAccount]:
    """Return where another cooperative outside the same union has this account, or had it, or asks for it.

    A union receives for its members, so within one union an account may be shared.
    """
    others = BankAccount.objects.filter(rib=rib, cooperative__is_active=True).exclude(cooperative=cooperative)
    if cooperative.union_id:
        others = others.exclude(cooperative__union=cooperative.union_id)
    return others.exclude(state__in=[State.REFUSED, State.WITHDRAWN])
