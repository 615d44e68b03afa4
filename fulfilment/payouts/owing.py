"""What cooperatives are owed, read off the ledger: the legs on what is to be paid, but for those that were sent."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from catalogue.kernel.money import from_minor
from fulfilment.ledger.models import Line
from fulfilment.ledger.policies import Source
from fulfilment.ledger.policies.accounts import PAYABLE
from fulfilment.orders.withdrawing.queries import coming_back

from .models import Freeze, Payable, Payout
from .policies import OpenLeg

READ = (
    *("pk", "account__cooperative_id", "amount_minor", "entry__occurred_at", "order_line"),
    *("payable_from", "disputed", "withdrawn"),
)


def open_lines() -> QuerySet[Line]:
    """Return every leg that is owed for, or taken back, and not covered."""
    return Line.objects.filter(account__code=PAYABLE, payout_line=None)


def owed_lines() -> QuerySet[Line]:
    """Return every leg that is owed for: what a run covers is, until it is sent."""
    not_sent = Q(payout_line__payout__state__in=Payout.NOT_SENT)
    return Line.objects.filter(Q(payout_line=None) | not_sent, account__code=PAYABLE)


def with_standing(lines: QuerySet[Line]) -> QuerySet[Line]:
    """Add to legs what ``open_leg`` reads: from when on they may be paid, and what holds them."""
    payables = Payable.objects.filter(order_line=OuterRef("order_line"), cooperative=OuterRef("account__cooperative"))
    disputes = Freeze.objects.filter(lifted_at=None, order__lines=OuterRef("order_line"))
    return lines.select_related("account", "entry").annotate(
        payable_from=Subquery(payables.values("payable_from")),
        withdrawal_ends_at=Subquery(payables.values("withdrawal_ends_at")),
        money_in_at=Subquery(payables.values("money_in_at")),
        disputed=Exists(disputes),
        withdrawn=coming_back("order_line"),
    )


def open_leg(line: Any) -> OpenLeg:
    return OpenLeg(
        ledger_line=line.pk,
        cooperative_id=line.account.cooperative_id,
        amount_mad=from_minor(-line.amount_minor),
        since=line.entry.occurred_at,
        order_line=line.order_line,
        payable_from=line.payable_from,
        disputed=line.disputed,
        withdrawn=line.withdrawn,
    )


def legs(lines: QuerySet[Line]) -> list[OpenLeg]:
    """Return legs with what they wait for, in key order (one query): no rows are built, as a run reads very many."""
    rows = with_standing(lines).order_by("pk").values_list(*READ)
    return [
        OpenLeg(pk, cooperative, from_minor(-minor), since, line, payable_from, disputed, withdrawn)
        for pk, cooperative, minor, since, line, payable_from, disputed, withdrawn in rows
    ]


def own_lines(payouts: Iterable[Payout]) -> dict[str, int]:
    """Return the leg of each payout's own entry on what is to be paid, by reference (one query)."""
    references = [payout.reference for payout in payouts]
    lines = Line.objects.filter(entry__source=Source.PAYOUT, entry__external_id__in=references, account__code=PAYABLE)
    return dict(lines.values_list("entry__external_id", "pk"))
