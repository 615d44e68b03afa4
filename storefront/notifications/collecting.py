"""What letters say of an order that its buyer fetches in a shop."""

from catalogue.kernel import formats
from fulfilment.collecting.codes import code_of
from fulfilment.collecting.queries import collection_of
from fulfilment.orders.models import Order

SHOP = Order.Channel.SHOP
NEVER_TOLD = ("shipped",)
"""Steps that mean nothing to whoever fetches an order."""


def is_told(order: Order, kind: str) -> bool:
    """Tell whether a buyer hears of a step: whoever stood at a counter has the goods and the receipt in hand."""
    return order.channel != SHOP and not (order.collect_at_id and kind in NEVER_TOLD)


def collecting_facts(order: Order) -> dict[str, str]:
    """Return what the sentences of such letters name, in the language in use; empty for an order that is sent."""
    facts = dict.fromkeys(("shop", "shop_address", "code", "kept_until"), "")
    if order.collect_at is None:
        return facts
    facts |= {"shop": order.collect_at.name, "shop_address": f"{order.collect_at.address}, {order.collect_at.town}"}
    if collection := collection_of(order):
        facts["code"] = code_of(order.number, collection.code_number)
        facts["kept_until"] = formats.moment(collection.expires_at, order.language)
    return facts
