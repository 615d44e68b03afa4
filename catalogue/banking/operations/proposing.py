"""The ways in: the account a cooperative comes with, and a proposal, by whichever route it comes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.banking import policies, queries, signals
from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Membership, Partner
from catalogue.kernel import events
from catalogue.kernel.locks import advisory_lock, lock_one
from catalogue.people.models import User

from .steps import AccountRefused, Kind, NotProposed, State, locked, note


class AlreadyProposed(AccountRefused):
    code = "already_proposed"

    def __init__(self) -> None:
        super().__init__(_("Another account is proposed already: withdraw that first, or wait for the answer."))


class SameAccount(AccountRefused):
    code = "same"

    def __init__(self) -> None:
        super().__init__(_("This is the account that is used already, or soon will be."))


class UsedElsewhere(AccountRefused):
    code = "used_elsewhere"

    def __init__(self) -> None:
        super().__init__(_("Another cooperative has this account. Only members of one union may share an account."))


class NotAnOpening(AccountRefused):
    code = "not_an_opening"

    def __init__(self) -> None:
        super().__init__(_("This cooperative has an account or people already: another account is proposed."))


@transaction.atomic
def open_account(*, cooperative_id: int, rib: str, holder_name: str, now: datetime) -> BankAccount:
    """Give a cooperative that comes into the shop with an account that very account, to be used at once.

    Only for one that has had no account and has no people here. Raises ``NotARib``, ``NotAnOpening``,
    ``UsedElsewhere``.
    """
    cooperative, number = _prepared(cooperative_id, rib)
    if cooperative.bank_accounts.exists() or Membership.objects.filter(cooperative=cooperative).exists():
        raise NotAnOpening
    account = BankAccount.objects.create(
        cooperative=cooperative,
        bank_id=policies.bank_of(number),
        rib=number,
        holder_name=holder_name.strip(),
        state=State.APPROVED,
        route=BankAccount.Route.OPENING,
        proposed_at=now,
        approved_at=now,
        usable_from=now,
    )
    note(account, Kind.OPENED, now, by=None)
    return account


@transaction.atomic
def propose(
    *, cooperative_id: int, rib: str, holder_name: str, by: User | None, route: str, now: datetime
) -> BankAccount:
    """Ask that a cooperative be paid to another account; nothing is paid to any until it is decided.

    ``by`` is nobody for a file. Announces ``account_proposed``. Raises ``NotARib`` or an ``AccountRefused``.
    """
    cooperative, number = _prepared(cooperative_id, rib)
    if cooperative.bank_accounts.filter(state=State.PROPOSED).exists():
        raise AlreadyProposed
    standing = queries.standing(cooperative.pk, now)
    latest = standing.coming or standing.in_force
    if latest and latest.rib == number and not latest.is_blocked_at(now):
        raise SameAccount
    account = BankAccount.objects.create(
        cooperative=cooperative,
        bank_id=policies.bank_of(number),
        rib=number,
        holder_name=holder_name.strip(),
        former=standing.in_force,
        route=route,
        proposed_by=by,
        proposed_at=now,
    )
    note(account, Kind.PROPOSED, now, by=by)
    events.announce(signals.account_proposed, account_id=account.pk)
    return account


def _prepared(cooperative_id: int, rib: str) -> tuple[Partner, str]:
    """Lock the cooperative and the number, and return both once the number may be the cooperative's."""
    number = policies.read_rib(rib, queries.bank_codes())
    cooperative = lock_one(Partner.objects.filter(pk=cooperative_id))
    advisory_lock(f"banking:{number}")  # two cooperatives at once must not both find it free
    if queries.elsewhere(number, cooperative).exists():
        raise UsedElsewhere
    return cooperative, number


@transaction.atomic
def withdraw(*, account_id: int, by: User | None, now: datetime) -> BankAccount:
    """Take a proposal back before it is decided on; by nobody where who applied to join did. Raises ``NotProposed``."""
    account = locked(account_id)
    if account.state != State.PROPOSED:
        raise NotProposed
    account.state, account.ended_by, account.ended_at = State.WITHDRAWN, by, now
    account.save(update_fields=["state", "ended_by", "ended_at"])
    note(account, Kind.WITHDRAWN, now, by=by)
    return account
