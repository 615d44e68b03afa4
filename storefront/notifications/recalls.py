"""What people are told whose parcel holds goods that are called back: which, why, and what to do with them."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import formats
from fulfilment.orders.links import order_url, recipient_url
from fulfilment.orders.models import Order
from fulfilment.recalls.models import Recall
from fulfilment.recalls.queries import RecalledPieces

from .letters import Letter, written
from .policies import short
from .saying import Words

KIND = "recall"
WORDS = Words(
    subject=_("Please do not use it: goods of your order %(number)s are called back"),
    heading=_("Please do not eat or use these goods"),
    sentence=_("We call back goods that were in your order %(number)s. The reason: %(reason)s."),
    sms=_("Bilad Al Khair: RECALL. Do not eat or use %(what)s of order %(number)s: %(reason)s. What to do: %(url)s"),
)
TO_RECIPIENT = _(
    "Bilad Al Khair: RECALL. Do not eat or use %(what)s from the parcel of %(payer)s: %(reason)s. What to do: %(url)s"
)


def recall_letter(recall: Recall, order: Order, pieces: Sequence[RecalledPieces]) -> Letter:
    """Render what the payer is told, in the order's language."""
    with translation.override(order.language):
        rows = [(formats.number(row.pieces, order.language), row.title, row.lot) for row in pieces]
        facts = {
            "number": order.number,
            "what": _what(pieces),
            "reason": str(recall.get_danger_display()),
            "url": order_url(order),
        }
        return written(WORDS, facts, template="recall", rows=rows, said=recall.words_in(order.language))


def recipient_recall_sms(recall: Recall, order: Order, pieces: Sequence[RecalledPieces]) -> str:
    """Return what is told to whoever received it from someone else, in their language; nothing where that is nobody."""
    if not order.recipient_phone:
        return ""
    with translation.override(order.recipient_language):
        facts = {
            "payer": order.buyer_name,
            "what": _what(pieces),
            "reason": str(recall.get_danger_display()),
            "url": recipient_url(order),
        }
        return short(str(TO_RECIPIENT), facts)


def _what(pieces: Sequence[RecalledPieces]) -> str:
    named = dict.fromkeys(gettext("%(title)s (lot %(lot)s)") % {"title": row.title, "lot": row.lot} for row in pieces)
    return gettext(", ").join(named)
