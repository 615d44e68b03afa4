"""What payments tell the apps above. Sent inside the transaction of the change, with ``order_id`` and the row's id."""

from django.dispatch import Signal

refund_owed = Signal()
"""Money of an order will be given back; the row is written, nothing was asked yet."""

refund_made = Signal()
"""The provider gave it back."""

refund_failed = Signal()
"""It cannot be given back this way: a person must see to it."""

cash_remitted = Signal()
"""``order_ids``, ``remittance_id``: all the cash that a courier took for these orders is in."""

dispute_opened = Signal()
"""A buyer's bank disputes a payment of an order, or asks about it. Sent with ``order_id`` and ``dispute_id``."""

dispute_closed = Signal()
"""A dispute ended. Sent with ``order_id``, ``dispute_id`` and ``won``: whether the shop keeps the money."""
