"""What recalls tell the pages and letters above, inside the transaction that made the change."""

from django.dispatch import Signal

recall_opened = Signal()
"""``recall_id``: its lots are frozen; whoever has pieces of them is to be told."""
