"""What may be due when a parcel arrives, in words: for the basket, the checkout and, shorter, a product's page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.money import CURRENCIES, ZERO
from catalogue.kernel.shopping import HOME_COUNTRY, Shopping
from catalogue.pricing.queries import NoPriceList, Rates, current_list, rates_of
from catalogue.products.models import Component
from fulfilment.orders.policies import Quote
from fulfilment.shipping.arrivals.policies import Arrival, Content, Estimate, Terms, arrival
from fulfilment.shipping.arrivals.queries import terms_for
from fulfilment.shipping.policies import FOOD_KINDS

PROOFS = {
    "EUR.1, or origin declaration up to EUR 6,000": gettext_lazy("EUR.1, or a declaration of origin up to 6,000 euros"),
    "Origin declaration (UK-Morocco agreement)": gettext_lazy(
        "declaration of origin (agreement of Morocco and the UK)"
    ),
    "EUR.1": gettext_lazy("EUR.1"),
    "Importer claim under the US-Morocco FTA": gettext_lazy("the importer's claim under the US–Morocco agreement"),
    "Arab certificate of origin (GAFTA)": gettext_lazy("Arab certificate of origin (GAFTA)"),
}


@dataclass(frozen=True)
class ArrivalView:
    """Sentences, and where they can be worked out the figures with their sum; never part of what we charge."""

    sentences: list[str] = field(default_factory=list)
    rows: list[tuple[str, Decimal]] = field(default_factory=list)
    total: Decimal | None = None
    currency: str = ""
    advice: str = ""


def for_lines(lines: Iterable[Any], quote: Quote, *, shopping: Shopping, now: datetime) -> ArrivalView | None:
    """Say what is due on the parcel that a basket's lines (``queries.LineView``) make, at what is paid for them."""
    off: dict[int, Decimal] = {}
    for discount in quote.discounts:
        off[discount.stockrecord_id] = off.get(discount.stockrecord_id, ZERO) + discount.amount
    paid = (
        (view.line.product, None if view.total is None else view.total - off.get(view.line.stockrecord_id, ZERO))
        for view in lines
    )
    return for_products(paid, shopping=shopping, now=now)


def for_products(
    goods: Iterable[tuple[Any, Decimal | None]],
    *,
    shopping: Shopping,
    now: datetime,
    rates: Rates | None = None,
    inside: Mapping[int, Sequence[str]] | None = None,
) -> ArrivalView | None:
    """Say what is due on a parcel of products, given with what is paid for each; nothing at home.

    One query abroad, one more for the ``rates`` of the price list in force and one for the tariff headings
    ``inside`` hampers, unless they are given.
    """
    priced = [(product, amount) for product, amount in goods if amount is not None]
    terms = terms_for(shopping.destination, now=now)
    if terms is None or not priced:
        return None if shopping.destination == HOME_COUNTRY or not priced else ArrivalView([_somewhere()])
    if inside is None:
        inside = _inside([product for product, _amount in priced])
    parcel = [
        Content(tuple(inside.get(product.pk) or (product.hs_code,)), amount, product.kind in FOOD_KINDS)
        for product, amount in priced
    ]
    return view(arrival(terms, parcel, currency=shopping.currency, rates=_by_currency(rates or _rates(now))))


def _rates(now: datetime) -> Rates | None:
    try:
        return rates_of(current_list(now))
    except NoPriceList:
        return None


def _by_currency(rates: Rates | None) -> dict[str, Decimal]:
    return {currency: rates.of(currency) for currency in CURRENCIES} if rates else {}


def _inside(products: Sequence[Any]) -> dict[int, list[str]]:
    """Return the tariff headings of what hampers hold: customs counts those, not the hamper."""
    hampers = [product.pk for product in products if product.kind == "gift"]
    found: dict[int, list[str]] = {}
    if hampers:
        rows = Component.objects.filter(hamper__in=hampers).order_by("pk").values_list("hamper", "product__hs_code")
        for hamper, heading in rows:
            found.setdefault(hamper, []).append(heading)
    return found


