"""What must be true of what cooperatives are owed and paid."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from catalogue.kernel.money import from_minor
from catalogue.kernel.roles import application_role
from fulfilment.jobs.models import Job
from fulfilment.ledger.models import Entry
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import NewEntry, Source
from fulfilment.ledger.policies.accounts import PAYABLE
from fulfilment.ledger.queries import balances_by_cooperative, not_as_expected
from fulfilment.orders.models import Line
from fulfilment.warehouse.models import Consignment

from . import booking, owing
from .models import Payable, Payout, PayoutLine

FORBIDDEN = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
TRIGGERS = frozenset({"payouts_payout_is_covered", "payouts_lines_are_the_payout", "payouts_line_never_changes"})


@invariant("payouts: a payable is of the line's own cooperative")
def payables_are_of_their_own() -> Iterable[object]:
    return Payable.objects.exclude(cooperative_id=F("order_line__partner_id"))


@invariant("payouts: a payout is the sum of the legs it covers, all of its own cooperative")
def payouts_add_up() -> Iterable[object]:
    """With its own leg, once it is booked, they come to nothing."""
    own = Q(lines__ledger_line__entry__source=Source.PAYOUT, lines__ledger_line__entry__external_id=F("reference"))
    added = Payout.objects.annotate(
        covered=Coalesce(Sum("lines__ledger_line__amount_minor", filter=~own), 0),
        own=Coalesce(Sum("lines__ledger_line__amount_minor", filter=own), 0),
        minor=F("amount_mad") * 100,
    )
    yield from added.exclude(covered=-F("minor"), own=F("minor"))
    lines = PayoutLine.objects.all()
    yield from lines.exclude(ledger_line__account__code=PAYABLE)
    yield from lines.exclude(ledger_line__account__cooperative=F("payout__cooperative"))


@invariant("payouts: nothing was paid before its day")
def nothing_paid_early() -> Iterable[object]:
    """Of an order line that brought its cooperative more than was taken of it."""
    paid = (
        PayoutLine.objects.filter(ledger_line__order_line__isnull=False)
        .values("payout__reference", "payout__run__cut_off_at", "ledger_line__order_line")
        .annotate(earned=-Sum("ledger_line__amount_minor"))
        .filter(earned__gt=0)
        .order_by()
    )
    day = Payable.objects.filter(order_line=OuterRef("ledger_line__order_line"))
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
    missing = Line.objects.filter(consignment_line__consignment__state="DELIVERED", payable__isnull=True)
    missing = missing.annotate(consignment=F("consignment_line__consignment_id"))
    open_jobs = set(
        Job.objects.filter(task="fulfilment.payouts.record_earnings")
        .exclude(state=Job.State.DONE)
        .values_list("key", flat=True)
    )
    return (line for line in missing if f"earnings:{line.consignment}" not in open_jobs)


@invariant("ledger: what each delivered parcel earned is booked as its order's lines say")
def deliveries_are_booked() -> Iterable[object]:
    delivered = Consignment.objects.filter(lines__order_line__payable__isnull=False).distinct()
    yield from not_as_expected(_in_chunks(booking.deliveries, delivered.select_related("order").order_by("pk")))


@invariant("ledger: every paid payout is booked, and no other")
def payouts_are_booked() -> Iterable[object]:
    paid = Payout.objects.filter(state=Payout.State.SETTLED)
    yield from not_as_expected(_in_chunks(booking.payouts, paid.order_by("pk")))
    references = paid.filter(reference=OuterRef("external_id"))
    yield from Entry.objects.filter(source=Source.PAYOUT, reversed_by=None).exclude(Exists(references))


@invariant("ledger: what stands to be paid to each cooperative is what no payout covers")
def the_rest_is_owed() -> Iterable[object]:
    rows = owing.open_lines().order_by().values_list("account__cooperative")
    owed = {pk: from_minor(-total) for pk, total in rows.annotate(total=Sum("amount_minor")) if total}
    booked = {pk: -balance for pk, balance in balances_by_cooperative(PAYABLE).items()}
    return [(pk, owed.get(pk), booked.get(pk)) for pk in owed.keys() | booked.keys() if owed.get(pk) != booked.get(pk)]


@invariant("payouts: what a payout covers is only added to, and the triggers stand")
def only_added_to() -> Iterable[object]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r FROM unnest(%s::text[]) AS r WHERE has_table_privilege(%s, 'payouts_payoutline', r)",
            [list(FORBIDDEN), application_role()],
        )
        yield from cursor.fetchall()
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
            " AND tgrelid IN ('payouts_payoutline'::regclass, 'payouts_payout'::regclass)"
        )
        yield from TRIGGERS - {name for (name,) in cursor.fetchall()}


def _in_chunks(entries: Callable[[Iterable[Any]], Iterator[NewEntry]], rows: QuerySet[Any]) -> Iterator[NewEntry]:
    found = rows.iterator(chunk_size=500)
    while chunk := list(islice(found, 500)):
        yield from entries(chunk)
