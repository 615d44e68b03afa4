"""Publishing price lists that no person approves: the opening one of a load, and those of a time before the shop."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel import formats, locks, periods
from catalogue.pricing import differences, policies, queries
from catalogue.pricing.models import DraftPrice, PriceList, PriceListDraft, Source

from . import making

LOCK = "pricing.publish"


class TooEarly(Exception):
    """A list cannot start before, or with, the one that is published last."""

    def __init__(self, last: PriceList, language: str | None = None) -> None:
        self.last = last
        super().__init__(
            _("The list %(list)s starts on %(moment)s: the next one starts after it.")
            % {"list": last.reference, "moment": formats.moment(last.starts_at, language)}
        )


@transaction.atomic
def publish_opening_list(*, now: datetime, rates: queries.Rates | None = None) -> PriceList | None:
    """Publish the prices of every stock record, made from its public price and what its cooperative gets.

    Ends the list in force. Publishes nothing and returns ``None`` when the list in force says the same
    already (at ``rates``, by default the last ones). Two publishers wait for each other. Raises
    ``NegativeRemainder`` when a price leaves the office less than nothing.
    """
    locks.advisory_lock(LOCK)
    day = periods.day_of(now)
    rates = rates or queries.rates_on(day)
    draft = PriceListDraft.objects.create(
        source=Source.OPENING,
        prepared_at=now,
        priced_for=day,
        eur_rate=rates.eur,
        usd_rate=rates.usd,
        rates_day=rates.day,
    )
    making.fill(draft, rates)
    refuse_negative(draft)
    last = queries.last_list()
    published = None
    if last is None or differences.differ(draft, last):
        published = follow(draft, last, starts_at=now, now=now)
    making.clear(draft)
    draft.delete()
    return published


def refuse_negative(draft: PriceListDraft) -> None:
    """Raise ``NegativeRemainder`` for the price that lacks most."""
    worst = DraftPrice.objects.filter(draft=draft, currency="MAD").exclude(floor="").order_by("part_office").first()
    if worst:
        raise policies.NegativeRemainder(-worst.part_office)


def follow(draft: PriceListDraft, last: PriceList | None, *, starts_at: datetime, now: datetime) -> PriceList:
    """End the list published last where a draft's begins, and publish that. Raises ``TooEarly``."""
    if last:
        if last.starts_at >= starts_at:
            raise TooEarly(last)
        last.ends_at = starts_at
        last.save(update_fields=["ends_at"])
    return making.insert_list(draft, starts_at=starts_at, published_at=now)


@transaction.atomic
def publish_past_list(*, starts_at: datetime, ends_at: datetime, now: datetime) -> PriceList:
    """Publish what today's stock records cost at the rates of a past day, for histories that begin before us."""
    locks.advisory_lock(LOCK)
    rates = queries.rates_on(periods.day_of(starts_at))
    price_list = PriceList.objects.create(
        reference=making.reference(Source.PAST, starts_at),
        source=Source.PAST,
        starts_at=starts_at,
        ends_at=ends_at,
        published_at=now,
        eur_rate=rates.eur,
        usd_rate=rates.usd,
        rates_day=rates.day,
    )
    making.fill_list(price_list, rates)
    return price_list
