"""What payments tell the apps above. Sent with ``order_id`` and ``refund_id`` inside the transaction of the change."""

from django.dispatch import Signal

refund_owed = Signal()
"""Money of an order will be given back; the row is written, nothing was asked yet."""

refund_made = Signal()
"""The provider gave it back."""

refund_failed = Signal()
"""It cannot be given back this way: a person must see to it."""

cash_remitted = Signal()
"""``order_ids``, ``remittance_id``: all the cash that a courier took for these orders is in."""
