"""What must be true of advances: another person approved each, and the ledger says what is left of them."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from catalogue.kernel.money import ZERO
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Source
from fulfilment.ledger.policies.accounts import ADVANCES
from fulfilment.ledger.queries import balances_by_cooperative, not_as_expected

from . import advances, booking
from .models import Advance, AdvanceRepayment, Payout

APPROVED = Q(state=Advance.State.APPROVED)


@invariant("payouts: an advance was approved by someone else, and within the limit of that day")
def advances_were_approved() -> Iterable[object]:
    wrong = Q(decided_by=None) | Q(decided_by=F("asked_by")) | Q(limit_mad__lt=F("amount_mad"))
    return Advance.objects.filter(APPROVED & wrong)


@invariant("payouts: what a payout deducts is what it takes for its own cooperative's advances")
def deductions_add_up() -> Iterable[object]:
    added = Payout.objects.annotate(taken=Coalesce(Sum("repayments__amount_mad"), ZERO))
    yield from added.exclude(taken=F("deducted_mad"))
    repayments = AdvanceRepayment.objects.all()
    yield from repayments.exclude(advance__cooperative=F("payout__cooperative"), advance__state="APPROVED")


@invariant("payouts: no more is taken back of an advance than it was")
def nothing_paid_back_twice() -> Iterable[object]:
    return advances.advances().filter(left_mad__lt=0)


@invariant("ledger: each advance that was approved is booked, and nothing else is")
def advances_are_booked() -> Iterable[object]:
    approved = Advance.objects.filter(APPROVED).order_by("pk")
    yield from not_as_expected(booking.advances(approved.iterator(chunk_size=500)))
    kept = Advance.objects.filter(entry=OuterRef("pk"))
    yield from Entry.objects.filter(source=Source.ADVANCE).exclude(Exists(kept), reversed_by=None)


@invariant("ledger: what a cooperative has in advances is what was approved less what payouts that stand took back")
def the_ledger_says_what_is_left() -> Iterable[object]:
    left = dict(Advance.objects.filter(APPROVED).order_by().values_list("cooperative").annotate(sum=Sum("amount_mad")))
    sent = Payout.objects.filter(state__in=(Payout.State.EXPORTED, Payout.State.SETTLED), deducted_mad__gt=0)
    for cooperative, taken in sent.order_by().values_list("cooperative").annotate(sum=Sum("deducted_mad")):
        left[cooperative] = left.get(cooperative, ZERO) - taken
    booked = balances_by_cooperative(ADVANCES)
    either = left.keys() | booked.keys()
    return [pk for pk in either if left.get(pk, ZERO) != booked.get(pk, ZERO)]
