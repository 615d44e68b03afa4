"""What cooperatives are owed, read off the ledger: the legs on what is to be paid that no payout covers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from catalogue.kernel.money import from_minor
from fulfilment.ledger.models import Line
from fulfilment.ledger.policies import Source
from fulfilment.ledger.policies.accounts import PAYABLE
from fulfilment.orders.withdrawing.queries import coming_back

from .models import Freeze, Payable, Payout
from .policies import OpenLeg


def open_lines() -> QuerySet[Line]:
    """Return every leg that is owed for, or taken back, and not covered."""
    return Line.objects.filter(account__code=PAYABLE, payout_line=None)


def with_standing(lines: QuerySet[Line]) -> QuerySet[Line]:
    """Add to legs what ``open_leg`` reads: from when on they may be paid, and what holds them."""
    payables = Payable.objects.filter(order_line=OuterRef("order_line"))
    disputes = Freeze.objects.filter(lifted_at=None, order__lines=OuterRef("order_line"))
    return lines.select_related("account").annotate(
        payable_from=Subquery(payables.values("payable_from")),
        disputed=Exists(disputes),
        withdrawn=coming_back("order_line"),
    )


def open_leg(line: Any) -> OpenLeg:
    return OpenLeg(
        ledger_line=line.pk,
        cooperative_id=line.account.cooperative_id,
        amount_mad=from_minor(-line.amount_minor),
        order_line=line.order_line,
        payable_from=line.payable_from,
        disputed=line.disputed,
        withdrawn=line.withdrawn,
    )


def open_legs(cooperative_id: int | None = None) -> list[OpenLeg]:
    """Return what is open, of one cooperative or of all, in key order (one query)."""
    lines = with_standing(open_lines()).order_by("pk")
    if cooperative_id is not None:
        lines = lines.filter(account__cooperative=cooperative_id)
    return [open_leg(line) for line in lines]


def own_lines(payouts: Iterable[Payout]) -> dict[str, int]:
    """Return the leg of each payout's own entry on what is to be paid, by reference (one query)."""
    references = [payout.reference for payout in payouts]
    lines = Line.objects.filter(entry__source=Source.PAYOUT, entry__external_id__in=references, account__code=PAYABLE)
    return dict(lines.values_list("entry__external_id", "pk"))
