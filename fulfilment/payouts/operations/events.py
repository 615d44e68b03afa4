"""Who did which step when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fulfilment.payouts.models import Payout, PayoutEvent, PayoutRun


def note(run: PayoutRun, kind: str, *, at: datetime, by: Any = None, text: str = "") -> None:
    PayoutEvent.objects.create(run=run, kind=kind, at=at, by=by, note=text[:200])


def note_each(payouts: Iterable[Payout], kind: str, *, at: datetime, by: Any = None, text: str = "") -> None:
    PayoutEvent.objects.bulk_create(
        PayoutEvent(run_id=payout.run_id, payout=payout, kind=kind, at=at, by=by, note=text[:200]) for payout in payouts
    )
