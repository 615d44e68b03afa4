"""Reads of what is late: one list for each kind, and all of their counts in one query."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalogue.kernel.periods import day_of, start_of
from catalogue.kernel.workdays import workday_after
from catalogue.places.queries import closed_days
from catalogue.receiving.models import Delivery
from fulfilment.jobs.models import Job
from fulfilment.jobs.policies import LIMITS
from fulfilment.jobs.queries import WAITS
from fulfilment.orders.withdrawing.models import Withdrawal
from fulfilment.payments.models import RemittanceFile
from fulfilment.payments.remitting.queries import open_lines, open_missing
from fulfilment.payouts.open_ends import WORKDAYS, long_under_way, waiting_bank_lines
from fulfilment.warehouse.models import Consignment, Shortage
from fulfilment.warehouse.parcels import TIMES

from . import policies
from .counting import counted

State = Consignment.State
MOST_SHOWN = 20
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Late:
    """One thing that is late: what, since when it stands so, when it was due, and whose it is where that is known."""

    what: str
    since: datetime
    due: datetime
    args: tuple[Any, ...] = ()
    owner: Any = None


@dataclass(frozen=True)
class Section:
    """All that is late of one kind: how much, and the longest waiting of it."""

    kind: str
    count: int
    rows: tuple[Late, ...]


def late(now: datetime, kinds: Iterable[str] | None = None) -> list[Section]:
    """Return what is late of some kinds or all (one query, and one for each kind that has something)."""
    lists = {kind: rows for kind, rows in lists_of(now).items() if kinds is None or kind in kinds}
    counts = counted(lists)
    return [
        Section(kind, counts[kind], tuple(SHOWN[kind](row) for row in rows[:MOST_SHOWN]))
        for kind, rows in lists.items()
        if counts.get(kind)
    ]


def lists_of(now: datetime) -> dict[str, Rows]:
    """Return the rows of each kind, the longest waiting first, with what ``late`` names of them."""
    today = day_of(now)
    over = WAITS
    for queue, limit in LIMITS.items():
        over |= Q(queue=queue, state__in=(Job.State.WAITING, Job.State.RUNNING), run_at__lt=now - limit)
    back = Q(refused_at__lt=now - policies.BACK_WITHIN) | Q(coming_back_at__lt=now - policies.BACK_WITHIN)
    unfinished = (RemittanceFile.State.READY, RemittanceFile.State.READING)
    return {
        "jobs": Job.objects.filter(over).order_by("run_at", "pk"),
        **{state: _parcels(state, now) for state in (*policies.STEP_WITHIN, "IN_TRANSIT")},
        "deliveries": Delivery.objects.filter(
            state=Delivery.State.ANNOUNCED, expected_on__lt=today - timedelta(days=policies.DELIVERY_GRACE_DAYS)
        )
        .select_related("announced_by")
        .order_by("expected_on", "pk"),
        "shortages": Shortage.objects.filter(outcome="", found_at__lt=now - policies.ANSWER_WITHIN)
        .select_related("consignment", "found_by")
        .order_by("found_at", "pk"),
        "withdrawals": Withdrawal.objects.filter(
            Q(state="RECEIVED", received_at__lt=now - policies.DECIDE_RETURN_WITHIN)
            | Q(state="DECLARED", declared_at__lt=now - policies.SENT_BACK_WITHIN)
        )
        .select_related("order", "handled_by")
        .order_by("declared_at", "pk"),
        "returns": Consignment.objects.filter(back, state__in=("REFUSED", "HANDED_OVER", "IN_TRANSIT"))
        .select_related("courier")
        .order_by("pk"),
        "cash_lines": open_lines().filter(since__lt=now - policies.CASH_WITHIN),
        "cash_missing": open_missing().filter(since__lt=now - policies.CASH_WITHIN).order_by("since", "pk"),
        "bank_lines": waiting_bank_lines(now).filter(booked_on__lt=today).select_related("file", "payout"),
        "under_way": long_under_way(now).select_related("run__exported_by"),
        "remittances": RemittanceFile.objects.filter(state__in=unfinished, uploaded_at__lt=now - policies.CASH_WITHIN)
        .select_related("uploaded_by")
        .order_by("uploaded_at", "pk"),
    }


def _parcels(state: str, now: datetime) -> Rows:
    """Parcels that stay at a step longer than they may, or beyond the last day that was promised.

    What waits for its buyer's word is late as a shortage, and what comes back as a return.
    """
    field = _since(state)
    within = policies.STEP_WITHIN.get(state)
    over = Q(order__promised_last__lt=day_of(now))
    over |= (
        Q(**{f"{field}__lt": now - within})
        if within
        else Q(order__promised_last=None, **{f"{field}__lt": now - policies.WITHOUT_PROMISE})
    )
    found = Consignment.objects.filter(over, state=state, coming_back_at=None)
    asked = Shortage.objects.filter(consignment=OuterRef("pk"), outcome="")
    return found.exclude(Exists(asked)).select_related("order", "moved_by").order_by(field, "pk")


def _since(state: str) -> str:
    return "opened_at" if state == State.OPEN else TIMES[State(state)]


def _parcel(row: Any) -> Late:
    since = getattr(row, _since(row.state)) or row.opened_at
    within = policies.STEP_WITHIN.get(row.state)
    promised = row.order.promised_last and start_of(row.order.promised_last + timedelta(days=1))
    due = since + (within or policies.WITHOUT_PROMISE)
    if promised and (within is None or promised < due):
        due = promised
    return Late(row.reference, since, due, (row.reference,), row.moved_by)


def _withdrawal(row: Any) -> Late:
    since, within = row.declared_at, policies.SENT_BACK_WITHIN
    if row.received_at:
        since, within = row.received_at, policies.DECIDE_RETURN_WITHIN
    return Late(row.reference, since, since + within, (row.order.number, row.number), row.handled_by)


def _returned(row: Any) -> Late:
    since = row.coming_back_at or row.refused_at
    return Late(row.reference, since, since + policies.BACK_WITHIN, (row.reference,), row.courier)


def _delivery(row: Any) -> Late:
    due = start_of(row.expected_on + timedelta(days=policies.DELIVERY_GRACE_DAYS + 1))
    return Late(row.number, row.announced_at, due, (row.pk,), row.announced_by)


def _shortage(row: Any) -> Late:
    return Late(row.consignment.reference, row.found_at, row.found_at + policies.ANSWER_WITHIN, owner=row.found_by)


def _cash(row: Any) -> Late:
    parcel = row.collection.parcel if row.collection_id else row.parcel
    return Late(str(parcel or row.pk), row.since, row.since + policies.CASH_WITHIN, owner=row.owner)


def _bank_line(row: Any) -> Late:
    """A line of the bank is seen to on the day that it is booked."""
    what = row.payout.reference if row.payout else row.end_to_end_id or row.reference or f"#{row.pk}"
    return Late(what, start_of(row.booked_on), start_of(row.booked_on + timedelta(days=1)), (row.file_id,))


def _under_way(row: Any) -> Late:
    sent_on = row.run.executes_on
    due = start_of(workday_after(sent_on, WORKDAYS, closed_days()))
    return Late(row.reference, start_of(sent_on), due, (row.reference,), row.run.exported_by)


def _file(row: Any) -> Late:
    return Late(row.name, row.uploaded_at, row.uploaded_at + policies.CASH_WITHIN, (row.pk,), row.uploaded_by)


SHOWN: dict[str, Callable[[Any], Late]] = {
    "jobs": lambda row: Late(row.key, row.run_at, row.run_at + LIMITS[row.queue]),
    **dict.fromkeys((*policies.STEP_WITHIN, "IN_TRANSIT"), _parcel),
    "deliveries": _delivery,
    "shortages": _shortage,
    "withdrawals": _withdrawal,
    "returns": _returned,
    "cash_lines": _cash,
    "cash_missing": _cash,
    "bank_lines": _bank_line,
    "under_way": _under_way,
    "remittances": _file,
}
