"""What must always be true of payments."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import islice

from django.apps import apps
from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalogue.kernel.invariants import invariant
from catalogue.kernel.money import CURRENCIES
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey, NewEntry, Source, shared
from fulfilment.ledger.policies.accounts import ACCRUED, CLEARING_TRANSFER, COURIER_CASH, PAYABLE
from fulfilment.ledger.queries import balance_of, earned_by, not_as_expected, taken_back
from fulfilment.orders.models import LineShare, Order
from fulfilment.shipping.models import Courier

from . import booking, shares
from .disputing import invariants as of_disputes  # noqa: F401
from .disputing.queries import at_stake
from .holding.models import Hold
from .models import BankCredit, CashCollected, CashRemittance, Dispute, PaymentAttempt, Refund, RefundLine, StripeEvent
from .policies import EVENT_SLOW
from .queries import abandoned_orders, owed_by, refunds_to_look_at
from .reconciliation.models import Discrepancy, DiscrepancyNote, ReconciliationRow
from .remitting import invariants as of_remittances  # noqa: F401
from .remitting.matching import surplus
from .sums import partly_lost, with_sums

SWEPT_WITHIN = timedelta(minutes=10)
"""An overdue order is given up by the next sweep; so long after its time none has run."""

PAID = ("PAID", "PREPARING", "SHIPPED", "DELIVERED", "COMPLETED")


@invariant("payments: an order succeeds at most once")
def one_success() -> Iterable[object]:
    return (
        Order.objects.annotate(paid=Count("payment_attempts", filter=Q(payment_attempts__state="SUCCEEDED")))
        .filter(paid__gt=1)
        .values_list("number", flat=True)
    )


@invariant("payments: what is paid by card or transfer has a success behind it")
def paid_has_success() -> Iterable[object]:
    return (
        Order.objects.filter(status__in=PAID, payment_method__in=("card", "transfer"))
        .exclude(payment_attempts__state="SUCCEEDED")
        .values_list("number", flat=True)
    )


@invariant("payments: an order past its time has a payment that may still come, or one that a person looks at")
def overdue_is_waited_for() -> Iterable[object]:
    return abandoned_orders(timezone.now() - SWEPT_WITHIN).values_list("number", flat=True)


@invariant("payments: no cash or transfer is awaited for an order that ended")
def no_cash_for_the_ended() -> Iterable[object]:
    ended = ("CANCELLED", "EXPIRED", "REFUSED", "RETURNED")
    attempts = PaymentAttempt.objects.filter(
        provider__in=("cash", "transfer"), state="STARTED", order__status__in=ended
    )
    return attempts.values_list("order__number", flat=True)


@invariant("payments: a success is for the order's exact total")
def success_is_exact() -> Iterable[object]:
    return (
        PaymentAttempt.objects.filter(state="SUCCEEDED")
        .exclude(amount=F("order__total_incl_tax"), currency=F("order__currency"))
        .values_list("order__number", flat=True)
    )


@invariant("ledger: every settled payment has its sale, as the order's rows were frozen, or is held to be given back")
def settled_payments_are_booked() -> Iterable[object]:
    held = Entry.objects.filter(source=Source.HELD).values("external_id")
    settled = PaymentAttempt.objects.filter(state="SUCCEEDED").exclude(idempotency_key__in=held)  # cash: see below
    yield from not_as_expected(_sales(settled.select_related("order").order_by("pk")))


def _sales(settled: QuerySet[PaymentAttempt]) -> Iterator[NewEntry]:
    """Work out sales some hundred at a time, so that a year's orders fit in memory."""
    attempts = settled.iterator(chunk_size=500)
    while chunk := list(islice(attempts, 500)):
        yield from booking.sales(chunk)


@invariant("ledger: every sale has a settled payment behind it")
def sales_are_settled() -> Iterable[object]:
    settled = PaymentAttempt.objects.filter(state="SUCCEEDED", order__number=OuterRef("external_id"))
    collected = CashCollected.objects.filter(attempt__order__number=OuterRef("order_number"), amount__gt=0)
    at_door = Exists(collected.filter(parcel=OuterRef("memo")))
    return Entry.objects.filter(source=Source.SALE, reversed_by=None).exclude(Exists(settled) | at_door)


@invariant("ledger: what a courier was paid for each parcel is its sale, as the order's rows were frozen")
def collections_are_booked() -> Iterable[object]:
    rows = CashCollected.objects.select_related("attempt__order").order_by("pk").iterator(chunk_size=500)
    while chunk := list(islice(rows, 500)):
        yield from not_as_expected(booking.sales_at_door(chunk))


@invariant("payments: what was captured of a cash order is what was collected at its doors")
def captured_is_collected() -> Iterable[object]:
    found = PaymentAttempt.objects.annotate(taken=Sum("collections__amount")).filter(taken__isnull=False)
    return found.exclude(provider="cash", captured=F("taken")).values_list("order__number", flat=True)