def view(found: Arrival) -> ArrivalView:
    """Put an arrival into words."""
    terms, estimate = found.terms, found.estimate
    sentences = list(_sentences(found))
    if terms.announces_food and found.holds_food:
        sentences.append(_("Food is announced to the authorities there before each parcel leaves (FDA prior notice)."))
    if terms.preferential_proof and estimate is None:
        proof = PROOFS.get(terms.preferential_proof, terms.preferential_proof)
        sentences.append(_("A proof of origin may lower the duty: %(proof)s.") % {"proof": proof})
    if estimate is None or terms.seller_number:
        return ArrivalView(sentences)
    return ArrivalView(
        sentences=sentences,
        rows=_rows(terms, estimate),
        total=estimate.total,
        currency=estimate.currency,
        advice=_advice(estimate),
    )


def _sentences(found: Arrival) -> Iterable[str]:
    """Return what a country's rule says, with its own figures in its own currency."""
    terms = found.terms
    words = {
        "limit": _own(terms, terms.value_limit),
        "rate": _rate(terms),
        "waived": _own(terms, terms.tax_waived_under),
    }
    say = {
        "per_heading": _per_heading,
        "seller_vat": _seller_vat,
        "every_parcel": lambda _found: [_("Customs there asks for duty on every parcel, whatever its value.")],
        "small_tax_waived": lambda _found: [
            _("Import VAT (%(rate)s) is due on arrival. It is waived when it comes to less than %(waived)s.")
        ],
        "from_value": lambda _found: [_("Duty and tax are due on arrival on parcels worth more than %(limit)s.")],
        "local": lambda _found: [
            _("Duty and VAT (%(rate)s) may be due on arrival, by the thresholds of the country.")
            if terms.vat_pct is not None
            else _("Duty and VAT may be due on arrival, by the thresholds of the country.")
        ],
    }[terms.regime]
    return [sentence % words for sentence in say(found)]


def _per_heading(found: Arrival) -> list[str]:
    if found.terms.seller_number:
        return [_("We settle VAT and duty ourselves on parcels up to %(limit)s; the carrier asks for nothing more.")]
    if found.is_above_limit:
        return [
            _("Above %(limit)s customs makes a standard entry: duty by each product's tariff, then VAT (%(rate)s).")
        ]
    return [
        _("The carrier asks for VAT from the first cent, and for duty on each tariff heading in the parcel."),
        *([_("Figured at the usual VAT rate; food is often taxed less.")] if found.estimate else []),
    ]


def _seller_vat(found: Arrival) -> list[str]:
    above = _("On parcels worth more than %(limit)s, VAT (%(rate)s) and duty are due on arrival.")
    if found.terms.seller_number:
        return [_("Up to %(limit)s we settle the VAT ourselves."), above]
    return [
        _("Up to %(limit)s, VAT (%(rate)s) is the seller's to declare; until we can, the carrier asks you for it."),
        above,
    ]


def _rows(terms: Terms, estimate: Estimate) -> list[tuple[str, Decimal]]:
    count = formats.number(estimate.headings, get_language())
    duty = ngettext("Duty, %(count)s tariff heading", "Duty, %(count)s tariff headings", estimate.headings)
    return [
        (duty % {"count": count}, estimate.duty),
        (_("VAT (%(rate)s) on goods and duty") % {"rate": _rate(terms)}, estimate.vat),
    ]


def _advice(estimate: Estimate) -> str:
    if not estimate.has_many_headings:
        return ""
    words = {
        "count": formats.number(estimate.headings, get_language()),
        "duty": formats.money(estimate.duty, estimate.currency, get_language()),
    }
    text = ngettext(
        "%(count)s tariff heading costs %(duty)s: fewer kinds of product in one parcel cost less.",
        "%(count)s tariff headings cost %(duty)s: fewer kinds of product in one parcel cost less.",
        estimate.headings,
    )
    return text % words


def _own(terms: Terms, amount: Decimal | None) -> str:
    return formats.money(amount, terms.currency, get_language()) if amount is not None else ""


def _rate(terms: Terms) -> str:
    return formats.percent(terms.vat_pct.normalize(), get_language()) if terms.vat_pct is not None else _("local rate")


def _somewhere() -> str:
    return _("Duty and tax may be due on arrival.")
