"""Submitting a draft, approving it as another person, sending it back, throwing it away."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel.locks import lock_one
from fulfilment.payouts import runs
from fulfilment.payouts.models import Payout, PayoutLine, PayoutRun

from .events import note

State = PayoutRun.State


class NotNow(Exception):
    """A run in this state cannot take this step. ``state`` is what it is in."""

    def __init__(self, run: PayoutRun) -> None:
        self.state = run.state
        super().__init__(
            _("Run %(run)s is “%(state)s”: this step is not possible now.")
            % {"run": run.reference, "state": run.get_state_display()}
        )


class OwnRun(Exception):
    """Who drafted or submitted a run cannot approve it."""

    def __init__(self) -> None:
        super().__init__(_("You drafted or submitted this run; someone else has to approve it."))


class ContentChanged(Exception):
    """The run is not what was looked at, or not what was submitted."""

    def __init__(self) -> None:
        super().__init__(_("The run is not the one that was submitted and shown to you. Nothing was approved."))


class HeldMeanwhile(Exception):
    """Something that the run pays is disputed by now, or on its way back, its account blocked or its mandate over.

    ``payouts`` are their references.
    """

    def __init__(self, payouts: list[str]) -> None:
        self.payouts = payouts
        said = _(
            "Something is disputed, coming back or blocked by now: %(payouts)s. Throw the run away and draft it again."
        )
        super().__init__(said % {"payouts": ", ".join(payouts[:5])})


def locked(run_id: int, *states: str) -> PayoutRun:
    """Lock a run that is in one of these states, or raise ``NotNow``."""
    run = lock_one(PayoutRun.objects.filter(pk=run_id))
    if run.state not in states:
        raise NotNow(run)
    return run


@transaction.atomic
def submit(*, run_id: int, by: Any, now: datetime) -> PayoutRun:
    """Hand a draft to whoever approves it, with a fingerprint of its content. Raises ``NotNow``, ``HeldMeanwhile``."""
    run = locked(run_id, State.DRAFTED)
    refuse_held(run, now)
    run.state, run.submitted_at, run.submitted_by = State.SUBMITTED, now, by
    run.content_sha256 = runs.fingerprint(run)
    run.save(update_fields=["state", "submitted_at", "submitted_by", "content_sha256"])
    note(run, "submitted", at=now, by=by, text=run.content_sha256)
    return run


@transaction.atomic
def approve(*, run_id: int, seen: str, by: Any, now: datetime) -> PayoutRun:
    """Approve a submitted run as it was looked at (``seen``: its fingerprint), by someone who did not make it.

    Raises ``NotNow``, ``OwnRun``, ``ContentChanged`` or ``HeldMeanwhile``.
    """
    run = locked(run_id, State.SUBMITTED)
    if by.pk in (run.run_by_id, run.submitted_by_id):
        raise OwnRun
    if not seen == run.content_sha256 == runs.fingerprint(run):
        raise ContentChanged
    refuse_held(run, now)
    run.state, run.approved_at, run.approved_by, run.approved_sha256 = State.APPROVED, now, by, seen
    run.save(update_fields=["state", "approved_at", "approved_by", "approved_sha256"])
    run.payouts.update(state=Payout.State.APPROVED)
    note(run, "approved", at=now, by=by, text=seen)
    return run


@transaction.atomic
def send_back(*, run_id: int, by: Any, now: datetime, reason: str = "") -> PayoutRun:
    """Make a submitted or approved run a draft again: what was approved is void. Raises ``NotNow``."""
    run = locked(run_id, State.SUBMITTED, State.APPROVED)
    _unsubmit(run, State.DRAFTED)
    run.payouts.filter(state=Payout.State.APPROVED).update(state=Payout.State.DRAFTED)
    note(run, "sent_back", at=now, by=by, text=reason)
    return run


@transaction.atomic
def cancel(*, run_id: int, by: Any, now: datetime, reason: str = "") -> PayoutRun:
    """Throw a run away before it is approved: what it covered is owed and open again. Raises ``NotNow``."""
    run = locked(run_id, State.DRAFTED, State.SUBMITTED)
    _unsubmit(run, State.CANCELLED)
    run.payouts.update(state=Payout.State.CANCELLED)
    PayoutLine.objects.filter(payout__run=run).delete()
    note(run, "cancelled", at=now, by=by, text=reason)
    return run


def _unsubmit(run: PayoutRun, state: str) -> None:
    run.state, run.content_sha256, run.approved_sha256 = state, "", ""
    run.submitted_at, run.submitted_by_id, run.approved_at, run.approved_by_id = None, None, None, None
    run.save(
        update_fields=[
            *("state", "content_sha256", "approved_sha256"),
            *("submitted_at", "submitted_by", "approved_at", "approved_by"),
        ]
    )


def refuse_held(run: PayoutRun, now: datetime) -> None:
    """Raise ``HeldMeanwhile`` for what became disputed, or was declared as coming back, since the draft."""
    if payouts := runs.held(run, now):
        raise HeldMeanwhile(payouts)
