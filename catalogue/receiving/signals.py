"""What receiving tells the apps above, inside the transaction that made the change."""

from django.dispatch import Signal

call_off_asked = Signal()
"""``call_off_id``, ``cooperative_id``: the office asks a cooperative for goods."""
