"""What payouts write in the ledger: goods that became payable, and money on its way to a cooperative and there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import OuterRef, Subquery, Sum

from catalogue.kernel.money import ZERO, quantize, split
from catalogue.kernel.periods import start_of
from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger import queries as books
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Earned, NewEntry, Source
from fulfilment.orders.models import Line, LineShare
from fulfilment.orders.sharing import queries as sharing
from fulfilment.payments import booking as payments
from fulfilment.payments import returning
from fulfilment.payments.models import CashCollected, CashRemittance, PaymentAttempt
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from .models import Advance, Ending, Payable, Payout

SHARED_MAD = Subquery(
    LineShare.objects.filter(line=OuterRef("order_line"), cooperative=OuterRef("cooperative"))
    .order_by()
    .values("cooperative")
    .annotate(total=Sum("amount_mad"))
    .values("total")
)
"""What a payable's cooperative earned by it where several made its line; nothing where it is one's own."""


def earn(consignment: Consignment, *, now: datetime) -> None:
    """Book what a delivered consignment earned its cooperative, once; what was refunded of it before follows."""
    for entry in deliveries([consignment]):
        ledger.post(entry, now=now)
    returning.follow_goods(consignment.order.number, name=f"{consignment.reference}-delivered", now=now)


def lend(row: Advance, *, now: datetime) -> Entry:
    """Book an advance that was approved: it is owed to its cooperative from now on."""
    return ledger.post(next(advances([row])), now=now)


def send(rows: Iterable[Payout], *, now: datetime) -> None:
    """Book payouts as under way, all at once; one that is booked already undoes the whole."""
    ledger.post_many(payouts(rows), now=now)


def settle(rows: Iterable[Payout], *, now: datetime) -> None:
    """Book payouts as paid by the bank."""
    ledger.post_many(settlements(rows), now=now)


def bring_back(payout: Payout, *, reason: str, at: datetime, now: datetime) -> None:
    """Take a payment back as of ``at``, whether it had gone through or not: the cooperative is owed it again."""
    for source in (Source.PAYOUT_SETTLED, Source.PAYOUT):
        if entry := books.find(source, payout.reference):
            ledger.reverse(entry_id=entry.pk, reason=reason, at=at, now=now)


def charge(ending: Ending, *, now: datetime) -> None:
    """Book what the bank kept of a line that was said to be of a payout, if anything."""
    for entry in charges([ending]):
        ledger.post(entry, now=now)


def charges(rows: Iterable[Ending]) -> Iterator[NewEntry]:
    """Work out the entry of what the bank kept by each ending, on the day of its line."""
    for row in rows:
        if row.charges_mad and row.line is not None:
            legs, at = policies.bank_charge(row.charges_mad), start_of(row.line.booked_on)
            yield NewEntry(Source.BANK_CHARGE, row.charge_name, legs, at)


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

    A line that several made earns each its share. A consignment that earned nothing has no entry.
    """
    consignments = list(consignments)
    earned: dict[int, list[Earned]] = {}
    rows = Payable.objects.filter(order_line__consignment_line__consignment__in=consignments).order_by("pk")
    for payable in rows.select_related("order_line__consignment_line").annotate(shared_mad=SHARED_MAD):
        line = payable.order_line
        amount_mad = line.owed_mad if payable.shared_mad is None else payable.shared_mad
        of_parcel = earned.setdefault(line.consignment_line.consignment_id, [])
        of_parcel.append(Earned(line.pk, payable.cooperative_id, amount_mad, line.partner_id))
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


def bear_loss(consignment: Consignment, *, now: datetime) -> None:
    """Book what the office pays its cooperatives for a lost parcel, once."""
    for entry in losses([consignment]):
        ledger.post(entry, now=now)


def losses(consignments: Iterable[Consignment]) -> Iterator[NewEntry]:
    """Work out what each lost parcel costs the office, from its order's frozen lines (two queries).

    It is what each cooperative would have earned, whether the buyer had paid yet or not.
    """
    consignments = list(consignments)
    inside: dict[int, dict[int, Decimal]] = {}
    found = ConsignmentLine.objects.filter(consignment__in=consignments).select_related("order_line")
    rows = list(found.order_by("pk"))
    shares = sharing.shares_of(row.order_line_id for row in rows)
    for row in rows:
        owed, line = inside.setdefault(row.consignment_id, {}), row.order_line
        lost_mad = quantize(line.owed_mad * row.quantity / line.quantity)  # some pieces may have been left out
        for cooperative_id, amount_mad in _each(lost_mad, line, shares.get(line.pk, ())):
            owed[cooperative_id] = owed.get(cooperative_id, ZERO) + amount_mad
    for consignment in consignments:
        legs = policies.lost(inside.get(consignment.pk, {}))
        if legs and consignment.lost_at is not None:
            yield NewEntry(
                source=Source.LOSS,
                external_id=consignment.reference,
                legs=legs,
                occurred_at=consignment.lost_at,
                memo=consignment.reference,
                order_number=consignment.order.number,
            )


def _each(lost_mad: Decimal, line: Line, shares: Sequence[LineShare]) -> list[tuple[int, Decimal]]:
    """Share what was lost of a line by what each that made it would have earned."""
    if not lost_mad or not shares:
        return [(line.partner_id, lost_mad)]
    parts = split(lost_mad, [share.amount_mad for share in shares])
    return [(share.cooperative_id, part) for share, part in zip(shares, parts, strict=True)]


def advances(rows: Iterable[Advance]) -> Iterator[NewEntry]:
    """Work out the entry of each advance that was approved."""
    for row in rows:
        if row.state == Advance.State.APPROVED and row.decided_at is not None:
            yield NewEntry(
                Source.ADVANCE, row.reference, policies.advance(row.cooperative_id, row.amount_mad), row.decided_at
            )


def payouts(rows: Iterable[Payout]) -> Iterator[NewEntry]:
    """Work out the entry of each payout that was sent, handed in with its run.

    One of before there were cycles was paid from the bank at once.
    """
    for row in rows:
        if row.from_day is None:
            legs, sent_at = policies.paid_at_once(row.cooperative_id, row.amount_mad), row.settled_at
        else:
            legs = policies.payout(row.cooperative_id, row.amount_mad, row.deducted_mad)
            sent_at = row.run.exported_at
        if sent_at is not None:
            yield NewEntry(Source.PAYOUT, row.reference, legs, sent_at)


def settlements(rows: Iterable[Payout]) -> Iterator[NewEntry]:
    """Work out the second entry of each payout that was sent and went through."""
    for row in rows:
        if row.from_day is not None and row.settled_at is not None:
            legs = policies.payout_settled(row.amount_mad)
            yield NewEntry(Source.PAYOUT_SETTLED, row.reference, legs, row.settled_at, memo=row.proof)
