"""What cooperatives tell the apps above, inside the transaction that made the change."""

from django.dispatch import Signal

contact_changed = Signal()
"""``step_id``: the office changed how a cooperative is reached; whoever it had as contact is told."""

owner_proposed = Signal()
"""``appointment_id``: someone is to be an owner of a cooperative's pages; whoever it has as contact is told."""
