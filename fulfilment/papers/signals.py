"""What papers tell, inside the transaction of the change."""

from django.dispatch import Signal

parcels_handed_over = Signal()
"""``manifest_id``: a courier was handed parcels, and this manifest lists them."""
