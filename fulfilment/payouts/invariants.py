"""What must be true of what cooperatives are owed and paid."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from catalogue.kernel.money import ZERO, from_minor
from catalogue.kernel.roles import only_added_to
from fulfilment.jobs.models import Job
from fulfilment.ledger.models import Entry
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import AccountKey, NewEntry, Source
from fulfilment.ledger.policies.accounts import CLEARING_PAYOUTS, PAYABLE
from fulfilment.ledger.queries import balance_of, balances_by_cooperative, not_as_expected
from fulfilment.orders.models import Line, LineShare
from fulfilment.warehouse.models import Consignment

from . import (  # noqa: F401  (their rules are asked with these)
    advance_invariants,
    booking,
    ending_invariants,
    owing,
    run_invariants,
    statement_invariants,
)
from .models import Payable, Payout, PayoutLine

CHANGED, GONE = ("UPDATE",), ("DELETE", "TRUNCATE", "TRIGGER")
FORBIDDEN = {
    "payouts_payoutline": ("UPDATE", "TRUNCATE", "TRIGGER"),
    **dict.fromkeys(("payouts_payoutrun", "payouts_payout", "payouts_bankfileline", "payouts_advance"), GONE),
    "payouts_ending": GONE,
    **dict.fromkeys(
        (
            *("payouts_payoutfile", "payouts_payoutevent", "payouts_payoutminimum", "payouts_bankfile"),
            "payouts_statementpaper",
            "payouts_advancerepayment",
            "payouts_endingpayout",
        ),
        (*CHANGED, *GONE),
    ),
}
TRIGGERS = frozenset(
    {
        *("payouts_payout_is_covered", "payouts_lines_are_the_payout", "payouts_lines_are_freed"),
        *("payouts_line_never_changes", "payouts_run_takes_steps", "payouts_payout_takes_steps"),
        *("payouts_bank_line_is_closed", "payouts_advance_takes_steps"),
        *("payouts_ending_takes_steps", "payouts_ending_is_of_its_run"),
        *("payouts_payout_is_deducted", "payouts_repayment_is_deducted", "payouts_repayment_is_of_a_draft"),
        *(f"{table}_stays" for table in FORBIDDEN if table != "payouts_payoutline"),
    }
)


@invariant("payouts: a payable is of a cooperative that earns by its line")
def payables_are_of_their_own() -> Iterable[object]:
    """And each that made it has one."""
    shares = LineShare.objects.filter(line=OuterRef("order_line"))
    own = Q(~Exists(shares), cooperative_id=F("order_line__partner_id"))
    yield from Payable.objects.exclude(own | Exists(shares.filter(cooperative=OuterRef("cooperative"))))
    each = Payable.objects.filter(order_line=OuterRef("line"), cooperative=OuterRef("cooperative"))
    delivered = Payable.objects.filter(order_line=OuterRef("line"))
    yield from LineShare.objects.filter(Exists(delivered)).exclude(Exists(each))


@invariant("payouts: a payout, and what it deducts, is the sum of the legs it covers, all of its own cooperative")
def payouts_add_up() -> Iterable[object]:
    """With its own leg, once it is sent, they come to nothing; one that was thrown away covers nothing."""
    own = Q(lines__ledger_line__entry__source=Source.PAYOUT, lines__ledger_line__entry__external_id=F("reference"))
    added = Payout.objects.annotate(
        covered=Coalesce(Sum("lines__ledger_line__amount_minor", filter=~own), 0),
        own=Coalesce(Sum("lines__ledger_line__amount_minor", filter=own), 0),
        minor=(F("amount_mad") + F("deducted_mad")) * 100,
    )
    sent, drafted = added.filter(state__in=Payout.SENT), added.filter(state__in=Payout.NOT_SENT)
    yield from sent.exclude(covered=-F("minor"), own=F("minor"))
    yield from drafted.exclude(covered=-F("minor"), own=0)
    yield from added.filter(state=Payout.State.CANCELLED).exclude(covered=0, own=0)
    lines = PayoutLine.objects.all()
    yield from lines.exclude(ledger_line__account__code=PAYABLE)
    yield from lines.exclude(ledger_line__account__cooperative=F("payout__cooperative"))


@invariant("payouts: nothing was paid before its day")
def nothing_paid_early() -> Iterable[object]:
    """Of an order line that brought its cooperative more than was taken of it."""
    paid = (
        PayoutLine.objects.filter(ledger_line__order_line__isnull=False)
        .values("payout__reference", "payout__cooperative", "payout__run__cut_off_at", "ledger_line__order_line")
        .annotate(earned=-Sum("ledger_line__amount_minor"))
        .filter(earned__gt=0)
        .order_by()
    )
    day = Payable.objects.filter(
        order_line=OuterRef("ledger_line__order_line"), cooperative=OuterRef("payout__cooperative")
    )
    dated = paid.annotate(payable_from=Subquery(day.values("payable_from")))
    return dated.filter(Q(payable_from=None) | Q(payable_from__gt=F("payout__run__cut_off_at")))


@invariant("payouts: what is owed for an order line has its payable")
def owed_lines_have_their_payable() -> Iterable[object]:
    payables = Payable.objects.filter(order_line=OuterRef("order_line"), cooperative=OuterRef("account__cooperative"))
    owed = LedgerLine.objects.filter(account__code=PAYABLE, order_line__isnull=False, amount_minor__lt=0)
    return owed.exclude(Exists(payables))


@invariant("payouts: what an order earned has its day once all of it has arrived, and its cash when that is in")
def payables_are_dated() -> Iterable[object]:
    arrived = ("DELIVERED", "COMPLETED")
    yield from Payable.objects.filter(order_line__order__status__in=arrived, withdrawal_ends_at=None)
    at_the_door = Q(order_line__order__payment_method="cash")
    yield from Payable.objects.exclude(at_the_door).filter(money_in_at=None)
    in_at = Payable.objects.filter(at_the_door).annotate(in_at=F("order_line__order__cash__in_at"))
    yield from in_at.exclude(Q(money_in_at=F("in_at")) | Q(money_in_at=None, in_at=None))


@invariant("payouts: only delivered goods are owed for")
def only_delivered() -> Iterable[object]:
    return Payable.objects.exclude(order_line__consignment_line__consignment__state="DELIVERED")


@invariant("payouts: every delivered line is owed once its job is done")
def delivered_lines_are_owed() -> Iterable[object]:
    missing = Line.objects.filter(consignment_line__consignment__state="DELIVERED", payables__isnull=True)
    missing = missing.annotate(consignment=F("consignment_line__consignment_id"))
    open_jobs = set(
        Job.objects.filter(task="fulfilment.payouts.record_earnings")
        .exclude(state=Job.State.DONE)
        .values_list("key", flat=True)
    )
    return (line for line in missing if f"earnings:{line.consignment}" not in open_jobs)


@invariant("ledger: what each delivered parcel earned is booked as its order's lines say")
def deliveries_are_booked() -> Iterable[object]:
    delivered = Consignment.objects.filter(lines__order_line__payables__isnull=False).distinct()
    yield from not_as_expected(_in_chunks(booking.deliveries, delivered.select_related("order").order_by("pk")))


@invariant("ledger: what each lost parcel costs the office is booked as its order's lines say, and nothing else is")
def losses_are_booked() -> Iterable[object]:
    lost = Consignment.objects.filter(state=Consignment.State.LOST)
    yield from not_as_expected(_in_chunks(booking.losses, lost.select_related("order").order_by("pk")))
    references = lost.filter(reference=OuterRef("external_id"))
    yield from Entry.objects.filter(source=Source.LOSS, reversed_by=None).exclude(Exists(references))


@invariant("ledger: every payout that was sent is booked, what came back is taken back, and nothing else is")
def payouts_are_booked() -> Iterable[object]:
    sent = Payout.objects.filter(state__in=Payout.SENT).select_related("run").order_by("pk")
    yield from not_as_expected(_in_chunks(booking.payouts, sent))
    yield from not_as_expected(_in_chunks(booking.settlements, sent))
    entries = Entry.objects.filter(source__in=(Source.PAYOUT, Source.PAYOUT_SETTLED))
    kept = Payout.objects.filter(reference=OuterRef("external_id"))
    standing = kept.filter(state__in=(Payout.State.EXPORTED, Payout.State.SETTLED))
    yield from entries.filter(reversed_by=None).exclude(Exists(standing))
    yield from entries.filter(reversed_by__isnull=False).exclude(Exists(kept.filter(state=Payout.State.RETURNED)))


@invariant("ledger: what is on its way to cooperatives is what was sent and has not ended")
def under_way_is_what_was_sent() -> Iterable[object]:
    sent = Payout.objects.filter(state=Payout.State.EXPORTED).aggregate(sum=Sum("amount_mad"))["sum"] or ZERO
    balance = balance_of(AccountKey(CLEARING_PAYOUTS))
    return [] if balance == -sent else [(balance, -sent)]


@invariant("ledger: what stands to be paid to each cooperative is what no payout covers, or only one not yet sent")
def the_rest_is_owed() -> Iterable[object]:
    rows = owing.owed_lines().order_by().values_list("account__cooperative")
    owed = {pk: from_minor(-total) for pk, total in rows.annotate(total=Sum("amount_minor")) if total}
    booked = {pk: -balance for pk, balance in balances_by_cooperative(PAYABLE).items()}
    return [(pk, owed.get(pk), booked.get(pk)) for pk in owed.keys() | booked.keys() if owed.get(pk) != booked.get(pk)]


@invariant("payouts: what a payout covers and how a run went is kept, and the triggers stand")
def kept() -> Iterable[object]:
    return only_added_to(FORBIDDEN, TRIGGERS)


def _in_chunks(entries: Callable[[Iterable[Any]], Iterator[NewEntry]], rows: QuerySet[Any]) -> Iterator[NewEntry]:
    found = rows.iterator(chunk_size=500)
    while chunk := list(islice(found, 500)):
        yield from entries(chunk)
