"""What orders do by the clock."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from .confirming import operations as confirming


@job("fulfilment.orders.look_at_confirmations")
def look_at_confirmations() -> None:
    """Remind who has not confirmed an order in cash, and give up what nobody did."""
    confirming.look_at_confirmations(now=timezone.now())
