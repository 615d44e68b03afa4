"""Jobs of the office."""

from django.utils import timezone

from catalogue.kernel import periods
from catalogue.kernel.workdays import is_workday
from catalogue.pricing import operations, sources
from fulfilment.jobs.tasks import job


@job("storefront.office.fetch_rates")
def fetch_rates() -> None:
    """Ask the bank for today's rates; nothing without a subscription, nor on days when banks are closed."""
    now = timezone.now()
    today = periods.day_of(now)
    bank = sources.bank()
    if bank and is_workday(today):
        operations.fetch_rates(source=bank, day=today, now=now)
