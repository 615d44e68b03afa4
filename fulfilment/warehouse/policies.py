"""A consignment's life, and what it says about its order. No database."""

from collections.abc import Collection

NEXT: dict[str, tuple[str, ...]] = {
    "OPEN": ("PICKED", "CANCELLED"),
    "PICKED": ("PACKED", "CANCELLED"),
    "PACKED": ("HANDED_OVER", "OPEN"),
    "HANDED_OVER": ("IN_TRANSIT", "DELIVERED", "REFUSED", "RETURNED", "LOST"),
    "IN_TRANSIT": ("DELIVERED", "REFUSED", "RETURNED", "LOST"),
    "REFUSED": ("RETURNED",),
}
MOVES = {
    "pick": "PICKED",
    "pack": "PACKED",
    "hand_over": "HANDED_OVER",
    "deliver": "DELIVERED",
    "refuse": "REFUSED",
    "take_back": "RETURNED",
}
"""What people do, by the state it leads to."""

UNDER_WAY = ("HANDED_OVER", "IN_TRANSIT")
NEVER_SENT = ("CANCELLED", "SHORT")
NOT_TAKEN = ("REFUSED", "RETURNED")
NOT_BOUGHT = (*NOT_TAKEN, "LOST")
"""The buyer has nothing of it and owes nothing for it."""

GONE = (*UNDER_WAY, "DELIVERED", *NOT_BOUGHT)
CANCELLABLE = tuple(state for state, following in NEXT.items() if "CANCELLED" in following)


AT_THE_DOOR = {"delivered": "DELIVERED", "refused": "REFUSED", "absent": ""}
"""The state that an attempt to deliver leads to; none when nobody was there."""


def may_follow(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())


def may_move(old: str, new: str, *, coming_back: bool) -> bool:
    """Tell whether a parcel may go on so: one that nobody took comes back, and nothing comes back without a reason."""
    if old in UNDER_WAY and new in ("DELIVERED", "REFUSED", "RETURNED"):
        return coming_back == (new == "RETURNED")
    return may_follow(old, new)


def moves_from(state: str, *, coming_back: bool = False) -> list[str]:
    """Name what people may do with a consignment in this state, in the order it is usually done."""
    return [move for move, new in MOVES.items() if may_move(state, new, coming_back=coming_back)]


def order_status(states: Collection[str]) -> str | None:
    """Say how far an order is by its least advanced consignment; nothing when none of them will be sent.

    Once nothing is under way any more: delivered when some of it was accepted; else refused while something of it
    is still to come back; else returned, lost parcels counted in: nothing more will happen at a door.
    """
    standing = {state for state in states if state not in NEVER_SENT}
    if not standing:
        return None
    if not standing.issubset(GONE):
        return "PREPARING"
    if not standing.isdisjoint(UNDER_WAY):
        return "SHIPPED"
    return next((state for state in ("DELIVERED", "REFUSED") if state in standing), "RETURNED")


def nothing_accepted(states: Collection[str]) -> bool:
    """Tell whether an order is over with nothing of it handed in, so that its delivery is given back too."""
    return set(states) <= {"RETURNED", "LOST", *NEVER_SENT}
