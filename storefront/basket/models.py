"""The basket has a currency and a tax side of its own from the first moment; its state changes by compare-and-swap."""

from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Prefetch, Q
from django.utils import timezone
from oscar.apps.basket.abstract_models import AbstractBasket

from catalogue.cooperatives.queries import current_prices
from catalogue.pricing.models import Currency, Side


class BasketMoved(Exception):
    """Someone else changed the basket's state first."""


class NoPrice(ValueError):
    """The product is not for sale in the basket's currency."""


class Basket(AbstractBasket):
    """``currency`` and ``side`` are what its stored line prices are in; ``operations.switch_currency`` changes both."""

    currency: Any = models.CharField(max_length=3, choices=Currency, default=Currency.MAD)
    side = models.CharField(max_length=6, choices=Side, default=Side.HOME)

    class Meta(AbstractBasket.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="basket_currency_known", condition=Q(currency__in=Currency.values)),
            models.UniqueConstraint(name="basket_one_open_each", fields=["owner"], condition=Q(status="Open")),
        ]

    def lock(self) -> None:
        """Hold the basket's row until the transaction ends; raises BasketMoved when it is no longer open."""
        row = type(self)._base_manager.select_for_update(no_key=True, of=("self",)).filter(pk=self.pk).first()
        if row is None or row.status != self.OPEN:
            raise BasketMoved(self.pk)
        self.currency, self.side, self._lines = row.currency, row.side, None

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

    @transaction.atomic
    def add_product(
        self, product: Any, quantity: int = 1, options: Any = None, *, stockrecord: Any = None, locked: bool = False
    ) -> tuple[Any, bool]:
        """Add some of a product, from the seller named or the strategy's choice. Locks the basket's row first."""
        if self.pk is None:
            self.currency, self.side = self.strategy.shopping.currency, self.strategy.shopping.side
            self.save()
        elif not locked:
            self.lock()
        if stockrecord is None:
            stockrecord = self.strategy.select_stockrecord(product)
        info = self.strategy.fetch_for_product(product, stockrecord)
        if not info.price.exists or info.price.currency != self.currency:
            raise NoPrice(product.pk)
        prices = {
            "price_currency": info.price.currency,
            "price_excl_tax": info.price.excl_tax,
            "price_incl_tax": info.price.incl_tax,
        }
        reference = self._create_line_reference(product, stockrecord, options or [])
        changed = self.lines.filter(line_reference=reference).update(
            quantity=F("quantity") + quantity, date_updated=timezone.now(), **prices
        )
        if changed:
            line = self.lines.get(line_reference=reference)
        else:
            line = self.lines.create(
                line_reference=reference, product=product, stockrecord=stockrecord, quantity=quantity, **prices
            )
        self.reset_offer_applications()
        return line, not changed

    add = add_product

    @transaction.atomic
    def merge(self, basket: "Basket", add_quantities: bool = True) -> None:
        """Take over another basket's lines and close it. Locks both rows in key order; prices are set afterwards."""
        for row in sorted((self, basket), key=lambda one: one.pk):
            row.lock()
        mine = {line.line_reference: line for line in self.lines.all()}
        for line in basket.lines.all():
            kept = mine.get(line.line_reference)
            if kept is None:
                self.lines.model.objects.filter(pk=line.pk).update(basket=self)
                continue
            quantity = kept.quantity + line.quantity if add_quantities else max(kept.quantity, line.quantity)
            self.lines.filter(pk=kept.pk).update(quantity=quantity)
        basket.lines.all().delete()
        basket.swap_status(self.OPEN, self.MERGED, date_merged=timezone.now())
        self.vouchers.add(*basket.vouchers.all())
        self.reset_offer_applications()


from oscar.apps.basket.models import *
