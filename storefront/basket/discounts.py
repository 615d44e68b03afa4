"""What the basket and the checkout say of offers and of the voucher: what counts, what is missing, what is over."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.shopping import Shopping
from fulfilment.orders.discounting import AtHand
from fulfilment.orders.policies import Item, OfferNote, Quote, Why
from fulfilment.orders.queries import quote as make_quote
from storefront.offers.policies import Buyer, Thing
from storefront.vouchers import queries as vouchers
from storefront.vouchers.policies import spell

from .models import Basket

MOST_HINTS = 3
REFUSED = (Why.NOT_NOW, Why.USED_UP, Why.USED_BY_YOU)
"""What makes a code that counted on the page before count no longer."""


@dataclass(frozen=True)
class CodeView:
    """The code in the basket. ``text`` says what is missing while it does not count."""

    code: str
    text: str = ""


@dataclass(frozen=True)
class Said:
    """What a page says of offers beside the sum."""

    hints: tuple[str, ...] = ()
    code: CodeView | None = None


def buyer_of(user: Any, phone: str = "") -> Buyer:
    """Return who is counted: the account, and the phone typed or the account's."""
    if not user.is_authenticated:
        return Buyer(phone=phone)
    return Buyer(user_id=user.pk, phone=phone or user.phone or "")


def at_hand(basket: Basket, lines: Iterable[Any], buyer: Buyer, now: datetime) -> AtHand:
    """Return what is offered on the lines of a basket to this buyer, its code's offer among it."""
    things = [Thing(view.line.stockrecord_id, view.line.product_id, view.line.stockrecord.partner_id) for view in lines]
    voucher = vouchers.of_basket(basket.pk)
    return vouchers.at_hand(voucher, things, buyer=buyer, now=now, language=_language())


def quote_for_page(basket: Basket, lines: Iterable[Any], shopping: Shopping, buyer: Buyer, now: datetime) -> Quote:
    """Work out the basket's sum before anything is known of its address."""
    lines = [view for view in lines if view.unit_price is not None]
    items = [Item(view.line.stockrecord_id, view.line.quantity) for view in lines]
    offers = at_hand(basket, lines, buyer, now)
    return make_quote(items, shopping=shopping, zone_code="", now=now, offers=offers)


def said_of(quote: Quote) -> Said:
    """Put an offer's missing part, and the code's, into words."""
    language, currency = _language(), quote.currency
    notes = [note for note in quote.notes if note.voucher_id is None]
    if quote.deliveries:  # what is taken off them stands beside the sum already
        notes = [note for note in notes if note.why is not Why.WITH_DELIVERY]
    hints = [_hint(note, currency, language) for note in notes]
    return Said(tuple(hint for hint in hints if hint)[:MOST_HINTS], _code(quote, currency, language))


def _hint(note: OfferNote, currency: str, language: str) -> str:
    words = {"offer": note.name, "amount": formats.money(note.amount, currency, language), "pieces": note.pieces}
    if note.why is Why.SPEND_MORE:
        return _("Spend %(amount)s more and “%(offer)s” counts.") % words
    if note.why is Why.MORE_PIECES:
        text = ngettext(
            "Take %(pieces)s more and “%(offer)s” counts.", "Take %(pieces)s more and “%(offer)s” counts.", note.pieces
        )
        return text % words
    if note.why is Why.NOT_IN_CURRENCY:
        return _("“%(offer)s” does not count in this currency (%(currency)s).") % (words | {"currency": currency})
    if note.why is Why.WITH_DELIVERY:
        return _("“%(offer)s” is taken off the delivery.") % words
    return ""


def _code(quote: Quote, currency: str, language: str) -> CodeView | None:
    counted = {row.voucher_code for row in (*quote.discounts, *quote.delivery_discounts) if row.voucher_code}
    if counted:
        return CodeView(spell(counted.pop()))
    note = next((note for note in quote.notes if note.voucher_id is not None), None)
    if note and note.why is Why.WITH_DELIVERY and quote.deliveries:
        note = replace(note, why=Why.NOTHING_LEFT)
    return CodeView(spell(note.voucher_code), code_text(note, currency, language)) if note else None


def code_text(note: OfferNote, currency: str, language: str) -> str:
    """Say what keeps a code from counting, or when it will."""
    words = {"amount": formats.money(note.amount, currency, language), "pieces": note.pieces, "currency": currency}
    if note.why is Why.MORE_PIECES:
        text = ngettext(
            "This code counts from %(pieces)s piece more.", "This code counts from %(pieces)s pieces more.", note.pieces
        )
        return text % words
    return {
        Why.SPEND_MORE: _("Spend %(amount)s more and this code counts."),
        Why.NOT_THESE: _("This code is for other products."),
        Why.NOT_IN_CURRENCY: _("This code does not count in this currency (%(currency)s). Please choose another one."),
        Why.NOTHING_LEFT: _("The offers above leave nothing for this code to take off."),
        Why.USED_UP: _("This code has been used up."),
        Why.USED_BY_YOU: _("This code was used before with this phone or account."),
        Why.NOT_NOW: _("This code is over, or has not begun."),
        Why.WITH_DELIVERY: _("This code is taken off the delivery."),
    }[note.why] % words


def refused_code(quote: Quote) -> OfferNote | None:
    """Return why the code does not count any more, when that is so."""
    return next((note for note in quote.notes if note.voucher_id is not None and note.why in REFUSED), None)


def _language() -> str:
    return (get_language() or "ar")[:2]