@invariant("payments: cash is collected for delivered parcels, and for each of them")
def collected_when_delivered() -> Iterable[object]:
    consignments = apps.get_model("warehouse", "Consignment").objects  # stands above, so reached by name
    delivered = consignments.filter(reference=OuterRef("parcel"), state="DELIVERED")
    yield from CashCollected.objects.exclude(Exists(delivered))


@invariant("ledger: what was handed in is booked, and couriers owe what stands on their account")
def remittances_are_booked() -> Iterable[object]:
    yield from not_as_expected(booking.remittances(CashRemittance.objects.order_by("pk")))
    taken = CashCollected.objects.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    handed = CashRemittance.objects.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    whole = PaymentAttempt.objects.filter(provider="cash", state="SUCCEEDED", collections=None)
    taken += whole.aggregate(sum=Sum("captured"))["sum"] or Decimal(0)
    booked = balance_of(AccountKey(COURIER_CASH))
    if booked != taken - handed:
        yield booked, taken - handed


@invariant("payments: collections are paid for by their own courier, from what was handed in; a surplus is explained")
def remittances_cover() -> Iterable[object]:
    paid = CashCollected.objects.exclude(remittance=None)
    yield from paid.exclude(courier_id=F("remittance__courier_id"))
    for courier in Courier.objects.annotate(handed=Sum("remittances__amount")):
        covered = paid.filter(courier=courier).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        if covered > (courier.handed or Decimal(0)) or owed_by(courier.pk) < -surplus(courier.pk):
            yield courier.pk


@invariant("ledger: money is held for every payment that waits for a person, and for none that came to nothing")
def held_money_waits() -> Iterable[object]:
    held = set(Entry.objects.filter(source=Source.HELD, reversed_by=None).values_list("external_id", flat=True))
    states = PaymentAttempt.objects.filter(Q(idempotency_key__in=held) | Q(state="QUARANTINED"))
    for key, state in states.values_list("idempotency_key", "state"):
        if (key in held) != (state in ("QUARANTINED", "SUCCEEDED")):
            yield key


@invariant("payments: no more is given back than came in")
def refunds_within_captured() -> Iterable[object]:
    return with_sums().filter(given_back__gt=F("captured")).values_list("order__number", flat=True)


@invariant("payments: money for an order that never came to be is given back")
def late_money_is_given_back() -> Iterable[object]:
    """Unless the buyer's bank may keep it, or has all that is left; the rest of a sale a person is shown."""
    found = with_sums().filter(state="SUCCEEDED")
    late = found.filter(order__status="EXPIRED", provider="stripe") | found.filter(order__status="CANCELLED")
    failed = refunds_to_look_at().filter(attempt=OuterRef("pk"))
    lasts = at_stake().filter(attempt=OuterRef("pk"))
    held = Entry.objects.filter(source=Source.HELD, external_id=OuterRef("idempotency_key"))
    shown = partly_lost().filter(~Exists(held), order__status="CANCELLED")
    waiting = late.exclude(given_back=F("captured") - F("lost")).exclude(Exists(failed) | Exists(lasts))
    return waiting.exclude(pk__in=shown.values("pk")).values_list("order__number", flat=True)


@invariant("payments: what Stripe told is applied within ten minutes")
def events_are_applied() -> Iterable[object]:
    waiting = StripeEvent.objects.filter(processed_at=None, received_at__lt=timezone.now() - EVENT_SLOW)
    return waiting.values_list("event_id", flat=True)


@invariant("ledger: every line of the bank's statement is booked as it was said, and taken back if it was sent back")
def credits_are_booked() -> Iterable[object]:
    lines = BankCredit.objects.order_by("pk")
    entries = Entry.objects.filter(source=Source.TRANSFER)
    booked = dict(entries.values_list("external_id", "reversed_by"))
    yield from not_as_expected(
        booking.taken_in(credit, credit.recorded_at) for credit in lines.iterator(chunk_size=500)
    )
    for reference, state in lines.values_list("reference", "state"):
        if (state == "RETURNED") != (booked.get(reference) is not None):
            yield reference


@invariant("ledger: transfers not yet matched are the lines that wait for a person, in each currency")
def unmatched_transfers_wait() -> Iterable[object]:
    waiting = BankCredit.objects.filter(state="WAITING").order_by().values_list("currency")
    sums = dict(waiting.annotate(total=Sum("amount")))
    for currency in CURRENCIES:
        if balance_of(AccountKey(CLEARING_TRANSFER, currency)) != -sums.get(currency, Decimal(0)):
            yield currency


@invariant("payments: a transfer that paid an order is the lines of the statement behind it, to the cent")
def transfers_add_up() -> Iterable[object]:
    lines = BankCredit.objects.filter(attempt=OuterRef("pk"), state="SETTLED").order_by().values("attempt")
    total = Subquery(lines.annotate(total=Sum("amount")).values("total"))
    paid = PaymentAttempt.objects.filter(provider="transfer", state="SUCCEEDED")
    return (
        paid.annotate(received=Coalesce(total, Decimal(0), output_field=DecimalField()))
        .exclude(received=F("captured"))
        .values_list("order__number", flat=True)
    )


