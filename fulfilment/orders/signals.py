"""What orders tell the apps above. Sent with ``order_id`` inside the transaction that made the change."""

from django.dispatch import Signal

order_placed = Signal()
"""Also carries the new ``order`` itself."""

order_confirmed = Signal()
order_paid = Signal()
order_delivered = Signal()
order_cancelled = Signal()
order_refused = Signal()
"""Refused at the door, or sent back before it got there."""

order_expired = Signal()
payment_due_soon = Signal()
"""It waits for its transfer, and will not wait much longer. Announced by payments, once for an order."""

order_reopened = Signal()
"""It had expired, and its money came after all: it waits for that again. What it gave back, it takes again."""


payment_settled = Signal()
"""Announced by payments with ``order_id`` and ``attempt_id``; orders receives it."""

withdrawal_declared = Signal()
"""``order_id``, ``withdrawal_id``: a buyer says that goods will come back."""
withdrawal_accepted = Signal()
"""``order_id``, ``withdrawal_id``, ``quantities`` (line id → pieces that are back), ``delivery`` (whether what was paid
for delivery goes back too), ``by`` (the person at the office): what they cost is to be given back."""
withdrawal_rejected = Signal()
"""``order_id``, ``withdrawal_id``."""
payment_authorised = Signal()
"""Announced by payments with ``order_id``, ``attempt_id`` and ``until``: the card is held, nothing is paid yet."""

confirmation_asked = Signal()
"""``order_id``, ``by_link``: an order in cash waits for its buyer to say yes."""

confirmation_reminded = Signal()
buyer_not_reached = Signal()
"""The desk called, and nobody answered."""
