"""What there was to buy, at what price, and how it travels: everything a history reads, read once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import Shopping
from catalogue.lots.models import Place
from catalogue.places.models import Commune, Province
from catalogue.pricing.models import Price, PriceList
from fulfilment.orders.at_the_door import NO_RULES, CashRules
from fulfilment.orders.policies import Item, PricedItem, Quote
from fulfilment.orders.queries import cash_rules, in_cash, load_of, mad_per_unit
from fulfilment.orders.withdrawing.models import WithdrawalPeriod
from fulfilment.orders.withdrawing.queries import period_of, periods_for
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.policies import Load, flags_of, refusal


@dataclass
class Good:
    """A stock record that the shop offers. ``free`` goes down as unfinished orders are promised some."""

    record: Any
    family: str
    category_top: str
    flags: Sequence[str]
    load: Load
    is_unique: bool
    free: int

    @property
    def product(self) -> Any:
        return self.record.product

    def title(self, language: str) -> str:
        return _in_language(self.product, "title", language)

    def seller(self, language: str) -> str:
        return _in_language(self.record.partner, "short_name", language)


def _in_language(row: Any, field_name: str, language: str) -> str:
    return vars(row)[f"{field_name}_{language}"] or vars(row)[f"{field_name}_fr"]


@dataclass(frozen=True)
class PriceRow:
    pk: int
    price: Decimal
    tax: Decimal
    farm_gate_mad: Decimal


@dataclass
class Shelf:
    goods: dict[int, Good]
    lists: Sequence[PriceList]
    prices: Mapping[tuple[int, int, str, str], PriceRow]
    provinces: Mapping[str, Sequence[Province]]
    communes: Mapping[int, Sequence[Commune]]
    rules: dict[str, Mapping[str, str]] = field(default_factory=dict)
    cash_rules: CashRules = NO_RULES
    by_family: dict[str, list[Good]] = field(default_factory=lambda: defaultdict(list))
    periods: dict[str, dict[str, WithdrawalPeriod]] = field(default_factory=dict)
    stores: Mapping[int, int] = field(default_factory=dict)
    """The place of each cooperative, by its id: told parcels leave from there."""

    def list_at(self, instant: datetime) -> PriceList:
        return next(
            one for one in self.lists if one.starts_at <= instant and (not one.ends_at or instant < one.ends_at)
        )

    def may_go(self, good: Good, destination: str) -> bool:
        if destination not in self.rules:
            self.rules[destination] = shipping.rules_for(destination)
        return not refusal(good.flags, self.rules[destination])

    def period(self, good: Good, destination: str) -> WithdrawalPeriod:
        """Return the row of today that says how long a thing may be sent back from there."""
        if destination not in self.periods:
            self.periods[destination] = periods_for(destination, day_of(timezone.now()))
        return period_of(good.product, self.periods[destination])

    def mean_price_mad(self, family: str) -> float:
        prices = [float(good.record.price) for good in self.by_family[family]]
        return sum(prices) / len(prices)

    def quote(self, items: Sequence[Item], shopping: Shopping, zone_code: str, at: datetime) -> Quote:
        """Say what a purchase cost at an instant, as the checkout would have."""
        price_list = self.list_at(at)
        rate = mad_per_unit(price_list, shopping.currency)
        priced = tuple(self._priced(item, price_list, shopping) for item in items)
        found = Quote(shopping.currency, shopping.destination, rate, price_list.pk, priced)
        rules = self.cash_rules if in_cash(shopping) else NO_RULES
        methods = shipping.methods_for(
            destination=shopping.destination,
            zone_code=zone_code,
            load=found.load,
            goods_mad=found.goods_mad,
            currency=shopping.currency,
            mad_per_unit=rate,
            day=day_of(at),
        )
        return Quote(**{**vars(found), "deliveries": tuple(methods), "cash_rules": rules})

    def _priced(self, item: Item, price_list: PriceList, shopping: Shopping) -> PricedItem:
        row = self.prices[price_list.pk, item.stockrecord_id, shopping.currency, shopping.side]
        return PricedItem(
            stockrecord_id=item.stockrecord_id,
            quantity=item.quantity,
            price_id=row.pk,
            unit_price=row.price,
            unit_tax=row.tax,
            farm_gate_mad=row.farm_gate_mad,
            load=self.goods[item.stockrecord_id].load,
        )


def read(lists: Sequence[PriceList]) -> Shelf:
    """Read the public stock records with stock, their prices in every list, and the places parcels go to."""
    goods = {record.pk: _good(record) for record in _records()}
    rows = Price.objects.filter(price_list__in=lists, stockrecord__in=goods).values_list(
        "price_list_id", "stockrecord_id", "currency", "side", "pk", "price", "part_tax", "farm_gate_mad"
    )
    shelf = Shelf(
        goods=goods,
        lists=lists,
        prices={row[:4]: PriceRow(*row[4:]) for row in rows},
        provinces=_grouped(Province.objects.select_related("region"), lambda province: province.region.code),
        communes=_grouped(Commune.objects.all(), lambda commune: commune.province_id),
        cash_rules=cash_rules(lists[-1].starts_at),
        stores=dict(Place.objects.exclude(cooperative=None).values_list("cooperative_id", "pk")),
    )
    for good in goods.values():
        shelf.by_family[good.family].append(good)
    return shelf


def _records() -> Any:
    return (
        StockRecord.objects.filter(product__is_public=True, partner__is_active=True, num_in_stock__gt=0)
        .select_related("product__family__category", "partner")
        .order_by("pk")
    )


def _good(record: StockRecord) -> Good:
    product = record.product
    return Good(
        record=record,
        family=product.family.code,
        category_top=(product.family.category.code or "").partition("/")[0],
        flags=flags_of(product.ship_flags, product.kind),
        load=load_of(product),
        is_unique=product.unique_piece,
        free=record.on_offer,
    )


def _grouped(rows: Any, key: Any) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
