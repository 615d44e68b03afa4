"""What cooperatives are owed and were paid. Statements hold order lines, never who bought them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from catalogue.cooperatives.models import Partner
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import Source
from fulfilment.orders.models import Line

from . import owing, policies, statements
from .models import Payout, PayoutRun
from .statements import Statement, StatementLine


@dataclass(frozen=True)
class Owed:
    """What stands to be paid, what of it is due at the next run, and for how many order lines.

    Less than nothing where more was taken back than is to be paid.
    """

    owed_mad: Decimal
    due_mad: Decimal
    lines: int

    @property
    def waiting_mad(self) -> Decimal:
        return self.owed_mad - self.due_mad


def owed(cooperative: Partner, now: datetime) -> Owed:
    """Add up what a cooperative earned and was not paid (one query)."""
    return _owed(owing.open_legs(cooperative.pk), now)


def owed_by_cooperative(now: datetime) -> list[tuple[Partner, Owed]]:
    """Return every cooperative with something open, whom most is owed first (two queries)."""
    of_each: dict[int, list[policies.OpenLeg]] = {}
    for leg in owing.open_legs():
        of_each.setdefault(leg.cooperative_id, []).append(leg)
    cooperatives = Partner.objects.in_bulk(of_each)
    found = [(cooperatives[pk], _owed(legs, now)) for pk, legs in of_each.items()]
    return sorted(found, key=lambda pair: (-pair[1].owed_mad, pair[0].pk))


def _owed(legs: list[policies.OpenLeg], now: datetime) -> Owed:
    lines = {leg.order_line for leg in legs if leg.order_line}
    return Owed(policies.total(legs), policies.total(policies.due(legs, now)), len(lines))


def payouts_of(cooperative: Partner) -> QuerySet[Payout]:
    """A cooperative's payouts, the newest first."""
    return Payout.objects.filter(cooperative=cooperative).select_related("run").order_by("-pk")


def payout_of(cooperative: Partner, reference: str) -> Payout | None:
    """One payout of this cooperative; nothing for another's."""
    return payouts_of(cooperative).filter(reference=reference).first()


def owed_statement(cooperative: Partner, now: datetime) -> Statement:
    """Lay out what is still owed line by line, with what each waits for (two queries)."""
    legs = owing.with_standing(owing.open_lines().filter(account__cooperative=cooperative))
    rows = _in_order(legs)
    due = {leg.ledger_line for leg in policies.due(map(owing.open_leg, rows), now)}
    return statements.lay_out(_lines(rows, due))


def statement(payout: Payout) -> Statement:
    """Lay out what a payout covers line by line (two queries)."""
    legs = LedgerLine.objects.filter(payout_line__payout=payout)
    rows = _in_order(legs.exclude(entry__source=Source.PAYOUT, entry__external_id=payout.reference))
    return statements.lay_out(_lines(rows, {row.pk for row in rows}), payout)


def _in_order(legs: QuerySet[LedgerLine]) -> list[LedgerLine]:
    return list(legs.select_related("entry__reverses").order_by("entry__occurred_at", "pk"))


def _lines(legs: Iterable[Any], due: set[int]) -> list[StatementLine]:
    """Put legs beside the order lines they are about (one query)."""
    legs = list(legs)
    found = Line.objects.select_related("order", "payable").in_bulk([leg.order_line for leg in legs if leg.order_line])
    return [statements.line_of(leg, found.get(leg.order_line), is_due=leg.pk in due) for leg in legs]


def runs() -> QuerySet[PayoutRun]:
    """Every run with how many cooperatives it paid and how much, the newest first."""
    return PayoutRun.objects.annotate(cooperatives=Count("payouts"), amount_mad=Sum("payouts__amount_mad")).order_by(
        "-run_at", "-pk"
    )
