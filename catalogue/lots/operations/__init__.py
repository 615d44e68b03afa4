"""Everything that changes lots, what lies where, and what of it is promised.

Locks, everywhere in this order: stock records, lots, lot stock, each by key.
"""

from .changing import (
    AlreadyMoved,
    LotEnds,
    LotKnown,
    StaysRecalled,
    add_lot,
    decide,
    lot_at,
    move_pieces,
    place_of,
    redate,
    retire,
)
from .counting import BelowPromised, record_count
from .holding import NotHeld, SoldOut, allocate, allocate_whole, consume, put_back, release
from .sharing import AlreadyPromised, NotOfTheUnion, SharesDiffer, share_lot

__all__ = [
    "AlreadyMoved",
    "AlreadyPromised",
    "BelowPromised",
    "LotEnds",
    "LotKnown",
    "NotHeld",
    "NotOfTheUnion",
    "SharesDiffer",
    "SoldOut",
    "StaysRecalled",
    "add_lot",
    "allocate",
    "allocate_whole",
    "consume",
    "decide",
    "lot_at",
    "move_pieces",
    "place_of",
    "put_back",
    "record_count",
    "redate",
    "release",
    "retire",
    "share_lot",
]
