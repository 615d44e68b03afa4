"""How what was chosen from lots becomes order lines: one for each thing and place. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from catalogue.kernel.money import split
from catalogue.lots.policies import Take
from fulfilment.orders.policies import LineDiscount, PricedItem


@dataclass(frozen=True)
class Part:
    """What becomes one order line: so many pieces of an item from one place, and its share of what offers take off."""

    item: PricedItem
    quantity: int
    discounts: tuple[LineDiscount, ...]
    takes: tuple[Take, ...]


def parts_of(item: PricedItem, discounts: Sequence[LineDiscount], takes: Iterable[Take]) -> list[Part]:
    """Divide an item by the places its pieces come from; discounts are shared to the cent, by pieces."""
    by_place: dict[int, list[Take]] = {}
    for take in takes:
        if take.stockrecord_id == item.stockrecord_id:
            by_place.setdefault(take.place_id, []).append(take)
    groups = [tuple(group) for group in by_place.values()]
    quantities = [sum(take.quantity for take in group) for group in groups]
    shared = [_share(discount, quantities) for discount in discounts]
    return [
        Part(item, quantity, tuple(rows[index] for rows in shared if rows[index].amount), group)
        for index, (quantity, group) in enumerate(zip(quantities, groups, strict=True))
    ]


def _share(discount: LineDiscount, quantities: Sequence[int]) -> list[LineDiscount]:
    """Share a discount by pieces. One of fewer cents than there are places goes to the most pieces, whole."""
    if len(quantities) == 1:
        return [discount]
    amounts = split(discount.amount, quantities)
    if not all(amounts):
        most = max(range(len(quantities)), key=lambda index: (quantities[index], -index))
        nothing = replace(discount, amount=discount.amount * 0, tax=discount.tax * 0, cooperative_mad=discount.tax * 0)
        return [discount if index == most else nothing for index in range(len(quantities))]
    taxes = split(discount.tax, amounts)  # by what each takes off, so that no tax is more than its discount
    given = split(discount.cooperative_mad, quantities)
    rows = zip(amounts, taxes, given, strict=True)
    return [replace(discount, amount=amount, tax=tax, cooperative_mad=mad) for amount, tax, mad in rows]
