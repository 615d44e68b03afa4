"""Figures that keep their currency. Nothing here adds two currencies, except in dirhams at each order's frozen rate."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from catalogue.kernel.money import CURRENCIES, ZERO


@dataclass(frozen=True)
class Amount:
    """A sum in one currency and what it was worth in dirhams at the orders' frozen rates."""

    currency: str
    amount: Decimal = ZERO
    amount_mad: Decimal = ZERO

    def __add__(self, other: "Amount") -> "Amount":
        if self.currency != other.currency:
            raise MixedCurrencies(self.currency, other.currency)
        return Amount(self.currency, self.amount + other.amount, self.amount_mad + other.amount_mad)


class MixedCurrencies(ValueError):
    """Two currencies are never added unconverted."""


@dataclass(frozen=True)
class Sales:
    """What was ordered and what was taken on one day, for one country, in one currency."""

    day: date
    country: str
    ordered: Amount
    taken: Amount
    orders: int = 0

    @property
    def currency(self) -> str:
        return self.ordered.currency


@dataclass(frozen=True)
class CurrencySums:
    currency: str
    ordered: Amount
    taken: Amount


@dataclass
class Group:
    """Sales put together under one key, each currency apart."""

    key: Hashable
    orders: int = 0
    ordered: dict[str, Amount] = field(default_factory=dict)
    taken: dict[str, Amount] = field(default_factory=dict)

    @property
    def ordered_mad(self) -> Decimal:
        return sum((amount.amount_mad for amount in self.ordered.values()), ZERO)

    @property
    def taken_mad(self) -> Decimal:
        return sum((amount.amount_mad for amount in self.taken.values()), ZERO)

    @property
    def by_currency(self) -> list["CurrencySums"]:
        """Each currency met, in the shop's order."""
        return [sums for sums in self.by_currency_all if sums.currency in self.ordered]

    @property
    def by_currency_all(self) -> list["CurrencySums"]:
        """Every currency of the shop, with nothing where there is nothing."""
        return [
            CurrencySums(code, self.ordered.get(code, Amount(code)), self.taken.get(code, Amount(code)))
            for code in CURRENCIES
        ]

    def add(self, sales: Sales) -> None:
        self.orders += sales.orders
        for sums, amount in ((self.ordered, sales.ordered), (self.taken, sales.taken)):
            sums[amount.currency] = sums.get(amount.currency, Amount(amount.currency)) + amount


def group(rows: Iterable[Sales], key: Callable[[Sales], Hashable]) -> dict[Hashable, Group]:
    """Put rows together by day, country or whatever ``key`` reads; keys stand in the order they are met."""
    groups: dict[Hashable, Group] = {}
    for row in rows:
        name = key(row)
        groups.setdefault(name, Group(name)).add(row)
    return groups


def total(rows: Iterable[Sales]) -> Group:
    """Put all rows into one group; an empty one when there are none."""
    return group(rows, lambda row: None).get(None) or Group(None)


def merge(ordered: Iterable[Sales], taken: Iterable[Sales]) -> list[Sales]:
    """Join what was ordered and what was taken on the same day, country and currency, latest day first."""
    rows: dict[tuple[date, str, str], list[Sales]] = defaultdict(list)
    for row in (*ordered, *taken):
        rows[row.day, row.country, row.currency].append(row)
    joined = []
    for (day, country, currency), parts in rows.items():
        joined.append(
            Sales(
                day=day,
                country=country,
                ordered=sum((part.ordered for part in parts), Amount(currency)),
                taken=sum((part.taken for part in parts), Amount(currency)),
                orders=sum(part.orders for part in parts),
            )
        )
    return sorted(joined, key=_place)


def _place(row: Sales) -> tuple[int, bool, str, int]:
    """Latest day first, Morocco before the others, currencies in the shop's order."""
    return -row.day.toordinal(), row.country != "MA", row.country, CURRENCIES.index(row.currency)
