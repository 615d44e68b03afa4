"""What must be true of endings: what two people agreed to is what became of the payouts, and what was booked."""

from collections.abc import Iterable

from django.db.models import F, Q

from catalogue.kernel.invariants import invariant
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Source
from fulfilment.ledger.queries import not_as_expected

from . import booking
from .models import Ending, Payout

State = Payout.State


@invariant("payouts: how a payment ended was agreed to by another than who said it, and so it ended")
def endings_hold() -> Iterable[object]:
    agreed = Ending.objects.filter(state=Ending.State.AGREED)
    yield from agreed.filter(Q(answered_by=None) | Q(answered_by=F("asked_by")))
    back = Q(line=None) | Q(line__is_credit=True)
    yield from agreed.filter(back).exclude(rows__payout__state=State.RETURNED)
    yield from agreed.exclude(back).exclude(rows__payout__settled_at__isnull=False)
    yield from agreed.filter(line__isnull=False, line__closed_at=None)


@invariant("ledger: what the bank kept of payouts is booked as two people agreed, and nothing else is")
def charges_are_booked() -> Iterable[object]:
    agreed = Ending.objects.filter(state=Ending.State.AGREED, charges_mad__gt=0).select_related("line").order_by("pk")
    yield from not_as_expected(booking.charges(agreed))
    names = {one.charge_name for one in agreed}
    yield from Entry.objects.filter(source=Source.BANK_CHARGE).exclude(external_id__in=names)
