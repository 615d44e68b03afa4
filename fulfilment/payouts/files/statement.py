"""A statement of our bank account as read from a file, whatever its format."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from catalogue.kernel import formats


class NotAStatement(ValueError):
    """The file cannot be read as a statement; the text says why, for the person who sent it."""


class NotOurs(NotAStatement):
    """The statement is of another account, or in another currency."""

    def __init__(self, account: str) -> None:
        ending = account[-4:]
        super().__init__(
            _("This statement is of another account (… %(ending)s) than the one payouts are made from.")
            % {"ending": ending}
            if ending
            else _("This statement does not say that it is of the account payouts are made from.")
        )


class Unbalanced(NotAStatement):
    """What stood there before, and the lines, do not come to what stood there after."""

    def __init__(self, opening: Decimal, moved: Decimal, closing: Decimal) -> None:
        sums = {"opening": opening, "moved": moved, "closing": closing}
        said = _("The statement does not add up: %(opening)s before, %(moved)s moved, %(closing)s after.")
        super().__init__(said % {name: formats.money(amount, "MAD", "en") for name, amount in sums.items()})


@dataclass(frozen=True)
class Told:
    """One movement as the bank wrote it: MAD, above zero. ``account`` is the other side's.

    ``is_return``: the bank itself says that it is a transfer of ours that came back.
    """

    is_credit: bool
    amount: Decimal
    booked_on: date
    reference: str = ""
    end_to_end_id: str = ""
    account: str = ""
    reason: str = ""
    is_return: bool = False

    @property
    def signed(self) -> Decimal:
        return self.amount if self.is_credit else -self.amount

    @property
    def proof(self) -> str:
        return f"{self.booked_on} {self.reference}".strip()


@dataclass(frozen=True)
class Statement:
    """Movements in their order, which lead from one balance to the other. ``name`` is the bank's number of it."""

    name: str
    opening: Decimal
    closing: Decimal
    lines: tuple[Told, ...]
