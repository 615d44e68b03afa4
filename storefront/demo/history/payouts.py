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
    run: PayoutRun
    payouts: list[Payout] = field(default_factory=list)


def pay(payables: Sequence[Payable], cooperatives: dict[int, Partner], *, now: datetime) -> Iterator[Paid]:
    """Settle what was earned before each past run; the payables are changed in place."""
    waiting = sorted(payables, key=lambda payable: payable.earned_at)
    if not waiting:
        return
    for day in _run_days(periods.day_of(waiting[0].earned_at), periods.day_of(now)):
        cut_off_at = periods.start_of(day)
        if cut_off_at + RUN_AT > now:
            return
        due: dict[int, list[Payable]] = defaultdict(list)
        for payable in waiting:
            monthly = cooperatives[payable.cooperative_id].payout_cycle == "monthly"
            if payable.earned_at < cut_off_at and (day.day == 1 or not monthly):
                due[payable.cooperative_id].append(payable)
        if due:
            yield _run(day, cut_off_at, due, cooperatives)
        waiting = [payable for payable in waiting if payable.state != Payable.State.SETTLED]


def _run_days(first: date, last: date) -> Iterator[date]:
    day = periods.fortnight(first).until_day
    while day <= last:
        yield day
        day = periods.fortnight(day).until_day


def _run(day: date, cut_off_at: datetime, due: dict[int, list[Payable]], cooperatives: dict[int, Partner]) -> Paid:
    run_at = cut_off_at + RUN_AT
    paid = Paid(PayoutRun(reference=f"PAY-{day:%Y%m%d}-01", cut_off_at=cut_off_at, run_at=run_at))
    for number, (cooperative_id, payables) in enumerate(sorted(due.items()), start=1):
        cooperative = cooperatives[cooperative_id]
        payout = Payout(
            reference=f"{paid.run.reference}-{number:04d}",
            run=paid.run,
            cooperative=cooperative,
            amount_mad=sum((payable.amount_mad for payable in payables), ZERO),
            state=Payout.State.SETTLED,
            method=cooperative.payout_method,
            rib=cooperative.rib,
            settled_at=run_at,
        )
        for payable in payables:
            payable.state, payable.payout = Payable.State.SETTLED, payout
        paid.payouts.append(payout)
    return paid
