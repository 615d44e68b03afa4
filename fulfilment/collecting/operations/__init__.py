"""Everything that changes what waits in a shop, and what is sold over its counter."""

from .keeping import MandateOverlaps, NotAShop, end_mandate, give_mandate, till_of
from .selling import Nameless, NothingSold, Shown, address_at, look_up, quote_at, sell
from .waiting import (
    CodeLocked,
    ExtendedAlready,
    NoMoreCodes,
    NotWaiting,
    TooLate,
    WrongCode,
    extend,
    give_new_code,
    hand_over,
    let_go,
    make_ready,
    note_handed_over,
    prepare,
)

__all__ = [
    "CodeLocked",
    "ExtendedAlready",
    "MandateOverlaps",
    "Nameless",
    "NoMoreCodes",
    "NotAShop",
    "NotWaiting",
    "NothingSold",
    "Shown",
    "TooLate",
    "WrongCode",
    "address_at",
    "end_mandate",
    "extend",
    "give_mandate",
    "give_new_code",
    "hand_over",
    "let_go",
    "look_up",
    "make_ready",
    "note_handed_over",
    "prepare",
    "quote_at",
    "sell",
    "till_of",
]
