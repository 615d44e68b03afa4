"""What every step of an account shares: the lock, the check that it is another person's, the audit row."""

from datetime import datetime

from django.utils.translation import gettext as _

from catalogue.banking.models import AccountEvent, BankAccount
from catalogue.cooperatives.models import Membership
from catalogue.kernel.locks import lock_one
from catalogue.people.models import User

State = BankAccount.State
Kind = AccountEvent.Kind
RIGHT = "banking.approve_bankaccount"


class AccountRefused(Exception):
    """Why nothing was changed. ``code`` is for programs; the text is for a person."""

    code = ""


class OwnProposal(AccountRefused):
    code = "own_proposal"

    def __init__(self) -> None:
        super().__init__(_("Someone else than the person who proposed an account decides on it."))


class OwnCooperative(AccountRefused):
    code = "own_cooperative"

    def __init__(self) -> None:
        super().__init__(_("Whoever works for a cooperative does not decide on its account."))


class NoRight(AccountRefused):
    code = "no_right"

    def __init__(self) -> None:
        super().__init__(_("Deciding on accounts takes a right that you do not have."))


class NotProposed(AccountRefused):
    code = "not_proposed"

    def __init__(self) -> None:
        super().__init__(_("This account does not wait for an answer any more; nothing was changed."))


class NoReason(AccountRefused):
    code = "no_reason"

    def __init__(self) -> None:
        super().__init__(_("Say why."))


def locked(account_id: int) -> BankAccount:
    return lock_one(BankAccount.objects.filter(pk=account_id))


def check_other(account: BankAccount, by: User) -> None:
    if not by.has_perm(RIGHT):
        raise NoRight
    if account.proposed_by_id == by.pk:
        raise OwnProposal
    if Membership.objects.filter(cooperative=account.cooperative_id, user=by).exists():
        raise OwnCooperative


def end(account: BankAccount, state: str, kind: str, reason: str, by: User | None, now: datetime) -> None:
    if not reason.strip():
        raise NoReason
    account.state, account.reason, account.ended_by, account.ended_at = state, reason.strip(), by, now
    account.save(update_fields=["state", "reason", "ended_by", "ended_at"])
    note(account, kind, now, by=by)


def note(account: BankAccount, kind: str, now: datetime, *, by: User | None) -> None:
    """Keep both numbers with who did it: this is what an inquiry reads."""
    AccountEvent.objects.create(
        account=account,
        kind=kind,
        old_rib=account.former.rib if account.former else "",
        new_rib=account.rib,
        made_by=by,
        made_at=now,
        note=account.reason,
    )
