"""What the warehouse tells the apps above, inside the transaction that made the move."""

from django.dispatch import Signal

consignment_moved = Signal()
"""``consignment_id``, ``order_id``, ``state``: sent after the order has followed."""

consignment_delivered = Signal()
"""``consignment_id``."""
