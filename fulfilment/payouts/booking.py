"""What payouts write in the ledger: goods that became payable, and money that went to a cooperative."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Earned, NewEntry, Source
from fulfilment.payments import booking as payments
from fulfilment.payments.models import PaymentAttempt
from fulfilment.warehouse.models import Consignment

from .models import Payable, Payout, PayoutRun


def earn(consignment: Consignment, *, now: datetime) -> None:
    """Book what a delivered consignment earned its cooperative, once."""
    for entry in deliveries([consignment]):
        ledger.post(entry, now=now)


def pay(run: PayoutRun, *, now: datetime) -> None:
    """Book what a run paid, all at once; a payout that is booked already undoes the run."""
    ledger.post_many(payouts(run.payouts.order_by("pk")), now=now)


@transaction.atomic
def book_missing(*, now: datetime) -> int:
    """Book every settled payment, delivered parcel and paid payout that has no entry yet; return how many."""
    known = set(Entry.objects.values_list("source", "external_id"))
    settled = PaymentAttempt.objects.filter(state=PaymentAttempt.State.SUCCEEDED).select_related("order__cash_terms")
    parcels = Consignment.objects.filter(state=Consignment.State.DELIVERED).select_related("order")
    paid = Payout.objects.filter(state=Payout.State.SETTLED)
    happened = [*payments.sales(settled), *deliveries(parcels), *payouts(paid)]
    missing = [entry for entry in happened if (entry.source.value, entry.external_id) not in known]
    return ledger.post_many(sorted(missing, key=lambda entry: entry.occurred_at), now=now)


def deliveries(consignments: Iterable[Consignment]) -> Iterator[NewEntry]:
    """Work out what became payable with each delivered consignment, from its payables (one query).

    One that earned nothing has no entry.
    """
    consignments = list(consignments)
    earned: dict[int, list[Earned]] = {}
    rows = Payable.objects.filter(order_line__consignment_line__consignment__in=consignments).order_by("pk")
    for consignment_id, order_line, cooperative_id, amount_mad in rows.values_list(
        "order_line__consignment_line__consignment_id", "order_line_id", "cooperative_id", "amount_mad"
    ):
        earned.setdefault(consignment_id, []).append(Earned(order_line, cooperative_id, amount_mad))
    for consignment in consignments:
        legs = policies.delivered(earned.get(consignment.pk, []))
        if not legs or consignment.delivered_at is None:
            continue
        yield NewEntry(
            source=Source.DELIVERY,
            external_id=consignment.reference,
            legs=legs,
            occurred_at=consignment.delivered_at,
            order_number=consignment.order.number,
        )


def payouts(rows: Iterable[Payout]) -> Iterator[NewEntry]:
    """Work out the entry of each payout that was paid."""
    for row in rows:
        if row.settled_at is None:
            continue
        yield NewEntry(
            source=Source.PAYOUT,
            external_id=row.reference,
            legs=policies.payout(row.cooperative_id, row.amount_mad),
            occurred_at=row.settled_at,
        )
