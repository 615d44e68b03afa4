"""Which cooperative sells a product to this visitor, at what published price, and whether there is any left."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from oscar.apps.partner import availability, prices, strategy

from catalogue.kernel.shopping import Shopping

from .queries import current_prices

HOME = Shopping(currency="MAD", destination="MA")


class PublishedPrice(prices.TaxInclusiveFixedPrice):
    """A price that stands on a published row; ``row`` is what an order freezes."""

    def __init__(self, row: Any) -> None:
        super().__init__(currency=row.currency, excl_tax=row.price_excl_tax, tax=row.part_tax)
        self.row = row


class PublishedPriceStrategy(strategy.Structured):
    """Reads prices, never makes them: a product without a published row in this currency is not for sale in it."""

    def __init__(self, request: Any = None, shopping: Shopping = HOME) -> None:
        super().__init__(request)
        self.shopping = shopping

    def price_row(self, stockrecord: Any) -> Any | None:
        rows = getattr(stockrecord, "current_prices", None)
        if rows is None:
            rows = list(current_prices(self.shopping, timezone.now()).filter(stockrecord=stockrecord))
            stockrecord.current_prices = rows
        return next(
            (row for row in rows if row.currency == self.shopping.currency and row.side == self.shopping.side), None
        )

    def select_stockrecord(self, product: Any) -> Any | None:
        """Choose the seller: in stock first, then cheapest, then oldest, so that the choice never flickers."""

        def rank(record: Any) -> tuple[bool, bool, Decimal, int]:
            row = self.price_row(record)
            return (row is None, record.on_offer <= 0, row.price if row else Decimal(0), record.pk)

        return min((r for r in product.stockrecords.all() if r.partner.is_active), key=rank, default=None)

    def pricing_policy(self, product: Any, stockrecord: Any) -> Any:
        row = self.price_row(stockrecord) if stockrecord else None
        return PublishedPrice(row) if row else prices.Unavailable()

    def availability_policy(self, product: Any, stockrecord: Any) -> Any:
        if stockrecord is None or not product.is_offered or self.price_row(stockrecord) is None:
            return availability.Unavailable()
        return availability.StockRequired(stockrecord.on_offer)

    def parent_pricing_policy(self, product: Any, children_stock: Any) -> Any:
        return prices.Unavailable()

    def parent_availability_policy(self, product: Any, children_stock: Any) -> Any:
        return availability.Unavailable()

    def fetch_for_line(self, line: Any, stockrecord: Any = None) -> Any:
        """Price a basket line from the seller it was added with, not from whoever comes first today."""
        return self.fetch_for_product(line.product, line.stockrecord)


class Selector:
    """Oscar's way in: the visitor's choice stands on ``request.shopping``; jobs without a request speak dirhams."""

    def strategy(self, request: Any = None, user: Any = None, **kwargs: Any) -> PublishedPriceStrategy:
        return PublishedPriceStrategy(request, getattr(request, "shopping", HOME))
