"""Drafting a run: what a cycle's cooperatives are owed for a period that is over, covered and nothing sent yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from catalogue.cooperatives.models import Partner
from catalogue.kernel.locks import try_advisory_lock
from catalogue.kernel.periods import Period, day_of
from catalogue.places.queries import closed_days
from fulfilment.payouts import accounts, advances, owing, policies, runs, sums
from fulfilment.payouts.models import AdvanceRepayment, Payable, Payout, PayoutLine, PayoutRun
from fulfilment.payouts.policies import OpenLeg, Planned

from .events import note

LOCK = "payouts.run"
BIG = 5_000
"""A draft of more legs is made by a worker; a page waits for smaller ones."""
COVER = (
    f"INSERT INTO {PayoutLine._meta.db_table} (payout_id, ledger_line_id)"  # noqa: S608
    " SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
)
"""As ``bulk_create`` would, without building a row for each of very many."""


class RunInProgress(Exception):
    """Another run holds the lock; what it pays must not be paid by this one."""

    def __init__(self) -> None:
        super().__init__(_("Another payout run is being drafted; nothing was written by this one."))


class PaidMeanwhile(Exception):
    """Something of this run's snapshot was taken by another run; nothing of this one is kept."""


class PeriodNotOver(Exception):
    """A run is of a period that is over: until then more is earned, or taken back."""

    def __init__(self, period: Period) -> None:
        self.period = period
        super().__init__(_("This period ends on %(day)s; it is paid after that.") % {"day": period.until_day})


@dataclass(frozen=True)
class Preview:
    """What a run drafted now would pay, and whom not and why."""

    cycle: str
    period: Period
    planned: Sequence[Planned]

    @property
    def paid(self) -> list[Planned]:
        return [one for one in self.planned if not one.left_out]

    @property
    def left_out(self) -> list[Planned]:
        return [one for one in self.planned if one.left_out]


def preview(*, cycle: str, now: datetime, period: Period | None = None) -> Preview:
    """Work out what a run of the last period that is over would pay, from sums. Locks and writes nothing."""
    period = _over(cycle, period, now)
    return Preview(cycle, period, _plan(period, sums.due_as_legs(_open(cycle), period.ends_at), now))


@transaction.atomic
def draft(
    *, cycle: str, now: datetime, period: Period | None = None, by: Any = None, accounts_at: datetime | None = None
) -> PayoutRun | None:
    """Draft the payments of a cycle for a period that is over, the last one unless another is named, or nothing.

    One transaction under an advisory lock: a run that is killed leaves no trace, and a second one at the same time
    raises ``RunInProgress``. Method, account and amount are frozen on each payout. Again in the same period it drafts
    for those who have no payout of it yet. The number of statements does not grow with the lines. ``accounts_at`` is
    for a past that is told: accounts are those of now otherwise. Raises ``PeriodNotOver``.
    """
    period = _over(cycle, period, now)
    if not try_advisory_lock(LOCK):
        raise RunInProgress
    planned = [one for one in _plan(period, _snapshot(cycle), accounts_at or now) if not one.left_out]
    if not planned:
        return None
    run = PayoutRun.objects.create(
        reference=_reference(cycle, period),
        cycle=cycle,
        from_day=period.from_day,
        until_day=period.until_day,
        cut_off_at=period.ends_at,
        pay_on=policies.pay_day(max(period.until_day, day_of(now)), closed_days()),
        run_at=now,
        run_by=by,
    )
    note(run, "drafted", at=now, by=by)
    _write(run, planned)
    return run


def draft_all(*, now: datetime, by: Any = None) -> list[PayoutRun]:
    """Draft what each cycle asks for as of now, the shortest first. Again, it drafts nothing twice."""
    drafted = (draft(cycle=cycle, now=now, by=by) for cycle in policies.CYCLES)
    return [run for run in drafted if run is not None]


