"""What speaks for the shop in a dispute: order, delivery, messages, refunds. In plain English, for the buyer's bank.

Nothing of a card is known here. A link in a message opens an order to whoever has it, so none is passed on; nor is
a one-time code. Of the address the bank is told the town.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime

from catalogue.kernel.tables import as_csv
from fulfilment.orders.models import Order
from fulfilment.payments.models import Dispute
from fulfilment.warehouse.models import Consignment
from storefront.notifications.models import Message

LINK = re.compile(r"https?://\S+")
LONGEST, LONGEST_MESSAGE = 20_000, 600
MESSAGES_FROM = 15
"""The last messages say what the buyer was told; an order has few."""

TO_ANOTHER = "recipient."
"""So begin the kinds of messages to whoever receives an order in the buyer's place."""

ORDERED = "The order below was placed by the buyer on our site."
DELIVERED = "All of it was delivered, at the times shown below."
DRAFTS = {
    "product_unacceptable": "The goods were sent as they were described.",
    "credit_not_processed": "The refunds of this order are listed below.",
    "duplicate": "This payment is for one order of its own.",
}


def draft_for(dispute: Dispute) -> str:
    """Return the first words of an explanation, true whatever happened, for a person to go on from."""
    parcels = _sent(dispute.attempt.order)
    arrived = parcels and all(parcel.delivered_at for parcel in parcels)
    return " ".join(filter(None, [ORDERED, DELIVERED if arrived else "", DRAFTS.get(dispute.reason, "")]))


def evidence_of(dispute: Dispute, explanation: str) -> dict[str, str]:
    """Put together what is sent to the bank, by the provider's names; what is empty is left out."""
    order, parcels = dispute.attempt.order, _sent(dispute.attempt.order)
    handed = [parcel.handed_over_at for parcel in parcels if parcel.handed_over_at]
    delivered = [parcel.delivered_at for parcel in parcels if parcel.delivered_at]
    found = {
        "product_description": "\n".join(_goods(order)),
        "customer_name": order.buyer_name,
        "customer_email_address": order.email or "",
        "shipping_address": town_of(order),
        "shipping_date": _day(min(handed)) if handed else "",
        "shipping_tracking_number": ", ".join(parcel.reference for parcel in parcels),
        "service_date": _day(max(delivered)) if delivered else "",
        "uncategorized_text": text_of(dispute, explanation),
    }
    return {name: text[:LONGEST] for name, text in found.items() if text}


def text_of(dispute: Dispute, explanation: str) -> str:
    """Write the whole answer as one text: the person's words, then the facts."""
    order = dispute.attempt.order
    parts = (
        ("", [explanation.strip()]),
        (f"Order {order.number}, placed {_moment(order.date_placed)}, {order.total_incl_tax} {order.currency}", []),
        ("Goods", [*_goods(order), f"Delivery: {order.shipping_incl_tax} {order.currency}"]),
        ("Delivery to " + town_of(order), list(_delivery(order))),
        ("Refunds", list(_refunds(dispute))),
        ("Messages to the buyer", list(_messages(order))),
    )
    blocks = ["\n".join([*([title] if title else []), *lines]) for title, lines in parts if title or lines]
    return "\n\n".join(blocks)[:LONGEST]


def town_of(order: Order) -> str:
    address = order.shipping_address
    if address is None:
        return ""
    return ", ".join(filter(None, [address.line4 or address.locality, address.country_id]))


def _goods(order: Order) -> list[str]:
    return [
        f"{line.quantity} x {line.title} ({line.partner_name}): {line.line_price_incl_tax} {order.currency}"
        for line in order.lines.all()
    ]


def _sent(order: Order) -> list[Consignment]:
    parcels = sorted(order.consignments.all(), key=lambda parcel: parcel.pk)
    return [parcel for parcel in parcels if parcel.state != Consignment.State.CANCELLED]


def _delivery(order: Order) -> Iterator[str]:
    for parcel in _sent(order):
        for words, at in (("handed to the courier", parcel.handed_over_at), ("delivered", parcel.delivered_at)):
            if at:
                yield f"Parcel {parcel.reference}: {words} {_moment(at)}"
        if parcel.moved_by_id and parcel.delivered_at:
            yield f"Parcel {parcel.reference}: delivery noted by our staff ({parcel.moved_by.get_short_name()})"
        if not parcel.handed_over_at:
            yield f"Parcel {parcel.reference}: not sent yet"
    if not _sent(order):
        yield "Nothing was sent yet."


def _refunds(dispute: Dispute) -> Iterator[str]:
    for refund in dispute.attempt.refunds.all():
        yield f"{_day(refund.created_at)}: {refund.amount} {refund.currency}, {refund.state.lower()}"
    if not dispute.attempt.refunds.all():
        yield "None was made or asked for."


def _messages(order: Order) -> Iterator[str]:
    for message in messages_of(order):
        yield f"{_moment(message.sent_at)} by {message.channel}: {words_of(message)}"
    if not messages_of(order):
        yield "None was sent."


def messages_of(order: Order) -> list[Message]:
    """Return what the buyer was told, the oldest first; no one-time codes, nothing that was told to another."""
    sent = [one for one in order.messages.all() if one.sent_at and not one.holds_a_code]
    told = [one for one in sent if not one.kind.startswith(TO_ANOTHER)]
    return sorted(told, key=lambda one: (one.sent_at, one.pk))[-MESSAGES_FROM:]


def words_of(message: Message) -> str:
    words = " ".join(filter(None, [message.subject, message.text]))
    return " ".join(LINK.sub("[link]", words).split())[:LONGEST_MESSAGE]


def bundle_of(dispute: Dispute, explanation: str) -> bytes:
    """Return it all as a zip: one text, and a table each of goods, of steps and of messages."""
    order = dispute.attempt.order
    goods = [
        (line.title, line.partner_name, line.quantity, line.unit_price_incl_tax, line.line_price_incl_tax)
        for line in order.lines.all()
    ]
    steps = [(_moment(event.at), event.kind) for event in order.events.all()]
    told = [(_moment(one.sent_at), one.channel, words_of(one)) for one in messages_of(order)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("answer.txt", text_of(dispute, explanation))
        heads = ("product", "cooperative", "quantity", f"unit {order.currency}", f"amount {order.currency}")
        bundle.writestr("goods.csv", as_csv(heads, goods))
        bundle.writestr("steps.csv", as_csv(("when", "what"), steps))
        bundle.writestr("messages.csv", as_csv(("when", "by", "what"), told))
    return packed.getvalue()


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
