"""What payments do by the clock."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations


@job("fulfilment.payments.sweep", queue="money")
def sweep() -> None:
    """Settle what was paid, give up what was not: looks at every open card payment."""
    operations.sweep(now=timezone.now())
