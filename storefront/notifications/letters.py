"""Writes what an order's step has to say, in the language the order was placed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from catalogue.kernel import formats
from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.kernel.text import isolate
from catalogue.places.names import country_name
from fulfilment.orders.confirming import queries as confirmations
from fulfilment.orders.links import confirm_url, order_url, reminders_url
from fulfilment.orders.models import Line, Order, ShippingAddress
from fulfilment.orders.policies import CARD, TRANSFER, by_name
from fulfilment.orders.queries import breakdown_of, frozen_lines
from fulfilment.orders.withdrawing.words import promises
from fulfilment.payments.models import Refund
from storefront.breakdown.tables import table_of

from .collecting import collecting_facts
from .policies import OPTIONAL, short
from .saying import Words
from .transfers import TOLD, transfer_facts, transfer_rows
from .words import WORDS


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str
    sms: str


def order_letter(
    order: Order, kind: str, refund: Refund | None = None, more: Mapping[str, str] | None = None
) -> Letter:
    """Render one step of an order, or of one of its refunds, as mail and as SMS; ``more`` are facts of its own.

    What a person may refuse to be told says where.
    """
    name = name_of(order, kind)
    words = WORDS[name]
    with translation.override(order.language):
        context: dict[str, Any] = {}
        if words.with_lines:
            lines = list(frozen_lines().select_related("withdrawal_period").filter(order=order))
            context = {
                "lines": _lines(order, lines),
                "discounts": _discounts(order, lines),
                "at_the_door": _at_the_door(order),
                "address": _address(order),
                "shares": _shares(order, lines),
                "withdrawal": promises((line.title, line.withdrawal_period) for line in lines),
            }
        if name in TOLD:
            context["transfer"] = transfer_rows(order)
        if kind in OPTIONAL:
            context["stop_url"] = reminders_url(order)
        facts = _facts(order) | _refunded(order, refund) | dict(more or {})
        return written(words, facts, template="order", **context)


def written(words: Words, facts: Mapping[str, str], *, template: str, **context: Any) -> Letter:
    """Put words and facts together in the language in use, with ``emails/TEMPLATE`` and what else it shows."""
    isolated = {name: isolate(fact) for name, fact in facts.items()}
    subject = str(words.subject) % facts
    context = {
        **facts,
        "language": (translation.get_language() or "")[:2],
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "subject": subject,
        "heading": str(words.heading) % isolated,
        "sentence": str(words.sentence) % isolated,
        **context,
    }
    return Letter(
        subject=subject,
        text=render_to_string(f"emails/{template}.txt", context).strip() + "\n",
        html=render_to_string(f"emails/{template}.html", context),
        sms=short(str(words.sms), facts),
    )


def name_of(order: Order, kind: str) -> str:
    """Return which words a step has for this order: how it is paid and who receives it may change them."""
    to_collect = f"{kind}_to_collect"
    if order.collect_at_id and to_collect in WORDS:
        return to_collect
    by_way = f"{kind}_by_{order.payment_method}"
    if order.payment_method in (TRANSFER, CARD) and by_way in WORDS:
        return by_way
    for_another = f"{kind}_for_another"
    return for_another if order.for_someone_else and for_another in WORDS else kind


def _refunded(order: Order, refund: Refund | None) -> dict[str, str]:
    return {"refund": formats.money(refund.amount, refund.currency, order.language)} if refund else {}


def _facts(order: Order) -> dict[str, str]:
    return {
        "number": order.number,
        "name": order.buyer_name,
        "recipient": order.recipient_name,
        "total": formats.money(order.total_incl_tax, order.currency, order.language),
        "delivery": formats.money(order.shipping_incl_tax, order.currency, order.language),
        "url": order_url(order),
        **transfer_facts(order),
        **collecting_facts(order),
        "confirm_url": _confirm_url(order),
    }


def _confirm_url(order: Order) -> str:
    asked = confirmations.of_order(order.pk) if order.status == Order.Status.PENDING_CONFIRMATION else None
    return confirm_url(order, asked.ends_at) if asked else order_url(order)


def _lines(order: Order, lines: list[Line]) -> list[dict[str, str]]:
    return [
        {
            "quantity": formats.number(line.quantity, order.language),
            "title": line.title,
            "maker": line.partner_name,
            "amount": formats.money(line.line_price_before_discounts_incl_tax, order.currency, order.language),
        }
        for line in lines
    ]


@dataclass(frozen=True)
class Shares:
    """Where the order's money goes: (words, share, amount) for the HTML, the same aligned for the plain text."""

    rows: list[tuple[str, str, str]]

    @property
    def aligned(self) -> list[str]:
        """Lines whose amounts end in one column."""
        longest, widest = (max(len(row[column]) for row in self.rows) for column in (0, 2))
        return [f"{label:<{longest}}  {share:>4}  {amount:>{widest}}" for label, share, amount in self.rows]


def _shares(order: Order, lines: list[Line]) -> Shares:
    table = table_of(breakdown_of(order, lines))
    rows = [
        (
            f"{row.label}{gettext(':')} {row.cooperative}" if row.cooperative else row.label,
            formats.percent(row.percent, order.language) if row.percent else "",
            formats.money(row.amount, order.currency, order.language),
        )
        for row in table.rows
    ]
    total = (gettext("Total"), "", formats.money(table.total, order.currency, order.language))
    return Shares([*rows, total])


def _discounts(order: Order, lines: list[Line]) -> list[dict[str, str]]:
    """Name each offer and code with what it took off; ``delivery`` above is what was left of the delivery."""
    on_goods = sorted((row for line in lines for row in line.discounts.all()), key=lambda row: row.pk)
    return [
        {"name": row.name, "amount": formats.money(row.change, order.currency, order.language)}
        for row in by_name(on_goods)
    ]


def _at_the_door(order: Order) -> list[dict[str, str]]:
    """Name what paying in cash did to the total."""
    door = order.at_the_door
    if door is None:
        return []
    rows = ((gettext("Stamp duty on cash"), door.duty_of_buyer), (gettext("Rounded down for cash"), door.rounded_by))
    return [
        {"name": name, "amount": formats.money(amount, order.currency, order.language)}
        for name, amount in rows
        if amount
    ]


def _address(order: Order) -> list[str]:
    """Name the place as the courier reads it; the phone is the one that is called."""
    address: ShippingAddress | None = order.shipping_address
    if address is None:
        return [order.buyer_name]
    parts = [
        address.last_name,
        address.line1,
        address.line2,
        address.locality,
        address.landmark,
        address.commune and address.commune.name,
        f"{address.postcode or ''} {address.line4 or ''}".strip(),
        address.province and address.province.name,
        address.state,
        country_name(order.language, order.destination) if order.destination != HOME_COUNTRY else "",
        f"\u2066{formats.phone(order.door_phone)}\u2069",  # digits keep their order in an Arabic line
    ]
    return list(dict.fromkeys(str(part) for part in parts if part))
