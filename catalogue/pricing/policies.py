"""What a unit costs, part by part. Plain Python: the same figures for a page, a test or a spreadsheet."""

from dataclasses import dataclass, fields
from decimal import Decimal

from catalogue.kernel.money import MAD, ROUNDING, ZERO, check_currency, convert, quantize, round_up_to
from catalogue.kernel.shopping import EXPORT, HOME


class NegativeRemainder(ValueError):
    """The cooperative's amount and the tax are more than the public price."""

    def __init__(self, missing_mad: Decimal) -> None:
        self.missing_mad = missing_mad
        super().__init__(f"the price is {missing_mad} MAD short of the cooperative's amount and the tax")


@dataclass(frozen=True)
class Parts:
    """Where a unit price goes. The parts add up to the price exactly, in its own currency."""

    farm_gate: Decimal
    office: Decimal
    tax: Decimal
    collection: Decimal = ZERO
    packing: Decimal = ZERO
    transport: Decimal = ZERO
    payment: Decimal = ZERO

    @property
    def price(self) -> Decimal:
        return sum((getattr(self, part.name) for part in fields(self)), ZERO)

    @property
    def price_excl_tax(self) -> Decimal:
        return self.price - self.tax


@dataclass(frozen=True)
class PublicPrice:
    """The data's price of a unit sold in Morocco, tax included, and what the cooperative gets of it."""

    price_mad: Decimal
    farm_gate_mad: Decimal
    vat_pct: Decimal

    @property
    def tax_factor(self) -> Decimal:
        return 1 + self.vat_pct / 100

    def check(self) -> None:
        """Raise ``NegativeRemainder`` when nothing, or less, is left for the office."""
        missing = self.farm_gate_mad * self.tax_factor - self.price_mad
        if missing > 0:
            raise NegativeRemainder(quantize(missing))


def opening_parts(public: PublicPrice, *, currency: str, side: str, rate: Decimal = Decimal(1)) -> Parts:
    """Compute a unit's price from the data's public price in dirhams.

    At home the price includes tax; exports are zero-rated, so the tax is taken off first. Then convert at
    ``rate`` dirhams a unit, round the unit up by the currency's step, and give the office what is left: it
    takes the difference of the rounding. Dirhams at home stay what the data say, rounded up to 0.50.
    """
    if side not in (HOME, EXPORT):
        raise ValueError(f"{side} is no tax side.")
    if check_currency(currency) == MAD and rate != 1:
        raise ValueError("A dirham is worth one dirham.")
    public.check()
    price_mad = public.price_mad if side == HOME else public.price_mad / public.tax_factor
    price = round_up_to(convert(price_mad, rate), ROUNDING[currency])
    excl_tax = quantize(price / public.tax_factor) if side == HOME else price
    farm_gate = quantize(convert(public.farm_gate_mad, rate))
    return Parts(farm_gate=farm_gate, office=excl_tax - farm_gate, tax=price - excl_tax)
