"""What pages and letters say of money taken back, and of money that waits."""

from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Source

from . import policies

REASONS = MappingProxyType(
    {
        Source.REFUND: _("Given back to the buyer"),
        Source.DISPUTE: _("Taken back by the buyer's bank"),
        Source.DELIVERY: _("Sold"),
        Source.ADVANCE: _("An advance, paid back by later payments"),
        Source.LOSS: _("Lost by the courier: the office pays it"),
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

LEFT_OUT = MappingProxyType(
    {
        policies.NEGATIVE: _("More was taken back than is due; it is carried to the next run"),
        policies.BELOW_MINIMUM: _("Less than is paid at a time; it is carried to the next run"),
        policies.NO_ACCOUNT: _("No bank account that may be used: it is being changed, or blocked"),
        policies.PAID_ALREADY: _("Has a payment for this period; this comes with the next"),
    }
)
"""Why someone with something due is not in a run."""

STEPS = MappingProxyType(
    {
        "drafted": pgettext_lazy("payout run", "Drafted"),
        "submitted": pgettext_lazy("payout run", "Submitted: someone else approves it"),
        "approved": pgettext_lazy("payout run", "Approved"),
        "sent_back": pgettext_lazy("payout run", "Sent back: it is a draft again"),
        "cancelled": pgettext_lazy("payout run", "Thrown away: nothing of it is paid"),
        "exported": pgettext_lazy("payout run", "Files made; the payments are under way"),
        "settled": pgettext_lazy("payout run", "Paid"),
        "returned": pgettext_lazy("payout run", "Returned"),
        "closed": pgettext_lazy("payout run", "Over"),
    }
)
"""What happened to a run."""

WAITS = MappingProxyType(
    {
        policies.CASH: _("The courier has not handed the money in yet"),
        policies.REST: _("The rest of the order has not arrived yet"),
        policies.DISPUTE: _("The buyer's bank disputes the payment"),
        policies.WITHDRAWAL: _("The buyer is sending goods back"),
    }
)


def reason_of(entry: Entry, *, gives: bool = False) -> str | Promise:
    """Say why a leg of this entry is on a statement. A refund's that ``gives`` follows one that did not go through."""
    if gives and entry.source == Source.REFUND:
        return PUT_BACK[Source.REFUND]
    if entry.reverses_id:
        reverses = entry.reverses
        return PUT_BACK.get(reverses.source, entry.title) if reverses else entry.title
    return REASONS.get(entry.source, entry.title)


def share_of(per_mille: int, lot: str) -> str:
    """Say which part of a lot that several made is one's own."""
    return gettext("%(share)s of 1000 of lot %(lot)s") % {"share": per_mille, "lot": lot}
