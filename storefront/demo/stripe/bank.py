"""The demonstration bank: all it remembers and does, layer on layer, from the store up to disputes."""

from .cards import ACCEPTED, DECLINED
from .disputes import Disputes
from .refusals import Answer, Refused, invalid

__all__ = ["ACCEPTED", "DECLINED", "Answer", "Bank", "Refused", "invalid"]


class Bank(Disputes):
    """Everything a shop may ask of it, and what a demonstration may make happen to it."""