@invariant("payments: a card that is held is answered for in time, or let go")
def holds_are_answered() -> Iterable[object]:
    late = Hold.objects.filter(attempt__state="AUTHORISED", answer_by__lt=timezone.now() - SWEPT_WITHIN)
    return late.values_list("attempt__order__number", flat=True)


@invariant("payments: a card that is only held is no money")
def held_is_no_money() -> Iterable[object]:
    return PaymentAttempt.objects.filter(state="AUTHORISED", captured__gt=0).values_list("order__number", flat=True)


@invariant("payments: what was accepted is paid, or its hold ran out; what was not is never paid")
def answers_are_followed() -> Iterable[object]:
    refused = Hold.objects.exclude(answer__in=("", "ACCEPTED")).filter(attempt__state="SUCCEEDED")
    unanswered = Hold.objects.filter(answer="", attempt__state__in=("SUCCEEDED", "CANCELLED", "QUARANTINED"))
    return [*refused, *unanswered]


@invariant("payments: every difference that a run found is kept for someone, and closed by someone's reason")
def differences_are_seen_to() -> Iterable[object]:
    kept = Discrepancy.objects.filter(source=OuterRef("source"))
    reasons = DiscrepancyNote.objects.filter(discrepancy=OuterRef("pk"), kind="CLOSED", at=OuterRef("closed_at"))
    unseen = ReconciliationRow.objects.filter(~Exists(kept))
    return [*unseen, *Discrepancy.objects.filter(~Exists(reasons), closed_at__isnull=False)]


@invariant("payments: a refund is the exact share of the pieces it gives back")
def refunds_are_their_share() -> Iterable[object]:
    refunds = Refund.objects.exclude(reason=Refund.Reason.PAID_TOO_LATE).select_related("attempt__order")
    rows = refunds.prefetch_related("lines__order_line").order_by("pk").iterator(chunk_size=500)
    while chunk := list(islice(rows, 500)):
        sales = booking.sales_behind({refund.attempt for refund in chunk})
        for refund in chunk:
            runs = [
                shares.Run(row.order_line_id, row.first_piece, row.pieces, row.order_line.quantity)
                for row in refund.lines.all()
            ]
            sale = sales[refund.attempt_id]
            if shares.amount_of(sale, runs, delivery=refund.delivery, way=refund.way) != refund.amount:
                yield refund.key


@invariant("payments: no piece is given back twice, none that was not bought")
def pieces_within_their_line() -> Iterable[object]:
    standing = RefundLine.objects.exclude(refund__state__in=Refund.NULL_STATES)
    per_line = standing.order_by().values("order_line").annotate(pieces_back=Sum("pieces"))
    yield from per_line.filter(pieces_back__gt=F("order_line__quantity")).values_list("order_line", flat=True)
    overlap = standing.filter(order_line=OuterRef("order_line"), first_piece__gt=OuterRef("first_piece")).filter(
        first_piece__lt=OuterRef("first_piece") + OuterRef("pieces")
    )
    yield from standing.filter(Exists(overlap)).values_list("order_line", flat=True)
    yield from RefundLine.objects.exclude(order_line__order=F("refund__attempt__order")).values_list("pk", flat=True)


@invariant("ledger: every refund of goods is booked once, and put back where it failed")
def refunds_are_booked() -> Iterable[object]:
    entries = dict(Entry.objects.filter(source=Source.REFUND).values_list("external_id", "reversed_by"))
    rows = Refund.objects.exclude(reason=Refund.Reason.PAID_TOO_LATE)
    for pk, state in rows.order_by("pk").values_list("pk", "state"):
        key = Refund(pk=pk).key
        booked, put_back = key in entries, entries.get(key) is not None
        taken = state not in (Refund.State.ASKED, Refund.State.DECLINED)
        if (booked, put_back) != (taken, state == Refund.State.FAILED):
            yield key


@invariant("ledger: what refunds and disputes took of delivered goods is taken from what is payable for them")
def refunds_follow_their_goods() -> Iterable[object]:
    refunded = Refund.objects.order_by().values_list("attempt__order__number")
    disputed = Dispute.objects.filter(state="LOST").order_by().values_list("attempt__order__number")
    for (number,) in refunded.union(disputed):
        taken = taken_back(number, ACCRUED)
        if {line for left in taken.values() for _cooperative, line in left} & earned_by(number).keys():
            yield number


@invariant("ledger: of goods that several made, refunds took from each its share, to the centime")
def refunds_take_the_same_shares() -> Iterable[object]:
    several = Order.objects.filter(pk__in=LineShare.objects.values("line__order"))
    for number in several.order_by("pk").values_list("number", flat=True).iterator():
        refunded = taken_back(number, PAYABLE)[Source.REFUND]
        for line, earned in earned_by(number).items():
            took = {cooperative: refunded.get((cooperative, line), 0) for cooperative in earned}
            if took != shared(sum(took.values()), earned):
                yield number, line
