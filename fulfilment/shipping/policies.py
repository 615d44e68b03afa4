"""What a parcel weighs on a tariff, what its delivery costs, what may not be in it. No database."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from catalogue.kernel.money import MAD, ROUNDING, ZERO, convert, quantize, round_up_to
from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.kernel.workdays import NONE, workday_after

ANY_FOOD = "ANY_FOOD"
FOOD_KINDS = ("food", "gift")
"""Kinds of product that fall under rules for any food; hampers hold food."""

WITHOUT_PICKUP_POINTS = ("relay",)
"""Methods that need a place we do not have yet."""


@dataclass(frozen=True)
class Load:
    """What is to be carried: weight with packaging, the room it takes, whether it must stay cold."""

    weight_g: int = 0
    volume_cm3: Decimal = ZERO
    cold: bool = False

    def __add__(self, other: "Load") -> "Load":
        return Load(self.weight_g + other.weight_g, self.volume_cm3 + other.volume_cm3, cold=self.cold or other.cold)

    def __mul__(self, quantity: int) -> "Load":
        return Load(self.weight_g * quantity, self.volume_cm3 * quantity, cold=self.cold)

    def chargeable_g(self, divisor: int) -> int:
        """Return the grams a carrier counts: the weight, or the volume over ``divisor`` in kg when that is more."""
        volumetric_g = (self.volume_cm3 * 1000 / divisor).to_integral_value(ROUND_CEILING)
        return max(self.weight_g, int(volumetric_g))


LAST_HOUR = time(14)
"""What is ordered until then begins on its way that day; what comes later, or on a day off, on the next working day."""


@dataclass(frozen=True)
class Promise:
    """The first and the last day on which a parcel may arrive, or be fetched."""

    first: date
    last: date


COLLECT, COUNTER = "collect", "counter"
"""How an order is sent that its buyer fetches in a shop, or carries away from its counter."""


@dataclass(frozen=True)
class PickUp:
    """A shop that has all of a purchase: when it can be fetched there, and how much cash the shop takes."""

    place_id: int
    place_code: str
    promised: Promise
    cash_up_to_mad: Decimal | None = None
    at_counter: bool = False

    @property
    def code(self) -> str:
        """Name this way among others: each shop is one."""
        return COUNTER if self.at_counter else f"{COLLECT}:{self.place_code}"


@dataclass(frozen=True)
class Delivery:
    """One way to send this parcel, with its price in the order's currency and the rate of the tax within it.

    ``pick_up`` is set where it is not sent at all: the buyer fetches it there, for nothing.
    """

    code: str
    price: Decimal
    currency: str
    price_mad: Decimal
    days_from: int
    days_until: int
    cash_allowed: bool
    cash_up_to_mad: Decimal | None
    vat_pct: Decimal = ZERO
    pick_up: PickUp | None = None

    @property
    def kind(self) -> str:
        """What an order keeps of it: the method, whichever shop it is."""
        return self.code.partition(":")[0]

    @property
    def tax(self) -> Decimal:
        """The tax within the price: tariffs at home include it."""
        return quantize(self.price * self.vat_pct / (100 + self.vat_pct))

    @property
    def rank(self) -> tuple[Decimal, int, str]:
        """Stand in the list of choices: cheapest first, then quickest."""
        return self.price, self.days_until, self.code


@dataclass(frozen=True)
class Terms:
    """The lines of a tariff that decide, as plain figures (``fulfilment.shipping.models.Tariff``)."""

    method: str
    weight_from_g: int
    weight_to_g: int
    price_mad: Decimal
    days_from: int
    days_until: int
    cash_allowed: bool
    cash_up_to_mad: Decimal | None
    divisor: int
    free_from_mad: Decimal | None
    keeps_cold: bool = False

    def covers(self, load: Load) -> bool:
        if load.cold and not self.keeps_cold:
            return False
        weight_g = load.chargeable_g(self.divisor)
        return self.weight_from_g < weight_g <= self.weight_to_g

    def price_for(self, goods_mad: Decimal, destination: str) -> Decimal:
        free = destination == HOME_COUNTRY and self.free_from_mad is not None and goods_mad >= self.free_from_mad
        return ZERO if free else self.price_mad


def promise(ordered: datetime, days_from: int, days_until: int, closed: Set[date] = NONE) -> Promise:
    """Turn a tariff's days into days of the calendar: working days after the one on which the parcel begins its way.

    ``ordered`` is on Casablanca's clock; ``closed`` are the days off that ``kernel.workdays`` does not know.
    """
    eve = ordered.date() - timedelta(days=ordered.time() <= LAST_HOUR)
    begins = workday_after(eve, 1, closed)
    return Promise(workday_after(begins, days_from, closed), workday_after(begins, days_until, closed))


def in_currency(amount_mad: Decimal, currency: str, mad_per_unit: Decimal) -> Decimal:
    """Write a fixed dirham amount in the order's currency, rounded up by its step; dirhams stay as they are."""
    if currency == MAD or not amount_mad:
        return amount_mad
    return round_up_to(convert(amount_mad, mad_per_unit), ROUNDING[currency])


def deliveries(
    tariffs: Iterable[Terms],
    *,
    load: Load,
    goods_mad: Decimal,
    destination: str,
    currency: str,
    mad_per_unit: Decimal,
    vat_pct: Decimal = ZERO,
) -> list[Delivery]:
    """Return the ways to send this load, cheapest first; ``vat_pct`` is the rate that carriage pays there."""
    offered = []
    for tariff in tariffs:
        if tariff.method in WITHOUT_PICKUP_POINTS or not tariff.covers(load):
            continue
        price_mad = tariff.price_for(goods_mad, destination)
        offered.append(
            Delivery(
                code=tariff.method,
                price=in_currency(price_mad, currency, mad_per_unit),
                currency=currency,
                price_mad=price_mad,
                days_from=tariff.days_from,
                days_until=tariff.days_until,
                cash_allowed=tariff.cash_allowed,
                cash_up_to_mad=tariff.cash_up_to_mad,
                vat_pct=vat_pct,
            )
        )
    return sorted(offered, key=lambda delivery: delivery.rank)


def fetched(pick_up: PickUp, currency: str) -> Delivery:
    """Return the way to get a purchase by fetching it in a shop."""
    return Delivery(
        code=pick_up.code,
        price=ZERO,
        currency=currency,
        price_mad=ZERO,
        days_from=0,
        days_until=0,
        cash_allowed=True,
        cash_up_to_mad=pick_up.cash_up_to_mad,
        pick_up=pick_up,
    )


def flags_of(ship_flags: Iterable[str], kind: str) -> list[str]:
    """Return what a product falls under: its own flags, and the rule for any food."""
    return [*ship_flags, *([ANY_FOOD] if kind in FOOD_KINDS else [])]


def refusal(flags: Iterable[str], rules: Mapping[str, str]) -> str:
    """Return the flag that keeps a product from its destination, blocked ones first; empty when it may go.

    ``rules`` holds what is not simply allowed there: what is blocked, and what needs a review. Who may send the
    latter all the same is known to ``fulfilment.shipping.sending``.
    """
    found = [flag for flag in flags if rules.get(flag) in ("block", "review")]
    return min(found, key=lambda flag: (rules[flag] != "block", flag), default="")
