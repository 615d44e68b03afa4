"""Exchange rates for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalogue.pricing.models import ExchangeRate
from tests.factories.people import make_staff

FRIDAY = date(2026, 11, 20)
"""The day on which the tests' clock stands."""


def replace_rate(value: str, *, currency: str = "EUR", day: date = FRIDAY) -> ExchangeRate:
    """Return a day's new rate, accepted in the place of the one before."""
    ExchangeRate.objects.filter(currency=currency, day=day, state="accepted").update(state="replaced")
    return make_rate(value, currency=currency, day=day)


def make_rate(value: str = "10.80", *, currency: str = "EUR", day: date = FRIDAY, **fields: Any) -> ExchangeRate:
    """Return a rate, accepted when it was recorded unless the state says otherwise."""
    state = fields.get("state", "accepted")
    if state != "accepted":
        fields.setdefault("why", "moved")
    if state == "refused":
        fields.setdefault("note", "no")
        fields.setdefault("decided_at", timezone.now())
        if "decided_by" not in fields:
            fields["decided_by"] = make_staff("director")
    return ExchangeRate.objects.create(
        currency=currency,
        day=day,
        **({"mad_per_unit": Decimal(value), "source": "tests", "recorded_at": timezone.now()} | fields),
    )
