"""What payments tell the apps above: the ids of the order and of the refund or dispute, inside the transaction."""

from django.dispatch import Signal

refund_owed = Signal()
"""Money of an order will be given back; the row is written, nothing was asked yet."""

refund_made = Signal()
"""The provider gave it back."""

refund_failed = Signal()
"""It cannot be given back this way: a person must see to it."""

dispute_opened = Signal()
"""A buyer's bank disputes a payment of an order, or asks about it. Sent with ``order_id`` and ``dispute_id``."""

dispute_closed = Signal()
"""A dispute ended. Sent with ``order_id``, ``dispute_id`` and ``won``: whether the shop keeps the money."""
