"""What a unit costs, part by part. Plain Python: the same figures for a page, a test or a spreadsheet."""

from collections.abc import Mapping
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
    public.check()
    return fixed_parts(public, currency=currency, side=side, rate=rate)


def fixed_parts(public: PublicPrice, *, currency: str, side: str, rate: Decimal = Decimal(1)) -> Parts:
    """Compute the same without looking whether a floor is broken: the office may be left with less than nothing."""
    _check_terms(currency, side, rate)
    price_mad = public.price_mad if side == HOME else public.price_mad / public.tax_factor
    price = round_up_to(convert(price_mad, rate), ROUNDING[currency])
    excl_tax = quantize(price / public.tax_factor) if side == HOME else price
    farm_gate = quantize(convert(public.farm_gate_mad, rate))
    return Parts(farm_gate=farm_gate, office=excl_tax - farm_gate, tax=price - excl_tax)


class FeesTooHigh(ValueError):
    """The shares of the price that fees take leave nothing of it."""

    def __init__(self, total_pct: Decimal) -> None:
        self.total_pct = total_pct
        super().__init__(f"fees take {total_pct} % of the price")


FARM_GATE, UNIT, WEIGHT, PRICE = "farm_gate", "unit", "weight", "price"
CHARGED = ("collection", "packing", "transport", "payment", "office")


@dataclass(frozen=True)
class Charge:
    """One fee: a share of what the cooperative gets or of the price without tax, or dirhams a unit or kilogram."""

    basis: str
    value: Decimal

    def mad(self, unit: "Unit") -> Decimal:
        """Return what it is in dirhams for a unit; a share of the price is not known yet and counts nothing."""
        if self.basis == FARM_GATE:
            return unit.farm_gate_mad * self.value / 100
        if self.basis == WEIGHT:
            return unit.gross_weight_g * self.value / 1000
        return self.value if self.basis == UNIT else Decimal(0)

    @property
    def share(self) -> Decimal:
        """Return its share of the price without tax."""
        return self.value / 100 if self.basis == PRICE else Decimal(0)


@dataclass(frozen=True)
class Charges:
    """What is charged for one family on one day: at most one fee for each part."""

    by_part: Mapping[str, Charge]

    def __post_init__(self) -> None:
        if self.share >= 1:
            raise FeesTooHigh(self.share * 100)

    @property
    def share(self) -> Decimal:
        return sum((charge.share for charge in self.by_part.values()), Decimal(0))


@dataclass(frozen=True)
class Unit:
    """What a price is made for."""

    farm_gate_mad: Decimal
    gross_weight_g: int


def vat_pct(*, class_rate_pct: Decimal, side: str, seller: str, tax_status: str) -> Decimal:
    """Return the rate on a whole price.

    The office sells: the rate of the class. The cooperative sells: none when its status says that it is
    exempt, else the same. Abroad: none, exports are zero-rated.
    """
    if side == EXPORT or (seller == "cooperative" and tax_status.startswith("exempt")):
        return Decimal(0)
    return class_rate_pct


def _known_mad(unit: Unit, charges: Charges) -> Decimal:
    return sum((charge.mad(unit) for charge in charges.by_part.values()), unit.farm_gate_mad)


def scheduled_parts(
    unit: Unit, charges: Charges, *, vat_pct: Decimal, currency: str, side: str, rate: Decimal = Decimal(1)
) -> Parts:
    """Compute a unit's price from what the cooperative gets, the fees, the tax and the rate.

    Add up in dirhams, convert at ``rate`` dirhams a unit, then round the unit up once by the currency's step: at home
    with its tax, abroad without any. Each part is then rounded to the cent and takes what is its own while there is
    something left; the office takes the rest, and with it the difference of every rounding.
    """
    _check_terms(currency, side, rate)
    factor = 1 + vat_pct / 100 if side == HOME else Decimal(1)
    left_share = 1 - charges.share
    exact = convert(_known_mad(unit, charges) * factor, rate * left_share)  # one division: what is round stays so
    price = round_up_to(exact, ROUNDING[currency])
    excl_tax = quantize(price / factor)
    farm_gate = quantize(convert(unit.farm_gate_mad, rate))
    left = excl_tax - farm_gate
    taken = {}
    for name in CHARGED[:-1]:
        charge = charges.by_part.get(name)
        owed = convert(charge.mad(unit), rate) + excl_tax * charge.share if charge else ZERO
        taken[name] = min(quantize(owed), left)
        left -= taken[name]
    return Parts(farm_gate=farm_gate, office=left, tax=price - excl_tax, **taken)


def floor_broken(parts: Parts, unit: Unit, rate: Decimal) -> str:
    """Name the floor that a price breaks: ``farm_gate``, ``office``, or nothing.

    A price that was fixed by hand may leave less than the cooperative is to get, or nothing for the office.
    """
    if parts.farm_gate < quantize(convert(unit.farm_gate_mad, rate)) or parts.price_excl_tax < parts.farm_gate:
        return "farm_gate"
    return "office" if parts.office < 0 else ""


def _check_terms(currency: str, side: str, rate: Decimal) -> None:
    if side not in (HOME, EXPORT):
        raise ValueError(f"{side} is no tax side.")
    if check_currency(currency) == MAD and rate != 1:
        raise ValueError("A dirham is worth one dirham.")
