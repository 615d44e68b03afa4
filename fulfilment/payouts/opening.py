"""One line of a statement, opened: what was sold, and all that became of it since. Never who bought it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.cooperatives.models import Partner
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import Source
from fulfilment.ledger.policies.accounts import PAYABLE
from fulfilment.orders.models import Line

from . import owing, policies, queries
from .models import Payout
from .statements import StatementLine


@dataclass(frozen=True)
class Step:
    """A leg on the same order line, and the payout that was sent with it; none yet where it is owed."""

    line: StatementLine
    payout: Payout | None


@dataclass(frozen=True)
class Opened:
    """``line`` is the one that was asked for, ``steps`` all on its order line in time, itself among them."""

    line: StatementLine
    sold: Line | None
    steps: tuple[Step, ...]


def legs_of(cooperative: Partner) -> Any:
    """Return the legs that stand as lines on a cooperative's statements."""
    own = LedgerLine.objects.filter(account__code=PAYABLE, account__cooperative=cooperative)
    return own.exclude(entry__source=Source.PAYOUT)


def open_line(cooperative: Partner, leg_id: int, now: datetime) -> Opened | None:
    """Open a line of this cooperative's; nothing for another's (four queries)."""
    asked = legs_of(cooperative).select_related("entry").filter(pk=leg_id).first()
    if asked is None:
        return None
    same = legs_of(cooperative).filter(pk=asked.pk)
    if asked.order_line:
        same = legs_of(cooperative).filter(entry__order_number=asked.entry.order_number, order_line=asked.order_line)
    found = owing.with_standing(same).select_related("account", "entry__reverses", "payout_line__payout__run")
    rows = list(found.order_by("entry__occurred_at", "pk"))
    payouts = [_sent(row) for row in rows]
    owed = [row for row, payout in zip(rows, payouts, strict=True) if payout is None]
    due = {leg.ledger_line for leg in policies.due(map(owing.open_leg, owed), now)}
    lines = queries.lines_of(rows, due | {row.pk for row in rows if row not in owed})
    steps = tuple(Step(line, payout) for line, payout in zip(lines, payouts, strict=True))
    sold = Line.objects.select_related("product__family").filter(pk=asked.order_line).first()
    return Opened(next(step.line for step in steps if step.line.leg == asked.pk), sold, steps)


def _sent(row: Any) -> Payout | None:
    covered = getattr(row, "payout_line", None)
    return covered.payout if covered and covered.payout.state in Payout.SENT else None
