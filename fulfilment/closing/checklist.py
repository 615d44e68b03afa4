"""What still stands open at the end of a month, counted from the rows. Some holds the signature, some only warns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.money import ZERO, quantize
from catalogue.kernel.periods import Period
from fulfilment.customs.queries import without_proof
from fulfilment.invoices.crediting.queries import to_cancel, to_credit
from fulfilment.invoices.models import Invoice
from fulfilment.jobs.policies import SLOT_KEY
from fulfilment.jobs.queries import dead
from fulfilment.ledger.models import Entry
from fulfilment.matching.models import Cause
from fulfilment.matching.queries import open_differences
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments.disputing.queries import keeping_money
from fulfilment.payments.models import CashCollected, Dispute
from fulfilment.payments.queries import to_look_at, waiting_credits
from fulfilment.payments.reconciliation.queries import open_discrepancies
from fulfilment.payments.remitting.queries import open_lines, open_missing
from fulfilment.payouts.models import Payout
from fulfilment.payouts.open_ends import long_under_way, waiting_bank_lines
from fulfilment.warehouse.models import Consignment

from .figures import Figures
from .models import Month
from .policies import HOLDING_QUEUE, HOLDING_TASKS


@dataclass(frozen=True)
class Item:
    """One line of the list: how many there are, what they come to in dirhams where that says something.

    ``holds``: while there is any, nobody signs. ``key`` names it for pages, which know where it is seen to. ``since``:
    the day from which the oldest stands open, of what has an age.
    """

    key: str
    words: str | Promise
    count: int
    amount_mad: Decimal | None = None
    holds: bool = False
    since: date | None = None

    @property
    def stops(self) -> bool:
        return self.holds and self.count > 0


def items_of(period: Period, figures: Figures, *, now: datetime) -> list[Item]:
    """Return the whole list (a fixed number of questions)."""
    return [
        Item("not_over", _("The month is not over"), int(now < period.ends_at), holds=True),
        Item("earlier", _("Months before it that are not locked"), _earlier_open(period), holds=True),
        Item("gaps", _("Numbers missing in a series"), sum(row["gaps"] for row in figures["series"]), holds=True),
        *(found(period, now) for found in FOUND),
    ]


def _earlier_open(period: Period) -> int:
    """Count months with entries before this one, after the last that is locked."""
    last = Month.objects.filter(state=Month.State.LOCKED).order_by("-year", "-month").first()
    entries = Entry.objects.filter(booked_on__lt=period.from_day)
    if last is not None:
        entries = entries.filter(booked_on__gte=last.period.until_day)
    first = entries.aggregate(day=Min("booked_on"))["day"]
    if first is None:
        return 0
    return (period.from_day.year - first.year) * 12 + period.from_day.month - first.month


def _item(
    key: str, words: Promise, rows: QuerySet[Any], *, amount: str = "", holds: bool = True, since: str = ""
) -> Item:
    sums: dict[str, Any] = {"count": Count("pk", distinct=True)}
    sums |= ({"amount": Sum(amount)} if amount else {}) | ({"since": Min(since)} if since else {})
    found = rows.order_by().aggregate(**sums)
    amount_mad = quantize(found["amount"] or ZERO) if amount else None
    return Item(key, words, found["count"], amount_mad, holds, found.get("since"))


def _differences(period: Period, now: datetime) -> Item:
    rows = open_discrepancies().exclude(moved_at__gte=period.ends_at)
    return _item("reconciliation", _("Differences with the bank's account"), rows.prefetch_related(None))


def _matches(period: Period, now: datetime) -> Item:
    """What waits for a proof of exit is counted for itself, below."""
    rows = open_differences().filter(since__lt=period.ends_at).exclude(cause=Cause.EXPORT_UNPROVED)
    return _item("match", _("Differences between orders, payments, stock, ledger and bank"), rows)


def _transfers(period: Period, now: datetime) -> Item:
    rows = waiting_credits().filter(recorded_at__lt=period.ends_at, currency="MAD")
    abroad = waiting_credits().filter(recorded_at__lt=period.ends_at).exclude(currency="MAD").count()
    found = _item("transfers", _("Transfers that nobody placed"), rows, amount="amount")
    return Item(found.key, found.words, found.count + abroad, found.amount_mad, holds=True)


def _remittances(period: Period, now: datetime) -> Item:
    rows = open_lines().filter(since__lt=period.ends_at)
    return _item("remittances", _("Lines of couriers' files that differ"), rows, amount="difference")


def _missing_cash(period: Period, now: datetime) -> Item:
    rows = open_missing().filter(since__lt=period.ends_at)
    words = _("Cash that no courier's file named in time")
    return _item("missing_cash", words, rows, amount="collection__amount", holds=False)


def _old_cash(period: Period, now: datetime) -> Item:
    before = period.ends_at - timedelta(days=settings.CLOSING_CASH_DAYS)
    rows = CashCollected.objects.filter(remittance=None, collected_at__lt=before, amount__gt=0)
    return _item("old_cash", _("Cash that couriers keep for too long"), rows, amount="amount", holds=False)


def _held(period: Period, now: datetime) -> Item:
    rows = to_look_at().filter(created_at__lt=period.ends_at)
    return _item("held", _("Payments held for a person"), rows)


def _disputes(period: Period, now: datetime) -> Item:
    rows = keeping_money().filter(state__in=Dispute.OPEN_STATES, opened_at__lt=period.ends_at)
    return _item("disputes", _("Disputes that are not decided"), rows, holds=False)


def not_invoiced(period: Period) -> QuerySet[Order]:
    """Return orders that should have been invoiced by a month's end.

    That is once they are paid from afar or, of those paid at the door, once the last parcel is handed in.
    """
    status = Order.Status
    paid = OrderEvent.objects.filter(order=OuterRef("pk"), kind="paid", at__lt=period.ends_at)
    parcels = Consignment.objects.filter(order=OuterRef("pk"), delivered_at__isnull=False)
    late = parcels.filter(delivered_at__gte=period.ends_at)
    rows = Order.objects.filter(invoice=None).exclude(status__in=(status.EXPIRED, status.CANCELLED))
    delivered = Q(Exists(parcels), ~Exists(late), status__in=(status.DELIVERED, status.COMPLETED))
    return rows.filter(delivered | (Q(Exists(paid)) & ~Q(payment_method="cash"))).order_by("pk")


def _not_invoiced(period: Period, now: datetime) -> Item:
    return _item("not_invoiced", _("Delivered or paid orders without an invoice"), not_invoiced(period))


def _not_credited(period: Period, now: datetime) -> Item:
    words = _("Refunds without their credit note")
    found = [rows.filter(created_at__lt=period.ends_at) for rows in (to_credit(), to_cancel())]
    return Item("not_credited", words, sum(rows.count() for rows in found), holds=True)


def _without_proof(period: Period, now: datetime) -> Item:
    """Exports are free of VAT against a proof of exit: without one the month's VAT is not what it says."""
    invoiced = Invoice.objects.filter(order=OuterRef("order"), issued_at__lt=period.ends_at)
    rows = without_proof(left_before=now - timedelta(days=settings.CLOSING_PROOF_DAYS)).filter(Exists(invoiced))
    amounts = list(rows.values_list("goods_mad", flat=True))
    words = _("Exports of the month without proof of exit")
    return Item("exports", words, len(amounts), quantize(sum(amounts, ZERO)), holds=True)


