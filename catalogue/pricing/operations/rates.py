"""Recording exchange rates, and what people decide about those that wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel import locks, periods
from catalogue.kernel.bulk import BATCH, Counts
from catalogue.kernel.money import quantize_rate
from catalogue.pricing import fixing, queries
from catalogue.pricing.models import ExchangeRate, OldRateApproval
from catalogue.pricing.models.rates import FOREIGN

State, Why = ExchangeRate.State, ExchangeRate.Why
LOADED = ("simulated: ", "observed: ")
"""How the source of a rate that came with the catalogue's files begins."""


class RateRefused(ValueError):
    """What was given is no exchange rate. ``field`` names what to correct; the text is for whoever gave it."""

    field = "mad_per_unit"


class UnknownRateCurrency(RateRefused):
    field = "currency"

    def __init__(self, currency: str) -> None:
        self.currency = currency
        super().__init__(_("The shop keeps no rate for %(currency)s.") % {"currency": currency})


class RateNotFinite(RateRefused):
    def __init__(self) -> None:
        super().__init__(_("This is not a number."))


class RateNotPositive(RateRefused):
    def __init__(self) -> None:
        super().__init__(_("A rate is more than zero: the dirhams for one unit of the currency."))


class RateAbsurd(RateRefused):
    def __init__(self) -> None:
        super().__init__(
            _("A rate lies between %(lowest)s and %(highest)s dirhams for one unit: look at the decimal sign.")
            % {"lowest": fixing.LOWEST, "highest": fixing.HIGHEST}
        )


class RateOfTheFuture(RateRefused):
    field = "day"

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(_("This day has not come yet: no rate is known for it."))


class RateNotWaiting(Exception):
    """Someone else decided first."""

    def __init__(self, rate: ExchangeRate) -> None:
        self.rate = rate
        super().__init__(_("This rate does not wait any more: it is %(state)s.") % {"state": rate.get_state_display()})


class SamePerson(Exception):
    def __init__(self) -> None:
        super().__init__(_("You typed this rate yourself: another person accepts it."))


class NoGrounds(ValueError):
    def __init__(self) -> None:
        super().__init__(_("Write in a few words why."))


@dataclass(frozen=True)
class Recorded:
    """The row that holds a rate, and whether this call wrote it."""

    rate: ExchangeRate
    is_new: bool


@transaction.atomic
def record_rate(
    *,
    currency: str,
    day: date,
    mad_per_unit: Decimal,
    source: str,
    now: datetime,
    recorded_by: Any = None,
) -> Recorded:
    """Keep a day's rate: accepted at once, or waiting for a person when it is the first, moved far or differs.

    The same day and value again changes nothing; nor does one that was refused, unless a person types it.
    What is accepted already stays in force. Recorders of one currency wait for each other.
    """
    value = _checked(currency, day, mad_per_unit, now)
    _lock(currency)
    same = ExchangeRate.objects.filter(currency=currency, day=day, mad_per_unit=value).order_by("-pk").first()
    if same and (same.state in {State.ACCEPTED, State.WAITING} or recorded_by is None):
        return Recorded(same, is_new=False)
    before = queries.rate_beside(currency, day)
    why = Why.AGAIN if same else _why_it_waits(day, value, before)
    rate = ExchangeRate.objects.create(
        currency=currency,
        day=day,
        mad_per_unit=value,
        source=source,
        state=State.WAITING if why else State.ACCEPTED,
        why=why,
        compared_with=before.mad_per_unit if before else None,
        recorded_at=now,
        recorded_by=recorded_by,
    )
    return Recorded(rate, is_new=True)


@transaction.atomic
def load_history(*, rates: Iterable[ExchangeRate], now: datetime) -> Counts:
    """Keep a file's rates as accepted; they give way to those that a bank or a person recorded for the same day.

    ``rates`` are unsaved rows whose source begins with one of ``LOADED``. A day that an earlier load filled with
    another value keeps that one as replaced, since a price list may have been made with it.
    """
    for currency in queries.FOREIGN_CURRENCIES:
        _lock(currency)
    there = {(rate.currency, rate.day): rate for rate in ExchangeRate.objects.filter(state=State.ACCEPTED)}
    new, replaced, unchanged = [], [], 0
    for rate in rates:
        old = there.get((rate.currency, rate.day))
        if old and (old.mad_per_unit == rate.mad_per_unit or not old.source.startswith(LOADED)):
            unchanged += 1
            continue
        rate.recorded_at = now
        new.append(rate)
        if old:
            replaced.append(old.pk)
    ExchangeRate.objects.filter(pk__in=replaced).update(state=State.REPLACED)
    ExchangeRate.objects.bulk_create(new, batch_size=BATCH)
    return Counts(created=len(new) - len(replaced), changed=len(replaced), unchanged=unchanged)


