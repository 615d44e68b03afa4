"""What the warehouse tells the apps above, inside the transaction that made the move."""

from django.dispatch import Signal

consignment_moved = Signal()
"""``consignment_id``, ``order_id``, ``state``: sent after the order has followed."""

consignment_delivered = Signal()
"""``consignment_id``."""

consignment_missed = Signal()
"""``consignment_id``, ``order_id``, ``last``: nobody was at the door; after the last time it comes back."""

consignment_returned = Signal()
"""``consignment_id``, ``order_id``, ``quantities`` (order line id: pieces), ``delivery`` (nothing of the order was
accepted): refused or undeliverable goods are on their shelf again. Of an order paid by card they are to be refunded."""
