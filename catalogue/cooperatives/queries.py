"""Reads of cooperatives and of what they have on offer."""

from datetime import datetime

from django.apps import apps
from django.db.models import Prefetch, Q, QuerySet

from catalogue.kernel.shopping import Shopping, Terms

from .models import StockRecord


def current_prices(shopping: Terms, now: datetime) -> QuerySet:  # type: ignore[type-arg]
    """Price rows of the list in force at ``now`` for one currency and tax side."""
    in_force = Q(price_list__ends_at__isnull=True) | Q(price_list__ends_at__gt=now)
    return (
        apps.get_model("pricing", "Price")  # pricing stands above this app, so it is reached by name
        .objects.filter(in_force, price_list__starts_at__lte=now)
        .filter(currency=shopping.currency, side=shopping.side)
    )


def priced_stockrecords(shopping: Shopping, now: datetime) -> QuerySet[StockRecord]:
    """Stock records with their seller and, as ``current_prices``, the row they are sold at (two queries in all)."""
    return StockRecord.objects.select_related("partner").prefetch_related(
        Prefetch("prices", queryset=current_prices(shopping, now), to_attr="current_prices")
    )
