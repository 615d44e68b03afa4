"""Bank accounts of cooperatives for tests: right numbers, the one a cooperative came with, and proposals."""

from datetime import UTC, datetime
from typing import Any

from catalogue.banking import operations
from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Partner
from catalogue.kernel.identifiers import rib_key

OPENED_AT = datetime(2025, 1, 1, tzinfo=UTC)


def make_rib(number: int, bank: str = "230") -> str:
    """Return the RIB of an account by its number, with the right key."""
    first = f"{bank}780{number:016d}"
    return first + rib_key(first)


def open_account(cooperative: Partner, rib: str) -> BankAccount:
    """Give a cooperative the account it came with."""
    return operations.open_account(cooperative_id=cooperative.pk, rib=rib, holder_name=cooperative.name, now=OPENED_AT)


def propose_account(cooperative: Partner, *, now: datetime, **fields: Any) -> BankAccount:
    """Propose another account for a cooperative, by nobody and by the office unless said otherwise."""
    values = {"rib": make_rib(9_000_000 + cooperative.pk), "holder_name": cooperative.name, "by": None}
    values |= {"route": BankAccount.Route.OFFICE} | fields
    return operations.propose(cooperative_id=cooperative.pk, now=now, **values)
