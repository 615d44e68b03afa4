"""Asking a source for a day's rates and keeping what it says."""

import logging
from collections.abc import Sequence
from datetime import date, datetime

from catalogue.pricing import queries
from catalogue.pricing.sources.base import Source

from . import rates

logger = logging.getLogger(__name__)


class Incomplete(Exception):
    """The source gave a day's rate for one currency and none for another. What it gave is kept."""

    def __init__(self, missing: Sequence[str], day: date) -> None:
        self.missing = missing
        self.day = day
        super().__init__(f"There is no rate for {', '.join(missing)} on {day}.")


def fetch_rates(*, source: Source, day: date, now: datetime) -> list[rates.Recorded]:
    """Ask a source for a day, then keep each rate in a transaction of its own; asking again changes nothing.

    Call it outside any transaction: the source may take its time, and nothing is locked while it does.
    """
    answered = source.fetch(day)
    recorded = [
        rates.record_rate(
            currency=rate.currency, day=rate.day, mad_per_unit=rate.mad_per_unit, source=rate.source, now=now
        )
        for rate in answered
    ]
    for found in recorded:
        if found.is_new and found.rate.waits:
            logger.warning("A rate waits for someone: %s (%s).", found.rate, found.rate.why)
    missing = sorted(set(queries.FOREIGN_CURRENCIES) - {rate.currency for rate in answered})
    if answered and missing:
        raise Incomplete(missing, day)
    return recorded
