"""What a buyer is told about a withdrawal. The first is its receipt: it repeats what was declared, by whom and when."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import formats
from fulfilment.orders.links import withdrawal_url
from fulfilment.orders.withdrawing.models import Withdrawal
from fulfilment.orders.withdrawing.policies import ARRIVED

from .letters import Letter, written
from .saying import Words

DECLARED, ACCEPTED, REJECTED = "declared", "accepted", "rejected"
WORDS = {
    DECLARED: Words(
        subject=_("We received your withdrawal %(reference)s"),
        heading=_("We received your withdrawal"),
        sentence=_(
            "On %(at)s, %(name)s declared the withdrawal from the purchase of these goods of order %(number)s. "
            "Keep this message: it is your receipt."
        ),
        sms=_("Bilad Al Khair: withdrawal %(reference)s received from %(name)s on %(at)s: %(what)s. %(url)s"),
    ),
    ACCEPTED: Words(
        subject=_("Your withdrawal %(reference)s is accepted"),
        heading=_("Your withdrawal is accepted"),
        sentence=_("The goods are back. What you paid for them goes back to you."),
        sms=_("Bilad Al Khair: withdrawal %(reference)s is accepted, the money goes back to you. %(url)s"),
    ),
    REJECTED: Words(
        subject=_("Your withdrawal %(reference)s could not be accepted"),
        heading=_("We could not accept your withdrawal"),
        sentence=_("The reason: %(reason)s. Please call us if you see it otherwise."),
        sms=_("Bilad Al Khair: withdrawal %(reference)s could not be accepted: %(reason)s. %(url)s"),
    ),
}


def withdrawal_letter(withdrawal: Withdrawal, kind: str) -> Letter:
    """Render one step of a withdrawal as mail and as SMS, in the language of its order."""
    order, words = withdrawal.order, WORDS[kind]
    with translation.override(order.language):
        pieces = [
            (formats.number(_pieces(row, kind), order.language), row.line.title)
            for row in withdrawal.lines.all()
            if _pieces(row, kind)
        ]
        facts = {
            "reference": withdrawal.reference,
            "number": order.number,
            "name": withdrawal.declared_name,
            "at": formats.moment(withdrawal.declared_at, order.language),
            "what": gettext(", ").join(f"{quantity} x {title}" for quantity, title in pieces),
            "reason": str(withdrawal.get_rejection_display()),
            "url": withdrawal_url(order, withdrawal.number),
        }
        return written(
            words,
            facts,
            template="withdrawal",
            pieces=pieces,
            note=withdrawal.note,
            is_receipt=kind == DECLARED,
            with_delivery=withdrawal.delivery,
            arrived=order.status in ARRIVED,
            return_address=settings.SHOP_RETURN_ADDRESS,
        )


def _pieces(row: object, kind: str) -> int:
    """Count the pieces that a message speaks of: those declared, or those that are back."""
    return int(getattr(row, "back" if kind == ACCEPTED else "quantity") or 0)
