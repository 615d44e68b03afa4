"""What must always be true of prices."""

from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Mod

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import invariant
from catalogue.kernel.money import CURRENCIES, ROUNDING
from catalogue.kernel.shopping import SIDES

from . import queries
from .models import ExchangeRate, Price, PriceList, Source


@invariant("prices: every unit price is round in its currency")
def prices_are_round() -> Iterable[object]:
    for currency, step in ROUNDING.items():
        rows = Price.objects.filter(currency=currency).annotate(rest=Mod(F("price"), step)).exclude(rest=0)
        yield from rows.values_list("pk", "price", "currency")


@invariant("prices: at most one list is open")
def one_open_list() -> Iterable[object]:
    return PriceList.objects.filter(ends_at=None).order_by("starts_at").values_list("reference", flat=True)[1:]


@invariant("prices: what was on sale when a list was published has a price in every currency and for both sides")
def everything_is_priced() -> Iterable[object]:
    """What came later waits for the next list, and stands on the office's page of missing prices until then."""
    last = queries.last_list()
    if last is None:
        return
    on_sale = StockRecord.objects.filter(
        product__is_public=True, price__isnull=False, date_created__lte=last.published_at
    )
    for currency in CURRENCIES:
        for side in SIDES:
            priced = Price.objects.filter(price_list=last, stockrecord=OuterRef("pk"), currency=currency, side=side)
            yield from on_sale.exclude(Exists(priced)).values_list("pk", "partner_sku")


@invariant("rates: every price list was made with accepted rates of its day")
def lists_have_accepted_rates() -> Iterable[object]:
    """The list's day is that of its newer rate: the other one may be of an earlier day, replaced or not."""
    was_accepted = ExchangeRate.objects.filter(
        state__in=[ExchangeRate.State.ACCEPTED, ExchangeRate.State.REPLACED], day__lte=OuterRef("rates_day")
    )
    of_that_day = was_accepted.filter(day=OuterRef("rates_day"))
    eur, usd = (
        Q(currency="EUR", mad_per_unit=OuterRef("eur_rate")),
        Q(currency="USD", mad_per_unit=OuterRef("usd_rate")),
    )
    wrong = (
        ~Exists(was_accepted.filter(eur)) | ~Exists(was_accepted.filter(usd)) | ~Exists(of_that_day.filter(eur | usd))
    )
    yield from PriceList.objects.filter(wrong).values_list("reference", flat=True)


@invariant("rates: a currency has one accepted rate a day")
def one_rate_a_day() -> Iterable[object]:
    for currency in queries.FOREIGN_CURRENCIES:
        days = queries.accepted(currency).order_by().values("currency", "day")
        yield from days.annotate(times=Count("pk")).filter(times__gt=1).values_list("currency", "day")


@invariant("prices: a list that someone prepared was approved by someone else")
def two_persons() -> Iterable[object]:
    made = PriceList.objects.filter(source=Source.SCHEDULES)
    wrong = made.filter(Q(approved_by=None) | Q(approved_by=F("prepared_by")))
    return wrong.values_list("reference", flat=True)
