"""What collecting tells the apps above, inside the transaction that made the change."""

from django.dispatch import Signal

collection_ready = Signal()
"""``order_id``, ``code_number``: it stands packed in its shop, or another code was given for it."""
