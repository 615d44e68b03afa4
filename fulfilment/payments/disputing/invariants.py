"""What must always be true of disputes."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from catalogue.kernel.invariants import invariant
from catalogue.kernel.money import CURRENCIES
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.policies.accounts import DISPUTES
from fulfilment.ledger.queries import balance_of, standing_of
from fulfilment.payments.models import Dispute

from . import booking

MONEY_RETURNS = timedelta(days=7)
"""The bank returns the money of a dispute that was won within days."""


@invariant("ledger: what disputes took stands on their account while they last, to the cent, and nothing after")
def disputes_stand_in_the_ledger() -> Iterable[object]:
    rows: dict[str, Decimal] = {}
    found = Dispute.objects.select_related("attempt").prefetch_related("movements")
    for dispute in found.order_by("pk").iterator(chunk_size=500):
        lasts = booking.taken(dispute) if dispute.state != Dispute.State.LOST else Decimal(0)
        rows[dispute.currency] = rows.get(dispute.currency, Decimal(0)) + lasts
    for currency in CURRENCIES:
        booked = balance_of(AccountKey(DISPUTES, currency))
        if booked != rows.pop(currency, Decimal(0)):
            yield f"clearing.disputes {currency}: {booked}"
    yield from rows


@invariant("ledger: no order line stands below nothing once cooperatives bear a dispute")
def charged_leave_nothing_owing() -> Iterable[object]:
    borne = Dispute.objects.filter(bearer=Dispute.Bearer.COOPERATIVES).order_by("attempt__order__number")
    for number in borne.values_list("attempt__order__number", flat=True).distinct().iterator():
        for line in standing_of(number):
            if line.accrued_minor + line.payable_minor < 0:
                yield number, line


@invariant("payments: no dispute that is over holds money of the shop")
def won_is_returned() -> Iterable[object]:
    over = Dispute.objects.filter(withdrawn_at__isnull=False, closed_at__lt=timezone.now() - MONEY_RETURNS)
    kept = over.exclude(state=Dispute.State.LOST).prefetch_related("movements")
    for dispute in kept.order_by("pk").iterator(chunk_size=500):
        if booking.taken(dispute) > 0:
            yield dispute.provider_id
