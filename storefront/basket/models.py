"""The basket has a currency of its own from the first moment; its state changes by compare-and-swap."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from oscar.apps.basket.abstract_models import AbstractBasket

from catalogue.pricing.models import Currency


class BasketMoved(Exception):
    """Someone else changed the basket's state first."""


class Basket(AbstractBasket):
    currency: Any = models.CharField(max_length=3, choices=Currency, default=Currency.MAD)

    class Meta(AbstractBasket.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="basket_currency_known", condition=Q(currency__in=Currency.values)),
        ]

    def swap_status(self, old: str, new: str, **fields: Any) -> None:
        """Move from one state to another, or raise BasketMoved when it is no longer in the first."""
        if not type(self)._base_manager.filter(pk=self.pk, status=old).update(status=new, **fields):
            raise BasketMoved(self.pk)
        self.status = new

    def freeze(self) -> None:
        self.swap_status(self.OPEN, self.FROZEN)

    def thaw(self) -> None:
        self.swap_status(self.FROZEN, self.OPEN)


from oscar.apps.basket.models import *  # noqa: E402, F403
