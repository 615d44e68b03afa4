"""What cooperatives are owed and were paid. Statements hold order lines, never who bought them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from catalogue.cooperatives.models import Partner

from .models import Payable, Payout, PayoutRun

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Owed:
    """What stands to be paid, and for how many order lines."""

    payable_mad: Decimal
    lines: int


@dataclass(frozen=True)
class StatementLine:
    """One thing sold. ``deducted_mad`` is what the cooperative bore of discounts; refunds and advances come later."""

    product: str
    order_number: str
    earned_at: datetime
    quantity: int
    farm_gate_mad: Decimal
    sold_mad: Decimal
    deducted_mad: Decimal
    to_receive_mad: Decimal


@dataclass(frozen=True)
class Statement:
    """What was sold, what was taken off, what is received, and when it was paid (nothing while it is owed)."""

    payout: Payout | None
    lines: tuple[StatementLine, ...]
    sold_mad: Decimal
    deducted_mad: Decimal
    to_receive_mad: Decimal
    paid_at: datetime | None


def owed(cooperative: Partner) -> Owed:
    """Add up what a cooperative earned and was not paid (one query)."""
    rows = Payable.objects.filter(cooperative=cooperative, state=Payable.State.PAYABLE)
    found = rows.aggregate(amount=Sum("amount_mad"), lines=Count("pk"))
    return Owed(found["amount"] or NOTHING, found["lines"])


def payouts_of(cooperative: Partner) -> QuerySet[Payout]:
    """A cooperative's payouts, the newest first."""
    return Payout.objects.filter(cooperative=cooperative).select_related("run").order_by("-pk")


def payout_of(cooperative: Partner, reference: str) -> Payout | None:
    """One payout of this cooperative; nothing for another's."""
    return payouts_of(cooperative).filter(reference=reference).first()


def statement(cooperative: Partner, payout: Payout | None = None) -> Statement:
    """Lay out one payout line by line, or what is still owed (one query)."""
    rows = Payable.objects.filter(cooperative=cooperative).select_related("order_line__order")
    rows = rows.filter(payout=payout) if payout else rows.filter(state=Payable.State.PAYABLE)
    lines = tuple(_line(row) for row in rows.order_by("earned_at", "pk"))
    return Statement(
        payout=payout,
        lines=lines,
        sold_mad=sum((line.sold_mad for line in lines), NOTHING),
        deducted_mad=sum((line.deducted_mad for line in lines), NOTHING),
        to_receive_mad=sum((line.to_receive_mad for line in lines), NOTHING),
        paid_at=payout.settled_at if payout else None,
    )


def runs() -> QuerySet[PayoutRun]:
    """Every run with how many cooperatives it paid and how much, the newest first."""
    return PayoutRun.objects.annotate(cooperatives=Count("payouts"), amount_mad=Sum("payouts__amount_mad")).order_by(
        "-run_at", "-pk"
    )


def _line(row: Payable) -> StatementLine:
    line = row.order_line
    return StatementLine(
        product=line.title_here,
        order_number=line.order.number,
        earned_at=row.earned_at,
        quantity=line.quantity,
        farm_gate_mad=line.farm_gate_mad,
        sold_mad=row.amount_mad + line.given_mad,
        deducted_mad=line.given_mad,
        to_receive_mad=row.amount_mad,
    )