def is_big(cycle: str) -> bool:
    """Tell whether a draft of this cycle may take longer than a page may (one query)."""
    return _open(cycle).count() > BIG


def _over(cycle: str, period: Period | None, now: datetime) -> Period:
    period = period or policies.last_period(cycle, day_of(now))
    if period.ends_at > now:
        raise PeriodNotOver(period)
    return period


def _open(cycle: str) -> Any:
    return owing.open_lines().filter(account__cooperative__payout_cycle=cycle)


def _snapshot(cycle: str) -> list[OpenLeg]:
    """Lock the lines that something is owed for, in key order, then read what is open: two statements.

    Legs are written for ever and cannot be locked; whoever freezes a line or pays it locks its payable first.
    """
    payables = Payable.objects.filter(order_line__in=_open(cycle).values("order_line")).order_by("pk")
    list(payables.select_for_update(no_key=True).values_list("pk", flat=True))  # very many: no rows are built
    return owing.legs(_open(cycle))


def _plan(period: Period, legs: Sequence[OpenLeg], accounts_at: datetime) -> list[Planned]:
    cooperatives = Partner.objects.in_bulk({leg.cooperative_id for leg in legs})
    paid = Payout.objects.filter(cooperative__in=cooperatives, from_day=period.from_day, until_day=period.until_day)
    received = accounts.receivers(cooperatives, accounts_at)
    terms = policies.Terms(
        cut_off_at=period.ends_at,
        methods={pk: one.payout_method for pk, one in cooperatives.items()},
        accounts=accounts.usable(cooperatives, received, accounts_at),
        paid=set(paid.exclude(state=Payout.State.CANCELLED).values_list("cooperative_id", flat=True)),
        minimum_mad=runs.minimum_on(period.until_day),
        mandated=received,
        advances=advances.to_pay_back(cooperatives),
    )
    return policies.plan(legs, terms)


def _write(run: PayoutRun, planned: Sequence[Planned]) -> None:
    try:
        payouts = _draw_up(run, planned)
        _cover(payouts, planned)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise PaidMeanwhile(run.reference) from error
        raise
    _deduct(payouts, planned)


def _draw_up(run: PayoutRun, planned: Sequence[Planned]) -> list[Payout]:
    payouts = [
        Payout(
            reference=f"{run.reference}-{number:04d}",
            run=run,
            cooperative_id=one.cooperative_id,
            from_day=run.from_day,
            until_day=run.until_day,
            amount_mad=one.amount_mad,
            deducted_mad=one.deducted_mad,
            method=one.method,
            rib=one.to.rib if one.to else "",
            holder=one.to.holder if one.to else "",
            account_id=one.to.account_id if one.to else None,
        )
        for number, one in enumerate(planned, start=1)
    ]
    return Payout.objects.bulk_create(payouts)


def _cover(payouts: Sequence[Payout], planned: Sequence[Planned]) -> None:
    """Write which legs each payout covers: a leg that is covered already undoes the whole run.

    All in one statement: the database asks after it whether each payout is what it covers.
    """
    covered = [(payout.pk, leg.ledger_line) for payout, one in zip(payouts, planned, strict=True) for leg in one.legs]
    with connection.cursor() as cursor:
        cursor.execute(COVER, [list(column) for column in zip(*covered, strict=True)])


def _deduct(payouts: Sequence[Payout], planned: Sequence[Planned]) -> None:
    """Write what each payout takes for which advance."""
    AdvanceRepayment.objects.bulk_create(
        AdvanceRepayment(payout=payout, advance_id=taken.advance_id, amount_mad=taken.amount_mad)
        for payout, one in zip(payouts, planned, strict=True)
        for taken in one.deductions
    )


def _reference(cycle: str, period: Period) -> str:
    """Name a run by the day on which its period ended, its cycle, and its number among those."""
    name = f"PAY-{period.until_day:%Y%m%d}-{cycle[0].upper()}"
    return f"{name}{PayoutRun.objects.filter(reference__startswith=name).count() + 1}"
