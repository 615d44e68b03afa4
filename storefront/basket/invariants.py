"""What must always be true of baskets that someone is still filling."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef

from catalogue.kernel.invariants import invariant
from catalogue.pricing.models import Price

from .models import Basket, Line


@invariant("baskets: every line has its price from the basket's own list")
def lines_of_one_list() -> Iterable[object]:
    rows = Price.objects.filter(
        price_list=OuterRef("basket__price_list"),
        stockrecord=OuterRef("stockrecord"),
        currency=OuterRef("basket__currency"),
        side=OuterRef("basket__side"),
        price=OuterRef("price_incl_tax"),
    )
    lines = Line.objects.filter(basket__status=Basket.OPEN, basket__price_list__isnull=False).order_by()
    priced = lines.filter(price_incl_tax__isnull=False).exclude(Exists(rows))
    astray = lines.exclude(price_currency=F("basket__currency"))
    return (priced | astray).values_list("pk", flat=True)
