"""How a lower floor speaks upward: a signal sent inside the transaction it is about."""

from typing import Any

from django.db import connection
from django.dispatch import Signal


class OutsideTransaction(RuntimeError):
    """What is announced must commit, or not, together with what follows from it."""


def announce(signal: Signal, **ids: Any) -> None:
    """Send a signal to its receivers now. One that fails takes the whole transaction with it."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("Announce inside the transaction that made the change.")
    signal.send(sender=None, **ids)
