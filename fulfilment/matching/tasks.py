"""The nightly match."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations


@job("fulfilment.matching.run", queue="bulk", in_transaction=True)
def run() -> None:
    """Compare orders, payments and cash, stock and ledger, and keep what differs."""
    operations.run_match(now=timezone.now())
