"""What a buyer is told about a report of missing or broken goods. Money that goes back has a letter of its own."""

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import formats
from fulfilment.complaints.models import Complaint
from fulfilment.orders.links import complaint_url

from .letters import Letter, written
from .saying import Words

RECEIVED, REJECTED = "complaint_received", "complaint_rejected"
WORDS = {
    RECEIVED: Words(
        subject=_("We received your report %(reference)s"),
        heading=_("We received your report"),
        sentence=_("We are sorry. We look at it now and answer you; please keep what is broken until then."),
        sms=_("Bilad Al Khair: we received your report %(reference)s: %(what)s. We look at it now. %(url)s"),
    ),
    REJECTED: Words(
        subject=_("Your report %(reference)s could not be accepted"),
        heading=_("We could not accept your report"),
        sentence=_("The reason: %(reason)s. Please call us if you see it otherwise."),
        sms=_("Bilad Al Khair: report %(reference)s could not be accepted: %(reason)s. %(url)s"),
    ),
}


def complaint_letter(complaint: Complaint, kind: str) -> Letter:
    """Render one step of a report as mail and as SMS, in the language of its order."""
    order, words, answer = complaint.order, WORDS[kind], complaint.standing
    with translation.override(order.language):
        pieces = [
            (formats.number(row.quantity, order.language), row.line.title, str(row.get_fault_display()))
            for row in complaint.lines.all()
        ]
        facts = {
            "reference": complaint.reference,
            "number": order.number,
            "name": order.buyer_name,
            "what": gettext(", ").join(f"{quantity} x {title} ({fault})" for quantity, title, fault in pieces),
            "reason": str(answer.get_rejection_display()) if answer and answer.rejection else "",
            "url": complaint_url(order, complaint.number),
        }
        return written(words, facts, template="complaint", pieces=pieces, note=answer.answer if answer else "")
