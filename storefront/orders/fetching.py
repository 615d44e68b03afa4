"""What an order's page says of fetching it in a shop."""

from typing import Any

from fulfilment.collecting.codes import code_of
from fulfilment.collecting.queries import collection_of
from fulfilment.orders.models import Order


def fetching_of(order: Order) -> dict[str, Any]:
    """Return the collection of an order that waits in a shop, with the code that opens it (one query, else none)."""
    collection = collection_of(order)
    waits = collection is not None and collection.is_waiting
    code = code_of(order.number, collection.code_number) if collection and waits else ""
    return {"collection": collection, "collect_code": code}
