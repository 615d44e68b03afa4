"""What cooperatives were paid: a run on the 1st and the 16th, monthly ones on the 1st only."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from catalogue.cooperatives.models import Partner
from catalogue.kernel import periods
from catalogue.kernel.money import ZERO
from fulfilment.payouts.models import Payable, Payout, PayoutRun

RUN_AT = timedelta(hours=9)


@dataclass
class Paid:
    """A run, and what each of its payouts is for."""

    run: PayoutRun
    payouts: list[tuple[Payout, list[Payable]]] = field(default_factory=list)


def pay(payables: Sequence[Payable], cooperatives: dict[int, Partner], *, now: datetime) -> Iterator[Paid]:
    """Pay what might be paid before each past run."""
    waiting = [(begins_at, payable) for payable in payables if (begins_at := _payable_from(payable)) is not None]
    waiting.sort(key=lambda pair: pair[0])
    if not waiting:
        return
    for day in _run_days(periods.day_of(waiting[0][0]), periods.day_of(now)):
        cut_off_at = periods.start_of(day)
        if cut_off_at + RUN_AT > now:
            return
        due: dict[int, list[Payable]] = defaultdict(list)
        left = []
        for payable_from, payable in waiting:
            monthly = cooperatives[payable.cooperative_id].payout_cycle == "monthly"
            if payable_from <= cut_off_at and (day.day == 1 or not monthly):
                due[payable.cooperative_id].append(payable)
            else:
                left.append((payable_from, payable))
        waiting = left
        if paid := _run(day, cut_off_at, due, cooperatives):
            yield paid


def _payable_from(payable: Payable) -> datetime | None:
    """Say what the database will, once the row is written."""
    known = (payable.withdrawal_ends_at, payable.money_in_at)
    return max(filter(None, known)) if all(known) else None


def _run_days(first: date, last: date) -> Iterator[date]:
    day = periods.fortnight(first).until_day
    while day <= last:
        yield day
        day = periods.fortnight(day).until_day


def _run(
    day: date, cut_off_at: datetime, due: dict[int, list[Payable]], cooperatives: dict[int, Partner]
) -> Paid | None:
    run_at = cut_off_at + RUN_AT
    paid = Paid(PayoutRun(reference=f"PAY-{day:%Y%m%d}-01", cut_off_at=cut_off_at, run_at=run_at))
    for number, (cooperative_id, payables) in enumerate(sorted(due.items()), start=1):
        cooperative = cooperatives[cooperative_id]
        amount = sum((payable.order_line.owed_mad for payable in payables), ZERO)
        if not amount:
            continue
        payout = Payout(
            reference=f"{paid.run.reference}-{number:04d}",
            run=paid.run,
            cooperative=cooperative,
            amount_mad=amount,
            state=Payout.State.SETTLED,
            method=cooperative.payout_method,
            rib=cooperative.rib,
            settled_at=run_at,
        )
        paid.payouts.append((payout, payables))
    return paid if paid.payouts else None
