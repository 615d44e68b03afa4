"""What joining tells the apps above, inside the transaction that made the change."""

from django.dispatch import Signal

application_moved = Signal()
"""``step_id``: an application took a step; whoever sent it is told."""

code_given = Signal()
"""``application_id``: another code that activates was asked for; it goes to the contact's phone alone."""

payout_terms_set = Signal()
"""``terms_id``: how and how often a cooperative is paid was set; the cooperative is told."""