def _payouts(period: Period, now: datetime) -> Item:
    over = (Payout.State.SETTLED, Payout.State.RETURNED, Payout.State.CANCELLED)
    rows = Payout.objects.exclude(state__in=over).filter(run__run_at__lt=period.ends_at)
    return _item("payouts", _("Payouts that are not settled"), rows, amount="amount_mad", holds=False)


def _bank_lines(period: Period, now: datetime) -> Item:
    rows = waiting_bank_lines(now).filter(booked_on__lt=period.until_day)
    words = _("Lines of the bank's statements that wait for a person")
    return _item("bank_lines", words, rows, amount="amount", since="booked_on")


def _under_way(period: Period, now: datetime) -> Item:
    rows = long_under_way(now).filter(run__executes_on__lt=period.until_day)
    words = _("Payouts of which the bank says nothing for too long")
    return _item("under_way", words, rows, amount="amount_mad", holds=False, since="run__executes_on")


def _jobs(period: Period, now: datetime) -> Item:
    rows = dead().filter(_changes_the_month(), created_at__lt=period.ends_at)
    return _item("jobs", _("Jobs of money and invoices that failed"), rows)


def _other_jobs(period: Period, now: datetime) -> Item:
    """Of those that the schedule writes the next one does the same work, and what was not done stands above."""
    rows = dead().exclude(_changes_the_month()).filter(created_at__lt=period.ends_at)
    return _item("other_jobs", _("Other jobs that failed"), rows, holds=False)


def _changes_the_month() -> Q:
    tasks = Q(queue=HOLDING_QUEUE)
    for name in HOLDING_TASKS:
        tasks |= Q(task__startswith=name)
    return tasks & ~Q(key__startswith=SLOT_KEY)


FOUND: tuple[Callable[[Period, datetime], Item], ...] = (
    *(_differences, _matches, _transfers, _remittances, _missing_cash, _old_cash, _held, _disputes),
    *(_not_invoiced, _not_credited, _without_proof, _payouts, _bank_lines, _under_way, _jobs, _other_jobs),
)
