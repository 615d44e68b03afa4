"""What lots tell the apps above, inside the transaction that made the change."""

from django.dispatch import Signal

pieces_withdrawn = Signal()
"""``stock_ids`` (of ``LotStock``), ``cause`` (names it once): what is held there may not be sent any more."""
