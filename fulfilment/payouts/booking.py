"""What payouts write in the ledger: goods that became payable, and money that went to a cooperative."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Earned, NewEntry, Source
from fulfilment.payments import booking as payments
from fulfilment.payments import returning
from fulfilment.payments.models import CashCollected, CashRemittance, PaymentAttempt
from fulfilment.warehouse.models import Consignment

from .models import Payable, Payout, PayoutRun


def earn(consignment: Consignment, *, now: datetime) -> None:
    """Book what a delivered consignment earned its cooperative, once; what was refunded of it before follows."""
    for entry in deliveries([consignment]):
        ledger.post(entry, now=now)
    returning.follow_goods(consignment.order.number, name=f"{consignment.reference}-delivered", now=now)


def pay(run: PayoutRun, *, now: datetime) -> None:
    """Book what a run paid, all at once; a payout that is booked already undoes the run."""
    ledger.post_many(payouts(run.payouts.order_by("pk")), now=now)


@transaction.atomic
def book_missing(*, now: datetime) -> int:
    """Book every settled payment and delivered parcel that has no entry yet; return how many.

    A payout is never missing: it is written with the legs it covers, its own among them.
    """
    known = set(Entry.objects.values_list("source", "external_id"))
    settled = PaymentAttempt.objects.filter(state=PaymentAttempt.State.SUCCEEDED).select_related("order")
    parcels = Consignment.objects.filter(state=Consignment.State.DELIVERED).select_related("order")
    collected = CashCollected.objects.select_related("attempt__order")
    handed_in = payments.remittances(CashRemittance.objects.all())
    sales = (*payments.sales(settled), *payments.sales_at_door(collected))
    happened = [*sales, *handed_in, *deliveries(parcels)]
    missing = [entry for entry in happened if (entry.source.value, entry.external_id) not in known]
    return ledger.post_many(sorted(missing, key=lambda entry: entry.occurred_at), now=now)


def deliveries(consignments: Iterable[Consignment]) -> Iterator[NewEntry]:
    """Work out what became payable with each delivered consignment, from its order's frozen lines (one query).

    One that earned nothing has no entry.
    """
    consignments = list(consignments)
    earned: dict[int, list[Earned]] = {}
    rows = Payable.objects.filter(order_line__consignment_line__consignment__in=consignments).order_by("pk")
    for payable in rows.select_related("order_line__consignment_line"):
        line = payable.order_line
        of_parcel = earned.setdefault(line.consignment_line.consignment_id, [])
        of_parcel.append(Earned(line.pk, payable.cooperative_id, line.owed_mad))
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
