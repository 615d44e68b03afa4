"""What cooperatives are owed and were paid. Statements hold order lines, never who bought them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, JSONObject

from catalogue.cooperatives.models import Partner
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import Source
from fulfilment.orders.models import Line, LineShare

from . import owing, policies, statements
from .models import Payout
from .statements import Statement, StatementLine
from .sums import Owed, owed_of_each


def owed(cooperative: Partner, now: datetime) -> Owed:
    """Add up what a cooperative earned and was not sent (one query)."""
    return _owed(owing.legs(owing.owed_lines().filter(account__cooperative=cooperative)), now)


def owed_sums(now: datetime) -> list[tuple[int, Owed]]:
    """Return what is owed to each cooperative with something open, whom most is owed first (one query)."""
    found = owed_of_each(owing.owed_lines(), now)
    return sorted(found.items(), key=lambda pair: (-pair[1].owed_mad, pair[0]))


def owed_by_cooperative(now: datetime) -> list[tuple[Partner, Owed]]:
    """Return the same with the cooperatives themselves (two queries)."""
    return with_cooperatives(owed_sums(now))


def with_cooperatives(found: Sequence[tuple[int, Owed]]) -> list[tuple[Partner, Owed]]:
    """Put cooperatives in the place of their numbers (one query)."""
    cooperatives = Partner.objects.in_bulk([pk for pk, _owed in found])
    return [(cooperatives[pk], owed) for pk, owed in found]


def _owed(legs: list[policies.OpenLeg], now: datetime) -> Owed:
    lines = {leg.order_line for leg in legs if leg.order_line}
    return Owed(policies.total(legs), policies.total(policies.due(legs, now)), len(lines))


def payouts_of(cooperative: Partner) -> QuerySet[Payout]:
    """A cooperative's payouts that are on their way or were, the newest first."""
    sent = Payout.objects.filter(cooperative=cooperative, state__in=Payout.SENT)
    return sent.select_related("run", "account").order_by("-pk")


def received_for_others(cooperative: Partner) -> QuerySet[Payout]:
    """What a cooperative received, or will, on its own account for members of its union, the newest first."""
    found = Payout.objects.filter(account__cooperative=cooperative, state__in=Payout.SENT)
    return found.exclude(cooperative=cooperative).select_related("run", "cooperative").order_by("-pk")


def payout_of(cooperative: Partner, reference: str) -> Payout | None:
    """One payout of this cooperative; nothing for another's."""
    return payouts_of(cooperative).filter(reference=reference).first()


def owed_statement(cooperative: Partner, now: datetime) -> Statement:
    """Lay out what is still owed line by line, with what each waits for (two queries)."""
    legs = owing.with_standing(owing.owed_lines().filter(account__cooperative=cooperative))
    rows = _in_order(legs)
    due = {leg.ledger_line for leg in policies.due(map(owing.open_leg, rows), now)}
    return statements.lay_out(lines_of(rows, due))


def statement(payout: Payout) -> Statement:
    """Lay out what a payout covers line by line (two queries)."""
    return statements_of([payout])[payout.pk]


def statements_of(payouts: Collection[Payout]) -> dict[int, Statement]:
    """Lay out what each of these payouts covers, by its key (two queries)."""
    own = Q(entry__source=Source.PAYOUT, entry__external_id=F("payout_line__payout__reference"))
    legs = LedgerLine.objects.filter(payout_line__payout__in=payouts).exclude(own)
    rows: list[Any] = _in_order(legs.annotate(covered_by=F("payout_line__payout")))
    covered: dict[int, list[StatementLine]] = {payout.pk: [] for payout in payouts}
    for row, line in zip(rows, lines_of(rows, {row.pk for row in rows}), strict=True):
        covered[row.covered_by].append(line)
    return {payout.pk: statements.lay_out(covered[payout.pk], payout) for payout in payouts}


def _in_order(legs: QuerySet[LedgerLine]) -> list[LedgerLine]:
    return list(legs.select_related("entry__reverses", "account").order_by("entry__occurred_at", "pk"))


TOLD = ArraySubquery(
    LineShare.objects.filter(line=OuterRef("pk"))
    .order_by("lot__number", "cooperative")
    .values(
        told=JSONObject(
            cooperative="cooperative_id",
            lot="lot__number",
            per_mille="per_mille",
            given_minor=Cast(F("given_mad") * 100, IntegerField()),
        )
    )
)
"""The shares of an order line, read with it."""


def lines_of(legs: Iterable[Any], due: set[int]) -> list[StatementLine]:
    """Put legs beside the order lines they are about (one query). ``due`` are those that are paid, or may be."""
    legs = list(legs)
    lines = Line.objects.select_related("order", "consignment_line__consignment").annotate(told=TOLD)
    found = lines.in_bulk([leg.order_line for leg in legs if leg.order_line])
    return [statements.line_of(leg, found.get(leg.order_line), is_due=leg.pk in due) for leg in legs]
