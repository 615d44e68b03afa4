"""What must be true of payout runs: each was approved as it stands, by another, and its payouts go with it."""

import hashlib
from collections.abc import Iterable

from django.db.models import F, Q

from catalogue.kernel.invariants import invariant

from . import runs
from .models import BankFileLine, Payout, PayoutFile, PayoutRun

State, Run = Payout.State, PayoutRun.State
FITTING = {
    Run.DRAFTED: (State.DRAFTED,),
    Run.SUBMITTED: (State.DRAFTED,),
    Run.APPROVED: (State.APPROVED,),
    Run.EXPORTED: Payout.SENT,
    Run.CLOSED: (State.SETTLED, State.RETURNED),
    Run.CANCELLED: (State.CANCELLED,),
}


@invariant("payouts: a run that was submitted, approved or sent is what it was then")
def runs_are_what_was_approved() -> Iterable[object]:
    for run in PayoutRun.objects.exclude(content_sha256="").order_by("pk"):
        if runs.fingerprint(run) != run.content_sha256:
            yield run


@invariant("payouts: a run was approved by someone who neither drafted nor submitted it")
def approved_by_another() -> Iterable[object]:
    approved = PayoutRun.objects.exclude(cycle="").filter(state__in=(Run.APPROVED, Run.EXPORTED, Run.CLOSED))
    return approved.filter(Q(approved_by=None) | Q(approved_by=F("run_by")) | Q(approved_by=F("submitted_by")))


@invariant("payouts: each payout is where its run is, for its run's period")
def payouts_go_with_their_run() -> Iterable[object]:
    for state, fitting in FITTING.items():
        yield from Payout.objects.filter(run__state=state).exclude(state__in=fitting)
    dated = Payout.objects.exclude(run__cycle="")
    yield from dated.exclude(from_day=F("run__from_day"), until_day=F("run__until_day"), currency=F("run__currency"))
    open_runs = PayoutRun.objects.filter(state=Run.EXPORTED)
    yield from open_runs.exclude(payouts__state=State.EXPORTED)


@invariant("payouts: the files of a run are as they were made")
def files_are_kept() -> Iterable[object]:
    for file in PayoutFile.objects.order_by("pk").iterator(chunk_size=20):
        if hashlib.sha256(file.content).hexdigest() != file.sha256:
            yield file


@invariant("payouts: what the bank said became of a payout is what became of it")
def bank_lines_hold() -> Iterable[object]:
    settled = BankFileLine.objects.filter(outcome=BankFileLine.Outcome.SETTLED)
    yield from settled.exclude(payout__settled_at__isnull=False, amount=F("payout__amount_mad"))
    returned = BankFileLine.objects.filter(outcome=BankFileLine.Outcome.RETURNED)
    yield from returned.exclude(payout__state=State.RETURNED, amount=F("payout__amount_mad"))
