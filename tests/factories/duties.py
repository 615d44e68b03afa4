"""Stamp duties for tests, and orders that they do something to."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from catalogue.kernel.periods import day_of
from catalogue.pricing import operations
from catalogue.pricing.models import StampDuty
from fulfilment.orders.models import Order

from .offers import make_offer
from .orders import Guest, stock


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


def odd_order(method: str = "cash", farm_gate: str = "30.00") -> Order:
    """Place 120.00 + 47.50 less ten percent, with a delivery of 35.00: 185.75."""
    make_offer(percent="10")
    guest = Guest()
    guest.add(stock("120.00"))
    guest.add(stock("47.50", farm_gate=farm_gate))
    guest.place(payment=method)
    return Order.objects.get()
