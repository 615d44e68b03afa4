"""Announcing, receiving, checking, moving, counting, adjusting, packing and asking for goods."""

from .adjusting import NotFree, Reason, adjust, put_away
from .calling import (
    CallOffMoved,
    NotTheirs,
    ask_call_off,
    decline_call_off,
    drop_call_off,
    propose_call_offs,
)
from .checking import NotAwaiting, NotSo, check_lot, decide_lot
from .counting import (
    MovedMeanwhile,
    NotFound,
    NothingCounted,
    StocktakeEnded,
    StocktakeRefused,
    apply_stocktake,
    count_file,
    count_one,
    drop_stocktake,
    open_stocktake,
)
from .delivering import Announced, AnnouncementRefused, announce, call_off_delivery
from .moving import Arrived, TransferArrived, TransferRefused, receive_transfer, send_transfer
from .packing import ComponentsMissing, NoHamper, pack_hampers, unpack_hampers
from .taking_in import (
    AwaitingChecks,
    Counted,
    CountRefused,
    DeliveryMoved,
    close_delivery,
    count_delivery,
    receive_delivery,
)

__all__ = [
    "Announced",
    "AnnouncementRefused",
    "Arrived",
    "AwaitingChecks",
    "CallOffMoved",
    "ComponentsMissing",
    "CountRefused",
    "Counted",
    "DeliveryMoved",
    "MovedMeanwhile",
    "NoHamper",
    "NotAwaiting",
    "NotFound",
    "NotFree",
    "NotSo",
    "NotTheirs",
    "NothingCounted",
    "Reason",
    "StocktakeEnded",
    "StocktakeRefused",
    "TransferArrived",
    "TransferRefused",
    "adjust",
    "announce",
    "apply_stocktake",
    "ask_call_off",
    "call_off_delivery",
    "check_lot",
    "close_delivery",
    "count_delivery",
    "count_file",
    "count_one",
    "decide_lot",
    "decline_call_off",
    "drop_call_off",
    "drop_stocktake",
    "open_stocktake",
    "pack_hampers",
    "propose_call_offs",
    "put_away",
    "receive_delivery",
    "receive_transfer",
    "send_transfer",
    "unpack_hampers",
]
