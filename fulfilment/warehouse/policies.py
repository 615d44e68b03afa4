"""A consignment's life, and what it says about its order. No database."""

from collections.abc import Collection

NEXT: dict[str, tuple[str, ...]] = {
    "OPEN": ("PICKED", "CANCELLED"),
    "PICKED": ("PACKED", "CANCELLED"),
    "PACKED": ("HANDED_OVER",),
    "HANDED_OVER": ("IN_TRANSIT", "DELIVERED"),
    "IN_TRANSIT": ("DELIVERED",),
}
MOVES = {"pick": "PICKED", "pack": "PACKED", "hand_over": "HANDED_OVER", "deliver": "DELIVERED"}
"""What people do, by the state it leads to."""

GONE = ("HANDED_OVER", "IN_TRANSIT", "DELIVERED")
CANCELLABLE = tuple(state for state, following in NEXT.items() if "CANCELLED" in following)


def may_follow(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())


def moves_from(state: str) -> list[str]:
    """Name what people may do with a consignment in this state, in the order it is usually done."""
    return [move for move, new in MOVES.items() if may_follow(state, new)]


def order_status(states: Collection[str]) -> str | None:
    """Say how far an order is by its least advanced consignment; nothing when all of them were called off."""
    standing = [state for state in states if state != "CANCELLED"]
    if not standing:
        return None
    if all(state == "DELIVERED" for state in standing):
        return "DELIVERED"
    if all(state in GONE for state in standing):
        return "SHIPPED"
    return "PREPARING"
