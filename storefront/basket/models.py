"""The basket has a currency and a tax side of its own from the first moment; its state changes by compare-and-swap."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Prefetch, Q
from django.utils import timezone
from oscar.apps.basket.abstract_models import AbstractBasket

from catalogue.cooperatives.queries import current_prices
from catalogue.kernel.shopping import Terms
from catalogue.pricing.models import Currency, PriceList, Side
from fulfilment.orders.queries import mad_per_unit

from .policies import PriceChange, changed_price


class BasketMoved(Exception):
    """Someone else changed the basket's state first."""


class NoPrice(ValueError):
    """The product is not for sale in the basket's currency."""


class Basket(AbstractBasket):
    """``currency`` and ``side`` are what its stored line prices are in, ``price_list`` is where they come from and
    ``mad_per_unit`` the rate it carries: ``reprice`` changes all of them together. Nothing priced yet has no list."""

    currency: Any = models.CharField(max_length=3, choices=Currency, default=Currency.MAD)
    side = models.CharField(max_length=6, choices=Side, default=Side.HOME)
    price_list = models.ForeignKey(
        "pricing.PriceList", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    mad_per_unit = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True, editable=False)

    price_changes: list[PriceChange] = []

    class Meta(AbstractBasket.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="basket_currency_known", condition=Q(currency__in=Currency.values)),
            models.CheckConstraint(name="basket_rate_positive", condition=Q(mad_per_unit__gt=0)),
            models.CheckConstraint(name="basket_mad_rate_is_one", condition=~Q(currency="MAD") | Q(mad_per_unit=1)),
            models.CheckConstraint(
                name="basket_rate_comes_with_its_list",
                condition=Q(price_list__isnull=True, mad_per_unit__isnull=True)
                | Q(price_list__isnull=False, mad_per_unit__isnull=False),
            ),
            models.UniqueConstraint(name="basket_one_open_each", fields=["owner"], condition=Q(status="Open")),
        ]

    def lock(self) -> None:
        """Hold the basket's row until the transaction ends; raises BasketMoved when it is no longer open."""
        row = type(self)._base_manager.select_for_update(no_key=True, of=("self",)).filter(pk=self.pk).first()
        if row is None or row.status != self.OPEN:
            raise BasketMoved(self.pk)
        self.currency, self.side, self._lines = row.currency, row.side, None
        self.price_list_id, self.mad_per_unit, self.price_changes = row.price_list_id, row.mad_per_unit, []

    def swap_status(self, old: str, new: str, **fields: Any) -> None:
        """Move from one state to another, or raise BasketMoved when it is no longer in the first."""
        if not type(self)._base_manager.filter(pk=self.pk, status=old).update(status=new, **fields):
            raise BasketMoved(self.pk)
        self.status = new

    def freeze(self) -> None:
        self.swap_status(self.OPEN, self.FROZEN)

    def thaw(self) -> None:
        self.swap_status(self.FROZEN, self.OPEN)

    def submit(self) -> None:
        """Close the basket for good: whoever swaps first places the order. Locks the row."""
        self.swap_status(self.OPEN, self.SUBMITTED, date_submitted=timezone.now())

    set_as_submitted = submit

    def all_lines(self) -> Any:
        """Return the lines with product, seller and prices in two queries, kept for the rest of the request."""
        if self.pk is None:
            return self.lines.model.objects.none()
        if self._lines is None:
            lines = self.lines.select_related("product__family", "stockrecord__partner").order_by("pk")
            if self.has_strategy:
                rows = current_prices(self.strategy.shopping, timezone.now())
                lines = lines.prefetch_related(Prefetch("stockrecord__prices", queryset=rows, to_attr="current_prices"))
            self._lines = lines
        return self._lines

    @property
    def num_lines(self) -> int:
        return len(self.all_lines())

    def row_of(self, stockrecord: Any) -> Any | None:
        """Return the published row in the basket's own currency and side.

        That is what the request has read already, unless the basket was switched meanwhile.
        """
        shopping = self.strategy.shopping
        if stockrecord is None or (shopping.currency, shopping.side) == (self.currency, self.side):
            return self.strategy.price_row(stockrecord) if stockrecord else None
        return current_prices(self, timezone.now()).filter(stockrecord=stockrecord).first()

    @transaction.atomic(savepoint=False)
    def add_product(
        self, product: Any, quantity: int = 1, options: Any = None, *, stockrecord: Any = None, locked: bool = False
    ) -> tuple[Any, bool]:
        """Add some of a product, from the seller named or the strategy's choice. Locks the basket's row first.

        The line is priced in the basket's currency. When a newer list has started, every line is: see ``reprice``.
        """
        if self.pk is None:
            self.currency, self.side = self.strategy.shopping.currency, self.strategy.shopping.side
        elif not locked:
            self.lock()
        if stockrecord is None:
            stockrecord = self.strategy.select_stockrecord(product)
        row = self.row_of(stockrecord)
        if row is None:
            raise NoPrice(product.pk)
        if self.pk is None:
            self._take_over(self, row.price_list)
            self.save()
        line, created = self._put_in(product, stockrecord, quantity, options, row)
        if row.price_list_id != self.price_list_id:
            self.reprice(self, timezone.now())
        self.reset_offer_applications()
        return line, created

    add = add_product

    def _put_in(self, product: Any, stockrecord: Any, quantity: int, options: Any, row: Any) -> tuple[Any, bool]:
        """Write the line, or add to the one that is there: that keeps its price, which only ``reprice`` changes."""
        reference = self._create_line_reference(product, stockrecord, options or [])
        found = self.lines.filter(line_reference=reference)
        if found.update(quantity=F("quantity") + quantity, date_updated=timezone.now()):
            return found.get(), False
        line = self.lines.create(
            line_reference=reference,
            product=product,
            stockrecord=stockrecord,
            quantity=quantity,
            price_currency=row.currency,
            price_excl_tax=row.price_excl_tax,
            price_incl_tax=row.price,
        )
        return line, True

    def reprice(self, terms: Terms, now: datetime) -> list[PriceChange]:
        """Take over a currency and side with the list in force: all lines' prices, the list and its rate together.

        Return the prices that changed while the terms did not (amounts in two currencies do not compare). A line
        without a price there stays, unpriced. The caller holds the row's lock.
        """
        same_terms = (self.currency, self.side) == (terms.currency, terms.side)
        prices = current_prices(terms, now).select_related("price_list")
        in_force = Prefetch("stockrecord__prices", queryset=prices, to_attr="current_prices")
        lines = list(self.lines.select_related("product", "stockrecord").prefetch_related(in_force))
        changes, price_list = [], None
        for line in lines:
            row = next(iter(line.stockrecord.current_prices), None)
            change = changed_price(line, row) if same_terms else None
            if change:
                changes.append(change)
            price_list = price_list or (row and row.price_list)
            line.price_currency = terms.currency
            line.price_incl_tax, line.price_excl_tax = (row.price, row.price_excl_tax) if row else (None, None)
        self.lines.model.objects.bulk_update(lines, ["price_currency", "price_incl_tax", "price_excl_tax"])
        self._take_over(terms, price_list)
        self.save(update_fields=["currency", "side", "price_list", "mad_per_unit"])
        self.reset_offer_applications()
        self.price_changes = changes
        return changes

    def _take_over(self, terms: Terms, price_list: PriceList | None) -> None:
        self.currency, self.side, self.price_list = terms.currency, terms.side, price_list
        self.mad_per_unit = mad_per_unit(price_list, terms.currency) if price_list else None

    @transaction.atomic
    def merge(self, basket: "Basket", add_quantities: bool = True) -> None:
        """Take over another basket's lines and close it. Locks both rows in key order; prices are set afterwards."""
        for row in sorted((self, basket), key=lambda one: one.pk):
            row.lock()
        mine = {line.line_reference: line for line in self.lines.all()}
        unpriced = {} if basket.side == self.side else {"price_incl_tax": None, "price_excl_tax": None}
        for line in basket.lines.all():
            kept = mine.get(line.line_reference)
            if kept is None:
                self.lines.model.objects.filter(pk=line.pk).update(basket=self, **unpriced)
                continue
            quantity = kept.quantity + line.quantity if add_quantities else max(kept.quantity, line.quantity)
            self.lines.filter(pk=kept.pk).update(quantity=quantity)
        basket.lines.all().delete()
        basket.swap_status(self.OPEN, self.MERGED, date_merged=timezone.now())
        self.vouchers.add(*basket.vouchers.all())
        self.reset_offer_applications()


from oscar.apps.basket.models import *
