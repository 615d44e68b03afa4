"""Which ways to pay a purchase is offered. Plain Python."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from catalogue.kernel.money import MAD
from catalogue.kernel.shopping import HOME_COUNTRY
from fulfilment.shipping.policies import Delivery

from .policies import CARD, CASH, TRANSFER, Quote

CARD_MINIMUM = {MAD: Decimal("10.00"), "EUR": Decimal("0.50"), "USD": Decimal("0.50")}


def payment_methods(
    quote: Quote,
    delivery: Delivery | None,
    *,
    prices_hidden: bool = False,
    transfer_from: Mapping[str, Decimal] = MappingProxyType({}),
) -> list[str]:
    """Return how this purchase may be paid: cash to a courier in Morocco, a card from the provider's minimum.

    Cash is asked from whoever opens the door, so there is none when that person shall not see the prices.
    ``transfer_from``: by currency, where the office has an account, from what total on a transfer may be chosen.
    """
    methods, price = [], quote.total(delivery)
    in_dirhams_at_home = quote.currency == MAD and quote.destination == HOME_COUNTRY
    if in_dirhams_at_home and not prices_hidden and delivery and delivery.cash_allowed:
        limit = delivery.cash_up_to_mad
        if limit is None or quote.total(delivery, CASH) <= limit:
            methods.append(CASH)
    if price >= CARD_MINIMUM[quote.currency]:
        methods.append(CARD)
    if quote.currency in transfer_from and price >= transfer_from[quote.currency]:
        methods.append(TRANSFER)
    return methods
