"""What the checkout page shows: the lines, the sum, the ways to send and to pay, for what was typed so far."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.lots.models import Place
from catalogue.places.names import country_names
from fulfilment.collecting.queries import pick_ups
from fulfilment.orders import transfers
from fulfilment.orders.at_the_door import CashSum
from fulfilment.orders.policies import CARD, CASH, TRANSFER, Item, NamedAmount, Quote, by_name, by_stockrecord
from fulfilment.orders.queries import quote as make_quote
from fulfilment.orders.ways_to_pay import payment_methods
from fulfilment.orders.withdrawing.queries import promise_to
from fulfilment.orders.withdrawing.words import promises
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.policies import Delivery, Promise
from fulfilment.shipping.sending.queries import refusal_text
from storefront.basket import arrivals, discounts
from storefront.basket import queries as baskets

from . import policies
from .forms import CheckoutForm, commune_names

PAYMENT_NAMES = {
    CASH: gettext_lazy("Cash on delivery"),
    CARD: gettext_lazy("Card"),
    TRANSFER: gettext_lazy("Bank transfer"),
}
PAYMENT_HINTS = {
    CASH: gettext_lazy("You pay the courier at the door."),
    CARD: gettext_lazy("The card field opens on the next page; nothing is taken before that."),
    TRANSFER: gettext_lazy(
        "The next page says where to. We keep the goods for some days and send them once it is here."
    ),
}

CASH_AT_SHOP, PAY_AT_SHOP = gettext_lazy("Cash at the shop"), gettext_lazy("You pay when you fetch it.")
CASH_FROM_RECIPIENT = gettext_lazy("Whoever receives the parcel pays the courier at the door.")


@dataclass
class Choice:
    """One way to send or to pay, as a radio button."""

    code: str
    name: str
    hint: str = ""
    price: Decimal | None = None
    total: Decimal | None = None
    chosen: bool = False
    place: Any = None


@dataclass
class Page:
    lines: list[baskets.LineView]
    quote: Quote
    deliveries: list[Choice] = field(default_factory=list)
    payments: list[Choice] = field(default_factory=list)
    delivery: Delivery | None = None
    needs_province: bool = False
    shops: dict[int, Place] = field(default_factory=dict)

    @property
    def fetched_at(self) -> Place | None:
        """The shop where the buyer fetches it; none while it is to be sent."""
        pick_up = self.delivery.pick_up if self.delivery else None
        return self.shops[pick_up.place_id] if pick_up else None

    @property
    def is_sent(self) -> bool:
        """Tell whether some way takes it to the address typed so far."""
        return any(way.place is None for way in self.deliveries)

    @property
    def paid_by(self) -> str:
        """The chosen way to pay; nothing while none is offered."""
        return next((way.code for way in self.payments if way.chosen), "")

    @property
    def asked(self) -> CashSum:
        """What is asked by the chosen way to pay."""
        return self.quote.asked(self.delivery, self.paid_by)

    @property
    def total(self) -> Decimal:
        return self.asked.total

    @property
    def door_differs(self) -> bool:
        """Tell whether some delivery costs another total in cash, so that each way to pay says its own."""
        if CASH not in (way.code for way in self.payments):
            return False
        return any(self.quote.asked(way, CASH).change for way in self.quote.deliveries)

    @property
    def discount_rows(self) -> list[NamedAmount]:
        return self.quote.discount_rows()

    @property
    def off_delivery(self) -> list[NamedAmount]:
        return by_name(self.quote.off_delivery(self.delivery))

    @property
    def problems(self) -> bool:
        return not self.lines or any(line.problem for line in self.lines)

    @property
    def can_place(self) -> bool:
        return not self.problems and self.delivery is not None and bool(self.payments)


def build(request: HttpRequest, form: CheckoutForm, now: datetime) -> tuple[Page, dict[str, Any]]:
    """Work out the page for a form as it stands, and the context of its template."""
    language = (get_language() or "ar")[:2]
    basket, shopping = request.basket, request.shopping
    lines = baskets.lines_for_page(basket, language)
    province = form.province_given()
    items = [Item(view.line.stockrecord_id, view.line.quantity) for view in lines]
    zone = shipping.zone_of(shopping.destination, province)
    buyer = discounts.buyer_of(request.user, form.phone_given())
    offers = discounts.at_hand(basket, lines, buyer, now)
    at_home = shopping.destination == HOME_COUNTRY
    found = pick_ups(by_stockrecord(items), now) if at_home else []
    quote = make_quote(
        items,
        shopping=shopping,
        zone_code=zone,
        now=now,
        offers=offers,
        pick_ups=[pick_up for _place, pick_up in found],
    )
    page = Page(lines, quote, needs_province=at_home and province is None)
    page.shops = {place.pk: place for place, _pick_up in found}
    _choose(page, form, now)
    if page.fetched_at is None:
        _mark_refused(lines, quote)
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "currency": shopping.currency,
        "country": shopping.destination,
        "countries": country_names(language, tuple(shipping.destinations())),
        "communes": commune_names(province),
        "seal": policies.seal(basket.pk, quote, page.delivery, page.paid_by, [way.code for way in page.payments]),
        "arrival": arrivals.for_lines(lines, quote, shopping=shopping, now=now),
        "said": discounts.said_of(quote),
        "sending_back": _sending_back(lines, shopping.destination, now),
    }
    return page, context


def _sending_back(lines: list[baskets.LineView], destination: str, now: datetime) -> list[str]:
    """Say, before the button, what may be sent back and how long."""
    products = [view.line.product for view in lines]
    found = [(product.title, promise_to(product, destination, day_of(now))) for product in products]
    return promises((title, row) for title, row in found if row)


def _mark_refused(lines: list[baskets.LineView], quote: Quote) -> None:
    """Say beside a line what keeps it from this very address, such as a town that nothing cold is taken to."""
    reasons = {item.stockrecord_id: refusal_text(item.refused_by, quote.heaviest_g) for item in quote.refused}
    for view in lines:
        view.problem = view.problem or reasons.get(view.line.stockrecord_id, "")


def _choose(page: Page, form: CheckoutForm, now: datetime) -> None:
    quote = page.quote
    chosen = _chosen(quote, str(form["delivery"].value() or ""))
    page.delivery = quote.delivery(chosen)
    offered = payment_methods(
        quote, page.delivery, prices_hidden=form.hides_prices, transfer_from=transfers.least_amounts()
    )
    methods = offered if page.delivery else []
    paid_by = policies.first_known(str(form["payment"].value() or ""), methods)
    page.deliveries = [
        Choice(
            code=way.code,
            name=str(shipping.METHOD_NAMES.get(way.kind, way.kind)),
            hint=(fetching_text if way.pick_up else arrival_text)(shipping.promise_of(way, now)),
            place=page.shops[way.pick_up.place_id] if way.pick_up else None,
            price=way.price,
            total=quote.total(way, paid_by),
            chosen=way.code == chosen,
        )
        for way in quote.deliveries
    ]
    names, hints = PAYMENT_NAMES, PAYMENT_HINTS | ({CASH: CASH_FROM_RECIPIENT} if form.names_someone else {})
    if page.fetched_at:
        names, hints = names | {CASH: CASH_AT_SHOP}, hints | {CASH: PAY_AT_SHOP}
    page.payments = [
        Choice(
            code=code,
            name=str(names[code]),
            hint=str(hints[code]),
            total=quote.total(page.delivery, code),
            chosen=code == paid_by,
        )
        for code in methods
    ]


def _chosen(quote: Quote, wanted: str) -> str:
    """Return the wanted way if it is offered, else the first that is sent: fetching it is for the buyer to choose."""
    if quote.delivery(wanted):
        return wanted
    return next((way.code for way in quote.deliveries if way.pick_up is None), "")


def fetching_text(promised: Promise) -> str:
    """Say from when, and until when, something can be fetched in a shop."""
    language = get_language()
    first, last = (formats.day(day, language) for day in (promised.first, promised.last))
    return _("ready from %(first)s, kept for you until %(last)s") % {"first": first, "last": last}


def arrival_text(promised: Promise) -> str:
    """Say on which days a parcel may arrive."""
    language = get_language()
    first, last = (formats.day(day, language) for day in (promised.first, promised.last))
    if promised.first == promised.last:
        return _("arrives on %(day)s") % {"day": last}
    return _("arrives between %(first)s and %(last)s") % {"first": first, "last": last}
