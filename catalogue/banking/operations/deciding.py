"""What another person than the proposer does: agree, refuse, keep the former account meanwhile; and blocking."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.banking import policies, queries, signals
from catalogue.banking.models import BankAccount
from catalogue.kernel import events
from catalogue.people.models import User

from .steps import AccountRefused, Kind, NotProposed, State, check_other, end, locked, note


class NotApproved(AccountRefused):
    code = "not_approved"

    def __init__(self) -> None:
        super().__init__(_("Only an account that was agreed to can be blocked."))


class NoFormer(AccountRefused):
    code = "no_former"

    def __init__(self) -> None:
        super().__init__(_("There is no former account to keep, or it is kept already."))


class OtherNumber(AccountRefused):
    """What the second person read from the bank's paper is another number than the one that was proposed."""

    code = "other_number"

    def __init__(self) -> None:
        super().__init__(
            _("This is not the number that was proposed. Look at the bank's paper again; if it differs, refuse.")
        )


class TooManyTries(AccountRefused):
    """The paper and the proposal do not agree; who guesses learns no more."""

    code = "too_many_tries"

    def __init__(self) -> None:
        super().__init__(
            _("Other numbers were typed too often: this proposal can only be refused, and the account proposed again.")
        )


def approve(*, account_id: int, rib: str, by: User, now: datetime) -> BankAccount:
    """Agree to an account that someone else proposed; it is used once its waiting time is over.

    ``rib`` is what ``by`` reads on the bank's paper; another number than the proposed one is counted and refused,
    without saying where it differs. Announces ``account_approved``. Raises ``NotARib`` or an ``AccountRefused``.
    """
    account = _compared(account_id, policies.read_rib(rib, queries.bank_codes()), by, now)
    if account is None:
        raise OtherNumber
    return account


@transaction.atomic
def _compared(account_id: int, number: str, by: User, now: datetime) -> BankAccount | None:
    account = _to_decide(account_id, by)
    if account.events.filter(kind=Kind.MISTYPED).count() >= policies.MOST_TRIES:
        raise TooManyTries
    if number != account.rib:
        note(account, Kind.MISTYPED, now, by=by)
        return None
    account.state, account.approved_by, account.approved_at = State.APPROVED, by, now
    account.usable_from = policies.usable_from(now)
    account.save(update_fields=["state", "approved_by", "approved_at", "usable_from"])
    note(account, Kind.APPROVED, now, by=by)
    events.announce(signals.account_approved, account_id=account.pk)
    return account


@transaction.atomic
def refuse(*, account_id: int, reason: str, by: User, now: datetime) -> BankAccount:
    """Say no to a proposal, and why: the former account is used again. Announces ``account_refused``.

    Raises an ``AccountRefused``.
    """
    account = _to_decide(account_id, by)
    end(account, State.REFUSED, Kind.REFUSED, reason, by, now)
    events.announce(signals.account_refused, account_id=account.pk)
    return account


@transaction.atomic
def keep_former(*, account_id: int, by: User, now: datetime) -> BankAccount:
    """Confirm that the former account is still good: it is paid to until the proposed one is used.

    Raises an ``AccountRefused``.
    """
    account = locked(account_id)
    check_other(account, by)
    if account.former_id is None or account.former_kept_at or not account.is_coming_at(now):
        raise NoFormer
    account.former_kept_by, account.former_kept_at = by, now
    account.save(update_fields=["former_kept_by", "former_kept_at"])
    note(account, Kind.FORMER_KEPT, now, by=by)
    return account


@transaction.atomic
def block_account(*, account_id: int, reason: str, now: datetime, by: User | None = None) -> BankAccount:
    """Pay nothing more to an account, such as one that money came back from; a second call changes nothing.

    One that still waited is not used then, and the former stays in force. ``by`` is nobody for a bank's answer.
    Raises ``NotApproved`` or ``NoReason``.
    """
    account = locked(account_id)
    if account.state == State.BLOCKED:
        return account
    if account.state != State.APPROVED:
        raise NotApproved
    end(account, State.BLOCKED, Kind.BLOCKED, reason, by, now)
    return account


def _to_decide(account_id: int, by: User) -> BankAccount:
    account = locked(account_id)
    if account.state != State.PROPOSED:
        raise NotProposed
    check_other(account, by)
    return account
