"""What must always be true of prices."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Mod

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import invariant
from catalogue.kernel.money import CURRENCIES, ROUNDING
from catalogue.kernel.shopping import SIDES

from . import queries
from .models import Price, PriceList, Source


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


@invariant("prices: a list that someone prepared was approved by someone else")
def two_persons() -> Iterable[object]:
    made = PriceList.objects.filter(source=Source.SCHEDULES)
    wrong = made.filter(Q(approved_by=None) | Q(approved_by=F("prepared_by")))
    return wrong.values_list("reference", flat=True)
