"""How a price is made, for whoever wants to check one."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.kernel.money import MAD, ROUNDING, convert, round_up_to
from catalogue.pricing import queries
from catalogue.pricing.models import PriceList
from catalogue.pricing.queries import RateOfList
from storefront.breakdown import words

SAMPLE_MAD = Decimal("100.00")


@dataclass(frozen=True)
class RateRow:
    """A rate of the list in force, the step its prices are rounded up to, and what a sample of dirhams becomes."""

    rate: RateOfList
    step: Decimal
    sample: Decimal


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    try:
        price_list = queries.current_list(timezone.now())
    except queries.NoPriceList:
        price_list = None
    context = {
        "price_list": price_list,
        "rates": _rates(price_list) if price_list else [],
        "parts": [(name, words.MEANINGS[part], part) for part, name in words.NAMES.items()],
        "sample_mad": SAMPLE_MAD,
        "step_mad": ROUNDING[MAD],
        "crumbs": [(_("How a price is made"), "")],
    }
    return render(request, "shop/prices.html", context)


def _rates(price_list: PriceList) -> list[RateRow]:
    return [
        RateRow(
            rate,
            ROUNDING[rate.currency],
            round_up_to(convert(SAMPLE_MAD, rate.mad_per_unit), ROUNDING[rate.currency]),
        )
        for rate in queries.rates_with_sources(price_list)
    ]