def _checked(currency: str, day: date, mad_per_unit: Decimal, now: datetime) -> Decimal:
    if currency not in dict(FOREIGN):
        raise UnknownRateCurrency(currency)
    if not mad_per_unit.is_finite():
        raise RateNotFinite
    if mad_per_unit <= 0:
        raise RateNotPositive
    if not fixing.LOWEST <= mad_per_unit <= fixing.HIGHEST:
        raise RateAbsurd
    if day > periods.day_of(now):
        raise RateOfTheFuture(day)
    return quantize_rate(mad_per_unit)


def _why_it_waits(day: date, value: Decimal, before: ExchangeRate | None) -> str:
    if before is None:
        return Why.FIRST
    if before.day == day:
        return Why.DIFFERS
    return Why.MOVED if fixing.moved_too_far(before.mad_per_unit, value) else ""


def _lock(currency: str) -> None:
    locks.advisory_lock(f"pricing.rates.{currency}")


@transaction.atomic
def accept_rate(*, rate: ExchangeRate, accepted_by: Any, note: str, now: datetime) -> ExchangeRate:
    """Put a waiting rate in force for its day, in the place of the one that was."""
    rate = _waiting(rate, note)
    if rate.recorded_by_id == accepted_by.pk:
        raise SamePerson
    ExchangeRate.objects.filter(currency=rate.currency, day=rate.day, state=State.ACCEPTED).update(state=State.REPLACED)
    return _decide(rate, State.ACCEPTED, accepted_by, note, now)


@transaction.atomic
def refuse_rate(*, rate: ExchangeRate, refused_by: Any, note: str, now: datetime) -> ExchangeRate:
    """Put a waiting rate away; whoever typed it may do so too."""
    return _decide(_waiting(rate, note), State.REFUSED, refused_by, note, now)


def _waiting(rate: ExchangeRate, note: str) -> ExchangeRate:
    if not note.strip():
        raise NoGrounds
    _lock(rate.currency)
    rate = ExchangeRate.objects.get(pk=rate.pk)
    if not rate.waits:
        raise RateNotWaiting(rate)
    return rate


def _decide(rate: ExchangeRate, state: str, by: Any, note: str, now: datetime) -> ExchangeRate:
    rate.state, rate.decided_by, rate.decided_at, rate.note = state, by, now, note.strip()
    rate.save(update_fields=["state", "decided_by", "decided_at", "note"])
    return rate


class RatesTooOld(Exception):
    """The last accepted rates are older than prices may be made with, and nobody has said that they may."""

    def __init__(self, rates: list[ExchangeRate], day: date) -> None:
        self.rates = rates
        self.day = day
        names = ", ".join(f"{rate.currency} {rate.day:%d/%m/%Y}" for rate in rates)
        super().__init__(
            _("The last rates are too old (%(rates)s): record newer ones, or accept these for today.")
            % {"rates": names}
        )


@transaction.atomic
def rates_for_publishing(
    day: date,
    *,
    approved_by: Any = None,
    approved_at: datetime | None = None,
    note: str = "",
) -> queries.Rates:
    """Return the rates that prices of a day may be made with, or raise ``RatesTooOld``.

    Someone who accepts rates grown old is named in ``approved_by``, at ``approved_at``: a row keeps their word
    for each such rate and this day, and whoever publishes for this day afterwards needs none.
    """
    rates = queries.rates_on(day)
    if stale := queries.stale_rates(day):
        if approved_by is None or approved_at is None:
            raise RatesTooOld(stale, day)
        for rate in stale:
            OldRateApproval.objects.get_or_create(
                rate=rate, day=day, defaults={"approved_by": approved_by, "approved_at": approved_at, "note": note}
            )
    return rates
