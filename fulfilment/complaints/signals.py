"""What complaints tell the apps above, inside the transaction that wrote them. ``order_id``, ``complaint_id``."""

from django.dispatch import Signal

complaint_made = Signal()

complaint_decided = Signal()
"""Also ``outcome``. Money that goes back for it is announced by payments, once it does."""
