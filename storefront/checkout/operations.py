"""The one transaction that turns a basket into an order."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, transaction

from catalogue.kernel.shopping import Shopping
from fulfilment.orders import operations as orders
from fulfilment.orders import queries
from fulfilment.orders.policies import Item, Recipient
from storefront.basket.models import Basket, BasketMoved, Line

Answer = TypeVar("Answer")
TRIES = 3
TRY_AGAIN = ("40001", "40P01", "55P03")  # serialisation, deadlock, lock not available in time


class NothingToOrder(Exception):
    """The basket is empty, or gone."""


class Switched(Exception):
    """The basket went over to another currency or destination in another window. Nothing was placed."""


class Busy(Exception):
    """So many are buying the same things that no try got its locks in time. Nothing was placed."""


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


def place(*, basket_id: int, wanted: Wanted, now: datetime) -> orders.Placed:
    """Close the basket and place its order, together or not at all.

    Whoever closes the basket first places; a second press of the button gets the order of the first.
    Raises ``NothingToOrder``, ``Switched``, ``Busy`` and all that ``fulfilment.orders.operations.place`` raises.
    """
    try:
        return _tried_again(lambda: _place(basket_id, wanted, now))
    except BasketMoved:
        order = queries.order_of_basket(basket_id)
        if order is None:
            raise NothingToOrder from None
        return orders.Placed(order.pk, order.number)


@transaction.atomic
def _place(basket_id: int, wanted: Wanted, now: datetime) -> orders.Placed:
    Basket(pk=basket_id).submit()  # compare-and-swap: takes the basket's row, or finds that it is ordered
    lines = Line.objects.filter(basket_id=basket_id).order_by("pk")
    found = list(lines.values_list("stockrecord_id", "quantity", "basket__currency", "basket__side"))
    if not found:
        raise NothingToOrder
    if found[0][2:] != (wanted.shopping.currency, wanted.shopping.side):
        raise Switched
    items = tuple(Item(stockrecord_id, quantity) for stockrecord_id, quantity, *_terms in found)
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
    )
    return orders.place(purchase=purchase, now=now)


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
    cause = error.__cause__
    if isinstance(error, IntegrityError):
        return "number" in (getattr(getattr(cause, "diag", None), "constraint_name", None) or "")
    return getattr(cause, "sqlstate", "") in TRY_AGAIN
