"""Who gives a discount up: the office, or the cooperative as far as its floor."""

from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import ZERO, quantize

from .offers import Good, Offer, round_down


@dataclass
class Rest:
    """What is left of a good while discounts are taken from it."""

    good: Good
    left: Decimal
    tax: Decimal
    room_mad: Decimal
    touched: bool = False
    shut: bool = False

    @classmethod
    def of(cls, good: Good) -> "Rest":
        return cls(
            good=good,
            left=good.unit_price * good.quantity,
            tax=good.unit_tax * good.quantity,
            room_mad=max(ZERO, good.farm_gate_mad - good.floor_mad) * good.quantity,
        )

    def is_open_to(self, offer: Offer) -> bool:
        """Tell whether this offer may take from it: an exclusive one takes only what no other has touched."""
        if self.shut or not self.left or not offer.concerns(self.good.stockrecord_id):
            return False
        return not (offer.exclusive and self.touched)


@dataclass(frozen=True)
class Share:
    """What one offer takes of one good: with tax, the tax in it, and what the cooperative gives up of it (MAD)."""

    amount: Decimal
    tax: Decimal
    cooperative_mad: Decimal


def tax_in(amount: Decimal, rest: Rest) -> Decimal:
    """Return the tax within an amount taken off; never more than is left, and all of it when nothing is left."""
    share = quantize(amount * rest.good.vat_pct / (100 + rest.good.vat_pct))
    return max(min(share, rest.tax), rest.tax - (rest.left - amount))


def bear(offer: Offer, amount: Decimal, rest: Rest, mad_per_unit: Decimal) -> Share:
    """Part what is taken of a good between office and cooperative.

    Beyond its floor the cooperative gives nothing: the office covers the rest, or the discount is made smaller.
    """
    part = offer.cooperative_pct / 100
    wanted = quantize((amount - tax_in(amount, rest)) * mad_per_unit * part)
    if wanted > rest.room_mad and not offer.office_covers:
        with_tax = 1 + rest.good.vat_pct / 100
        amount = min(amount, round_down(rest.room_mad / part / mad_per_unit * with_tax))
        wanted = quantize((amount - tax_in(amount, rest)) * mad_per_unit * part)
    return Share(amount=amount, tax=tax_in(amount, rest), cooperative_mad=min(wanted, rest.room_mad))


def take(share: Share, rest: Rest, *, exclusive: bool) -> None:
    """Count a share as taken."""
    rest.left -= share.amount
    rest.tax -= share.tax
    rest.room_mad -= share.cooperative_mad
    rest.touched = True
    rest.shut = rest.shut or exclusive
