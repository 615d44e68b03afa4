"""What the warehouse tells the apps above, inside the transaction that made the move."""

from django.dispatch import Signal


class HeldBack(Exception):
    """A receiver of ``consignment_moving`` holds a parcel back. The message is a sentence for whoever moves it."""


consignment_moving = Signal()
"""``consignment_id``, ``order_id``, ``destination``, ``state``: sent before a parcel reaches a state, its rows locked.
An app above that knows why it may not raises ``HeldBack``: nothing is written then."""

consignment_moved = Signal()
"""``consignment_id``, ``order_id``, ``state``: sent after the order has followed."""

consignment_delivered = Signal()
"""``consignment_id``."""

line_short = Signal()
"""``order_id``, ``shortage_id``, ``missing``: so many pieces are nowhere else; the buyer is asked what to do. Said
again when more of the same line is missing before an answer came."""

line_left_out = Signal()
"""``order_id``, ``shortage_id``, ``missing``: a parcel goes without them; what was paid for them is given back."""

consignment_missed = Signal()
"""``consignment_id``, ``order_id``, ``last``: nobody was at the door; after the last time it comes back."""

consignment_returned = Signal()
"""``consignment_id``, ``order_id``, ``quantities`` (order line id: pieces), ``delivery`` (nothing of the order was
accepted): refused or undeliverable goods are back. Of an order paid by card they are to be refunded."""

consignment_out_for_delivery = Signal()
"""``consignment_id``, ``order_id``: it left for the door. Told once a day at most, again on another day."""

consignment_lost = Signal()
"""``consignment_id``, ``order_id``, ``quantities`` (order line id: pieces), ``delivery`` (nothing of the order was
accepted): the courier lost it. Nothing is on its shelf again, the buyer owes nothing and the office bears it."""
