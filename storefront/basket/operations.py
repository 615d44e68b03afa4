"""Changes to a basket, each under the lock of its row."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.kernel.shopping import Shopping
from storefront.offers.policies import Buyer
from storefront.vouchers import operations as vouchers

from .models import Basket, BasketMoved, NoPrice
from .policies import PriceChange


class NotForSale(Exception):
    """Nobody sells this product in this currency, or nobody sells it at all."""

    def __init__(self) -> None:
        super().__init__(_("This product is not for sale at the moment."))


class OnlyLeft(Exception):
    """More was asked than is left, counting what the basket already holds."""

    def __init__(self, left: int, held: int = 0) -> None:
        self.left, self.held = left, held
        if left <= 0:
            text = _("This product is sold out.")
        elif held:
            text = ngettext(
                "Only %(left)s is left, and your basket already holds %(held)s.",
                "Only %(left)s are left, and your basket already holds %(held)s.",
                left,
            )
        else:
            text = ngettext("Only %(left)s is left.", "Only %(left)s are left.", left)
        super().__init__(text % {"left": left, "held": held})


class BasketFull(Exception):
    """One basket holds so many pieces, not more."""

    def __init__(self, limit: int) -> None:
        super().__init__(_("One order holds at most %(limit)s pieces.") % {"limit": limit})


class LineGone(Exception):
    """The line is not, or no longer, in this basket."""


def add(*, basket: Basket, product: Any, stockrecord: Any = None, quantity: int) -> list[PriceChange]:
    """Add some of a product; starts the basket if need be.

    Return what else changed its price, when a newer list started since the basket was priced.
    Raises ``NotForSale``, ``OnlyLeft`` or ``BasketFull``.
    """
    strategy = basket.strategy
    stockrecord = stockrecord or strategy.select_stockrecord(product)
    info = strategy.fetch_for_product(product, stockrecord)
    if stockrecord is None or not info.price.exists or not product.is_offered or not stockrecord.partner.is_active:
        raise NotForSale
    try:
        return _add(basket, product, stockrecord, quantity)
    except NoPrice:
        raise NotForSale from None
    except IntegrityError:  # the same person opened a basket in another tab a moment ago
        if basket.pk is None and basket.owner_id:
            other = Basket.open.get(owner_id=basket.owner_id)
            other.strategy = strategy
            return _add(other, product, stockrecord, quantity)
        raise


@transaction.atomic
def _add(basket: Basket, product: Any, stockrecord: Any, quantity: int) -> list[PriceChange]:
    held: dict[int, int] = {}
    if basket.pk is not None:
        basket.lock()
        held = dict(basket.lines.order_by().values_list("stockrecord_id", "quantity"))
    mine = held.get(stockrecord.pk, 0)
    if mine + quantity > stockrecord.on_offer:
        raise OnlyLeft(stockrecord.on_offer, held=mine)
    if sum(held.values()) + quantity > settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD:
        raise BasketFull(settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD)
    basket.add_product(product, quantity, stockrecord=stockrecord, locked=True)
    return basket.price_changes


@transaction.atomic
def set_quantity(*, basket: Basket, line_id: int, quantity: int) -> list[PriceChange]:
    """Set how many of a line are wanted; none takes it out. Raises ``LineGone``, ``OnlyLeft`` or ``BasketFull``.

    Return what changed its price, as ``add`` does.
    """
    if basket.pk is None:
        raise LineGone(line_id)
    basket.lock()
    lines = {line.pk: line for line in basket.all_lines()}
    if line_id not in lines:
        raise LineGone(line_id)
    line = lines.pop(line_id)
    if quantity == 0:
        line.delete()
    else:
        left = line.stockrecord.on_offer
        if quantity > left and quantity > line.quantity:
            raise OnlyLeft(left)
        if sum(other.quantity for other in lines.values()) + quantity > settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD:
            raise BasketFull(settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD)
        line.quantity = quantity
        line.save(update_fields=["quantity", "date_updated"])
        row = basket.row_of(line.stockrecord)
        if row and row.price_list_id != basket.price_list_id:
            basket.reprice(basket, timezone.now())
    basket.reset_offer_applications()
    return basket.price_changes


def switch_currency(*, basket: Basket, shopping: Shopping, now: datetime) -> list[PriceChange]:
    """Give the basket this currency and tax side, every line its price there. Quantities stay.

    A line without a price in the new currency stays too, unpriced: the page names it. Locks the basket's row.
    """
    if basket.pk is None:
        basket.currency, basket.side = shopping.currency, shopping.side
        return []
    return _switch(basket, shopping, now)


@transaction.atomic
def _switch(basket: Basket, shopping: Shopping, now: datetime) -> list[PriceChange]:
    basket.lock()
    return basket.reprice(shopping, now)


@transaction.atomic
def accept_prices(*, basket: Basket, now: datetime) -> list[PriceChange]:
    """Take over today's prices once the shopper has read what changed. Locks the basket's row; twice is as once."""
    if basket.pk is None:
        return []
    basket.lock()
    return basket.reprice(basket, now)


@transaction.atomic
def enter_code(*, basket: Basket, written: str, buyer: Buyer, address: str, now: datetime) -> None:
    """Put a voucher's code into the basket. Locks its row; raises what ``vouchers.operations.enter`` raises."""
    basket.lock()
    vouchers.enter(
        written=written, basket_id=basket.pk, buyer=buyer, visitor=f"basket-{basket.pk}", address=address, now=now
    )


@transaction.atomic
def take_code_out(*, basket: Basket) -> None:
    """Take the voucher's code out of the basket. Locks its row."""
    basket.lock()
    vouchers.take_out(basket_id=basket.pk)


def merge(*, into: Basket, other: Basket, shopping: Shopping, now: datetime) -> list[PriceChange]:
    """Bring two baskets of one person together at sign-in, priced for how they shop now; return what changed.

    The larger of two quantities is kept. A basket that someone else closed meanwhile is left alone.
    """
    try:
        with transaction.atomic():
            into.merge(other, add_quantities=False)
            vouchers.carry_over(into=into.pk, other=other.pk)
            return switch_currency(basket=into, shopping=shopping, now=now)
    except BasketMoved:
        return []
