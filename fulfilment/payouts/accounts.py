"""The accounts that runs pay to: usable at a moment, of each cooperative or of who receives for it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from catalogue.banking import operations as banking
from catalogue.banking.mandates import receivers
from catalogue.banking.models import BankAccount
from catalogue.banking.queries import usable_accounts
from catalogue.kernel.locks import lock

from .models import Payout
from .policies import PayTo

__all__ = ["block", "hold", "receivers", "usable"]


def usable(cooperatives: Iterable[int], received: Mapping[int, int], at: datetime) -> dict[int, PayTo]:
    """Return where each cooperative's money goes; ``received`` says who receives for whom. Some have nowhere."""
    paid_to = {pk: received.get(pk, pk) for pk in cooperatives}
    accounts = usable_accounts(paid_to.values(), at)
    found = {pk: accounts.get(receiver) for pk, receiver in paid_to.items()}
    return {pk: PayTo(one.rib, one.holder_name, one.pk) for pk, one in found.items() if one}


def hold(payouts: Iterable[Payout]) -> None:
    """Lock the accounts of these payouts in key order, so that nobody blocks one meanwhile."""
    lock(BankAccount.objects.filter(pk__in={one.account_id for one in payouts if one.account_id}))


def block(payout: Payout, *, reason: str, now: datetime) -> None:
    """Keep the account of a payout from being paid to: the bank sent money back from it."""
    if payout.account_id:
        banking.block_account(account_id=payout.account_id, reason=reason, now=now)
