"""What pages and letters say of money taken back, and of money that waits."""

from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Source

from . import policies

REASONS = MappingProxyType(
    {
        Source.REFUND: _("Given back to the buyer"),
        Source.DISPUTE: _("Taken back by the buyer's bank"),
        Source.DELIVERY: _("Sold"),
    }
)

PUT_BACK = MappingProxyType(
    {
        Source.REFUND: _("A refund that did not go through: yours again"),
        Source.DISPUTE: _("The buyer's bank gave it back"),
        Source.PAYOUT: _("A payment that your bank returned"),
        Source.DELIVERY: _("The delivery was put right"),
    }
)

WAITS = MappingProxyType(
    {
        policies.CASH: _("The courier has not handed the money in yet"),
        policies.REST: _("The rest of the order has not arrived yet"),
        policies.DISPUTE: _("The buyer's bank disputes the payment"),
        policies.WITHDRAWAL: _("The buyer is sending goods back"),
    }
)


def reason_of(entry: Entry) -> str | Promise:
    """Say why a leg of this entry is on a statement."""
    if entry.reverses_id:
        reverses = entry.reverses
        return PUT_BACK.get(reverses.source, entry.title) if reverses else entry.title
    return REASONS.get(entry.source, entry.title)
