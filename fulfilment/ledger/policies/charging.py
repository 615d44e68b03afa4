"""A lost dispute that the cooperatives bear by contract: their share of what is left, from where it stands."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from catalogue.kernel.money import MAD

from . import accounts
from .accounts import AccountKey
from .entries import Leg, merged


@dataclass(frozen=True)
class Stands:
    """What a sale owes a cooperative for one order line, as it stands now, in centimes.

    What is not delivered stands as accrued, what is as payable, whether it was paid since or not.
    """

    order_line: int
    cooperative_id: int
    accrued_minor: int
    payable_minor: int


def charged_back(lines: Iterable[Stands], portion: Fraction) -> tuple[Leg, ...]:
    """Take this portion of what stands of each line from its cooperative, and that much off what the office lost.

    Each share is rounded down. The whole leaves nothing.
    """
    legs: list[Leg] = []
    for line in lines:
        left = max(line.accrued_minor + line.payable_minor, 0)
        taken = left * portion.numerator // portion.denominator
        from_accrued = min(taken, max(line.accrued_minor, 0))
        for code, amount in ((accounts.ACCRUED, from_accrued), (accounts.PAYABLE, taken - from_accrued)):
            legs.append(Leg(AccountKey(code, MAD, line.cooperative_id), amount, line.order_line))
        legs.append(Leg(AccountKey(accounts.DISPUTES_LOST), -taken))
    return merged(legs)


def made_good(lines: Iterable[Stands], payable: Collection[int]) -> tuple[Leg, ...]:
    """Give lines that stand below nothing what they are short of: refunds and disputes took more than they earned.

    The office bears it, as it does what was lost. ``payable`` are the lines that were delivered.
    """
    legs: list[Leg] = []
    for line in lines:
        short = max(-(line.accrued_minor + line.payable_minor), 0)
        code = accounts.PAYABLE if line.order_line in payable else accounts.ACCRUED
        legs.append(Leg(AccountKey(code, MAD, line.cooperative_id), -short, line.order_line))
        legs.append(Leg(AccountKey(accounts.DISPUTES_LOST), short))
    return merged(legs)
