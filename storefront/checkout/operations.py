"""The one transaction that turns a basket into an order."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import OuterRef

from catalogue.kernel.constraints import broken_by
from catalogue.kernel.shopping import Shopping
from catalogue.products.models import ProductCategory
from fulfilment.orders import operations as orders
from fulfilment.orders import queries
from fulfilment.orders.invoicing import InvoiceTo
from fulfilment.orders.policies import Item, OfferNote, Recipient
from fulfilment.shipping.policies import PickUp
from storefront.basket.discounts import refused_code
from storefront.basket.models import Basket, BasketMoved, Line
from storefront.offers import operations as offers
from storefront.offers.policies import Buyer, Thing
from storefront.vouchers import operations as vouchers
from storefront.vouchers.models import Voucher
from storefront.vouchers.queries import at_hand, of_basket

Answer = TypeVar("Answer")
TRIES = 3
TRY_AGAIN = ("40001", "40P01", "55P03")  # serialisation, deadlock, lock not available in time


class NothingToOrder(Exception):
    """The basket is empty, or gone."""


class Switched(Exception):
    """The basket went over to another currency or destination in another window. Nothing was placed."""


class Busy(Exception):
    """So many are buying the same things that no try got its locks in time. Nothing was placed."""


class VoucherRefused(Exception):
    """The code that the page showed counts no longer; ``note`` says why. The basket stays as it was."""

    def __init__(self, note: OfferNote) -> None:
        self.note = note
        super().__init__(f"voucher {note.voucher_id}: {note.why}")


@dataclass(frozen=True)
class Wanted:
    """What the checkout form said, checked. ``address`` holds the fields of a shipping address: the payer's."""

    shopping: Shopping
    language: str
    address: dict[str, Any]
    email: str
    delivery: str
    payment_method: str
    shown: tuple[str, ...]
    user_id: int | None = None
    recipient: Recipient | None = None
    invoice_to: InvoiceTo | None = None
    pick_up: PickUp | None = None

    @property
    def buyer(self) -> Buyer:
        """Who is counted where an offer is limited for each customer."""
        return Buyer(self.user_id, str(self.address.get("phone_number") or ""))


def place(*, basket_id: int, wanted: Wanted, now: datetime) -> orders.Placed:
    """Close the basket and place its order, together or not at all.

    Whoever closes the basket first places; a second press of the button gets the order of the first.
    Raises ``NothingToOrder``, ``Switched``, ``Busy``, ``VoucherRefused`` and all that
    ``fulfilment.orders.operations.place`` raises.
    """
    try:
        return _tried_again(lambda: _place(basket_id, wanted, now))
    except BasketMoved:
        order = queries.order_of_basket(basket_id)
        if order is None:
            raise NothingToOrder from None
        return orders.Placed(order.pk, order.number)
    except orders.TermsChanged as error:
        note = refused_code(error.quote)
        if note is None:
            raise
        raise VoucherRefused(note) from error


@transaction.atomic
def _place(basket_id: int, wanted: Wanted, now: datetime) -> orders.Placed:
    Basket(pk=basket_id).submit()  # compare-and-swap: takes the basket's row, or finds that it is ordered
    items, things, terms = _goods_of(basket_id)
    if not items:
        raise NothingToOrder
    if terms != (wanted.shopping.currency, wanted.shopping.side):
        raise Switched
    buyer, voucher = wanted.buyer, of_basket(basket_id, locked=True)
    offered = at_hand(voucher, things, buyer=buyer, now=now, language=wanted.language, placing=True)
    purchase = orders.Purchase(
        basket_id=basket_id,
        items=items,
        shopping=wanted.shopping,
        language=wanted.language,
        address=wanted.address,
        delivery=wanted.delivery,
        payment_method=wanted.payment_method,
        shown=wanted.shown,
        email=wanted.email,
        user_id=wanted.user_id,
        recipient=wanted.recipient,
        offers=offered,
        invoice_to=wanted.invoice_to,
        pick_up=wanted.pick_up,
    )
    placed = orders.place(purchase=purchase, now=now)
    _count_uses(placed, buyer, voucher, now)
    return placed


def _goods_of(basket_id: int) -> tuple[tuple[Item, ...], list[Thing], tuple[str, str]]:
    """Read what is in a basket, with all that offers ask of it and its currency and tax side, in one query."""
    shelves = ProductCategory.objects.filter(product=OuterRef("product")).order_by("category_id")
    lines = Line.objects.filter(basket_id=basket_id).annotate(shelves=ArraySubquery(shelves.values("category_id")))
    terms = ("basket__currency", "basket__side")
    rows = lines.order_by("pk").values_list(
        "stockrecord_id", "quantity", "product_id", "stockrecord__partner_id", "shelves", *terms
    )
    items, things, priced_for = [], [], ("", "")
    for stockrecord_id, quantity, product_id, cooperative_id, shelf_ids, currency, side in rows:
        items.append(Item(stockrecord_id, quantity))
        things.append(Thing(stockrecord_id, product_id, cooperative_id, frozenset(shelf_ids)))
        priced_for = (currency, side)
    return tuple(items), things, priced_for


def _count_uses(placed: orders.Placed, buyer: Buyer, voucher: Voucher | None, now: datetime) -> None:
    """Write what the order used of offers and of its voucher, while their rows are still locked."""
    quote, delivery = placed.quote, placed.delivery
    if quote is None or delivery is None:
        return
    given = (*quote.discounts, *quote.off_delivery(delivery))
    if given:
        offers.record_uses(order_id=placed.order_id, quote=quote, delivery=delivery, buyer=buyer, now=now)
    if voucher is not None and any(row.voucher_id == voucher.pk for row in given):
        vouchers.record_use(voucher=voucher, order_id=placed.order_id, buyer=buyer, now=now)


def _tried_again(action: Callable[[], Answer]) -> Answer:
    """Repeat a transaction that lost a race for a lock, or drew a number that is taken, a little later."""
    for attempt in range(1, TRIES + 1):
        try:
            return action()
        except (OperationalError, IntegrityError) as error:
            if not _passes(error):
                raise
            if attempt == TRIES:
                raise Busy from error
            time.sleep(random.uniform(0.02, 0.1) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def _passes(error: Exception) -> bool:
    if isinstance(error, IntegrityError):
        return "number" in broken_by(error)
    return getattr(error.__cause__, "sqlstate", "") in TRY_AGAIN
