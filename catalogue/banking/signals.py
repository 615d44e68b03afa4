"""What bank accounts tell the apps above, inside the transaction that made the change."""

from django.dispatch import Signal

account_proposed = Signal()
"""``account_id``: another account was proposed for a cooperative; whoever it had as contact is told."""

account_approved = Signal()
"""``account_id``: a second person agreed; the account waits until its hour."""

account_refused = Signal()
"""``account_id``: the office did not agree to a proposal."""

mandate_proposed = Signal()
"""``mandate_id``: a member of its union is to receive a cooperative's money; whoever it had as contact is told."""
