"""Amounts of money: plain Python, no Django, the one place where anything is rounded.

An amount is a ``Decimal`` with two places and travels beside its currency code.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from types import MappingProxyType

MAD, EUR, USD = "MAD", "EUR", "USD"
CURRENCIES = (MAD, EUR, USD)

CENT = Decimal("0.01")
RATE = Decimal("0.000001")
ZERO = Decimal("0.00")

#: A public unit price is a multiple of this.
ROUNDING = MappingProxyType({MAD: Decimal("0.50"), EUR: Decimal("0.10"), USD: Decimal("0.10")})


class UnknownCurrency(ValueError):
    """The shop does not trade in this currency."""


def check_currency(currency: str) -> str:
    """Return ``currency`` when the shop trades in it."""
    if currency not in CURRENCIES:
        raise UnknownCurrency(currency)
    return currency


def quantize(amount: Decimal | int) -> Decimal:
    """Round to the cent, halves away from zero, as an invoice does."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def quantize_rate(mad_per_unit: Decimal) -> Decimal:
    """Round an exchange rate to the six places that are kept, halves away from zero."""
    return mad_per_unit.quantize(RATE, ROUND_HALF_UP)


def round_up_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round a positive amount up to the next multiple of ``step``."""
    if step <= 0:
        raise ValueError("A rounding step is positive.")
    return ((amount / step).to_integral_value(ROUND_UP) * step).quantize(CENT)


def round_down_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round a positive amount down to a multiple of ``step``."""
    if step <= 0:
        raise ValueError("A rounding step is positive.")
    return ((amount / step).to_integral_value(ROUND_DOWN) * step).quantize(CENT)


def convert(amount_mad: Decimal, rate: Decimal) -> Decimal:
    """Turn dirhams into a currency worth ``rate`` dirhams a unit.

    The result is not rounded: round once, at the end, with ``quantize`` or ``round_up_to``.
    """
    if rate <= 0:
        raise ValueError("An exchange rate is positive.")
    return amount_mad / rate


def split(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Share an amount in proportion to the weights; the shares add up to it exactly.

    The cents left over go to the shares that lost most by rounding down, earlier ones first, so a
    weight of zero never receives anything. A negative total (a refund) is shared like its opposite.
    """
    if total < 0:
        return [-share for share in split(-total, weights)]
    if total != total.quantize(CENT):
        raise ValueError("Only whole cents can be shared.")
    if any(weight < 0 for weight in weights) or not (whole := sum(weights, Decimal(0))):
        raise ValueError("Weights are not negative, and not all zero.")
    exact = [total * weight / whole for weight in weights]
    shares = [share.quantize(CENT, ROUND_DOWN) for share in exact]
    left_over = int((total - sum(shares, ZERO)) / CENT)
    by_loss = sorted(range(len(shares)), key=lambda index: (shares[index] - exact[index], index))
    for index in by_loss[:left_over]:
        shares[index] += CENT
    return shares


def to_minor(amount: Decimal) -> int:
    """Return centimes or cents, for gateways and the ledger. Refuses a fraction of one."""
    minor = amount / CENT
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of cents.")
    return int(minor)


def from_minor(amount_minor: int) -> Decimal:
    """Return the amount that a number of centimes or cents stands for."""
    return (Decimal(amount_minor) * CENT).quantize(CENT)
