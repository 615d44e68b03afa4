"""Stamp duties for tests."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from catalogue.kernel.periods import day_of
from catalogue.pricing import operations
from catalogue.pricing.models import StampDuty


def make_duty(borne_by: str = "office", rate_pct: str = "0.25", since_days: int = 30) -> StampDuty:
    """Return a duty that holds since some days ago."""
    now = timezone.now()
    row = StampDuty(
        rate_pct=Decimal(rate_pct), borne_by=borne_by, valid_from=day_of(now) - timedelta(days=since_days), note="test"
    )
    return operations.add_row(row=row, written_by=None, now=now)


def end_duty(row: StampDuty) -> None:
    """End it today, so that another may begin."""
    today = day_of(timezone.now())
    operations.end_row(row=row, until=today, today=today)
