"""Goods on their way to a place of ours, inside it and between places."""

from .calling import CallOff
from .checking import Checklist, Question
from .counting import Stocktake, StocktakeLine
from .delivering import Delivery, DeliveryLine, RefusalPhoto
from .moving import Transfer, TransferLine
from .packing import LotPart

__all__ = [
    "CallOff",
    "Checklist",
    "Delivery",
    "DeliveryLine",
    "LotPart",
    "Question",
    "RefusalPhoto",
    "Stocktake",
    "StocktakeLine",
    "Transfer",
    "TransferLine",
]
