"""A unit's price as it is in the basket of whoever takes one: less the percentages that ask for nothing."""

from datetime import datetime
from decimal import Decimal

from catalogue.kernel.money import MAD, ZERO
from fulfilment.orders.discounting import Good, discount

from . import queries
from .policies import Thing, Uses


def reduced(thing: Thing, price: Decimal, now: datetime) -> Decimal | None:
    """Return what is left of a published price, in any currency; nothing when no such offer takes from it.

    Counts offers without condition, limit or code, from memory: the same figures that the basket shows.
    """
    offers = [
        entry.offer([thing], Uses(), language="fr", code=None)
        for entry in queries.book().running(now, None)
        if entry.is_plain and entry.scope.holds(thing)
    ]
    if not offers:
        return None
    unit = Good(thing.stockrecord_id, 1, price, ZERO, ZERO, ZERO, ZERO)
    given = discount([unit], offers, currency=MAD, mad_per_unit=Decimal(1))
    left = price - sum((row.amount for row in given.discounts), ZERO)
    return left if left < price else None
