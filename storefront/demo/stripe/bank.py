"""The demonstration bank: all it remembers and does, layer on layer (store, events, money, intents, refunds)."""

from .cards import ACCEPTED, DECLINED
from .refunds import Refunds
from .refusals import Answer, Refused, invalid

__all__ = ["ACCEPTED", "DECLINED", "Answer", "Bank", "Refused", "invalid"]


class Bank(Refunds):
    """Everything a shop may ask of it, and what a demonstration may make happen to it."""
