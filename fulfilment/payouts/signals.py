"""What payouts announce, inside the transaction that writes it."""

from django.dispatch import Signal

payout_ready = Signal()
"""``payout_id``: cash or a cheque can be fetched from the day of payment on."""

payout_settled = Signal()
"""``payout_id``: a cooperative has its money."""

payout_returned = Signal()
"""``payout_id``: a payment came back; it is owed again, and its account is not paid to any more."""
