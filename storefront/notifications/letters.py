"""Writes what an order's step has to say, in the language the order was placed in."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from catalogue.kernel import formats
from fulfilment.orders.links import order_url
from fulfilment.orders.models import Line, Order, ShippingAddress

from .words import WORDS


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str
    sms: str


def order_letter(order: Order, kind: str) -> Letter:
    """Render one step of an order as mail and as SMS."""
    words = WORDS[kind]
    with translation.override(order.language):
        facts = _facts(order)
        context = facts | {
            "language": order.language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "subject": str(words.subject) % facts,
            "heading": str(words.heading) % facts,
            "sentence": str(words.sentence) % facts,
            "lines": _lines(order) if words.with_lines else (),
            "address": _address(order) if words.with_lines else (),
        }
        return Letter(
            subject=context["subject"],
            text=render_to_string("emails/order.txt", context).strip() + "\n",
            html=render_to_string("emails/order.html", context),
            sms=str(words.sms) % facts,
        )


def _facts(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "name": order.buyer_name,
        "total": formats.money(order.total_incl_tax, order.currency, order.language),
        "delivery": formats.money(order.shipping_incl_tax, order.currency, order.language),
        "url": order_url(order),
    }


def _lines(order: Order) -> list[dict[str, str]]:
    return [
        {
            "quantity": formats.number(line.quantity, order.language),
            "title": line.title,
            "maker": line.partner_name,
            "amount": formats.money(line.line_price_incl_tax, order.currency, order.language),
        }
        for line in Line.objects.filter(order=order).order_by("pk")
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
        address.line4,
        address.province and address.province.name,
        address.state,
        address.postcode,
        address.country.printable_name if order.destination != "MA" else "",
        f"\u2066{formats.phone(order.phone)}\u2069",  # digits keep their order in an Arabic line
    ]
    return [str(part) for part in parts if part]
