"""Exchange rates, VAT classes, and the opening price list that follows a load."""

from decimal import Decimal
from typing import NamedTuple

from catalogue.kernel.bulk import Counts, upsert
from catalogue.kernel.cells import Cells, Problem
from catalogue.kernel.datasets import Context, DataRefused, Dataset, finish, register

from . import datasets_fees, fixing, operations, policies, queries  # noqa: F401 - more files of this app
from .models import ExchangeRate, Price, Source, VatClass


class RateRow(NamedTuple):
    eur: ExchangeRate
    usd: ExchangeRate


@register
class Rates(Dataset[RateRow]):
    file = "fx_rates.csv"
    columns = ("date", "mad_per_eur", "mad_per_usd", "status", "source")
    label = "date"
    after = ("products.csv", "product_sellers.csv")  # whose prices are checked here

    def read(self, cells: Cells) -> RateRow:
        day = cells.day("date")
        source = cells.choice("status", ("simulated", "observed")) + ": " + cells.text("source", max_length=100)
        return RateRow(
            *(
                ExchangeRate(
                    currency=currency,
                    day=day,
                    mad_per_unit=_positive(cells, f"mad_per_{currency.lower()}"),
                    source=source,
                )
                for currency in ("EUR", "USD")
            )
        )

    def check(self, items: list[RateRow], context: Context) -> None:
        _check_vat(context)
        _check_remainders(context)

    def apply(self, items: list[RateRow], context: Context) -> Counts:
        rates = [rate for row in items for rate in row]
        return operations.load_history(rates=rates, now=context.now)


def _positive(cells: Cells, name: str) -> object:
    rate = cells.number(name, places=6)
    if rate == 0:
        cells.refuse(f"{name} is zero")
    elif rate is not None and not fixing.LOWEST <= rate <= fixing.HIGHEST:
        cells.refuse(f"{name} {rate} is not between {fixing.LOWEST} and {fixing.HIGHEST}")
    return rate


def _check_vat(context: Context) -> None:
    rates: dict[str, Decimal] = {}
    for item in context.items.get("products.csv", []):
        product = item.product
        if rates.setdefault(product.vat_class, item.vat_rate_pct) != item.vat_rate_pct:
            usual = f"other {product.vat_class} products have {rates[product.vat_class]}"
            message = f"vat_rate_pct is {item.vat_rate_pct}, {usual}"
            context.refuse("products.csv", f"sku {product.sku}", message, product.sku)


def _check_remainders(context: Context) -> None:
    """Note every price that would leave the office less than nothing."""
    products = {item.product.sku: item for item in context.items.get("products.csv", [])}
    offers = [("products.csv", item.product.sku, item.product.sku, item.farm_gate_mad) for item in products.values()]
    for row in context.items.get("product_sellers.csv", []):
        if row.sku in products:
            offers.append(("product_sellers.csv", row.sku, f"{row.sku}+{row.cooperative}", row.farm_gate_mad))
    for file, sku, key, farm_gate in offers:
        item = products[sku]
        try:
            policies.PublicPrice(item.price_mad, farm_gate, item.vat_rate_pct).check()
        except policies.NegativeRemainder as refusal:
            context.refuse(file, f"sku {sku}", f"coop_price_mad is too high: {refusal}", key)


@finish("VAT classes", order=20)
def write_vat_classes(context: Context) -> Counts:
    """Write the classes that products are in, with the rate the data give them."""
    rates = {item.product.vat_class: item.vat_rate_pct for item in context.items["products.csv"]}
    classes = [VatClass(code=code, rate_pct=rate) for code, rate in sorted(rates.items())]
    return upsert(VatClass, classes, key=("code",), fields=("rate_pct",))


@finish("price list", order=90)
def publish(context: Context) -> Counts:
    """Publish an opening list when none is in force, or when the opening one in force says otherwise than the data.

    Once the office has published a list from its fee schedules, prices are the office's: a load leaves them.
    """
    current = queries.last_list()
    if current and (current.source != Source.OPENING or current.starts_at > context.now):
        return Counts(unchanged=Price.objects.filter(price_list=current).count())
    rates = queries.rates_of(current) if current else None
    try:
        published = operations.publish_opening_list(now=context.now, rates=rates)
    except queries.NoRates as missing:
        raise DataRefused([Problem(Rates.file, f"there is no rate on or before today ({missing})")]) from None
    rows = Price.objects.filter(price_list=published or current).count()
    return Counts(created=rows) if published else Counts(unchanged=rows)
