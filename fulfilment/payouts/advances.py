"""Reads of advances: what a cooperative may have, what it has and has not paid back, what payouts take of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from catalogue.kernel.money import ZERO, from_minor
from fulfilment.ledger.models import Line
from fulfilment.ledger.policies import Source

from . import owing, policies
from .models import Advance, AdvanceRepayment, Payout, PayoutLine
from .policies import OpenAdvance

MONEY: DecimalField = DecimalField(max_digits=14, decimal_places=2)
LENT = Q(entry__source=Source.ADVANCE) | Q(entry__reverses__source=Source.PAYOUT)
"""Legs that are no earnings: an advance, and a payment that came back, which may have held one."""


@dataclass(frozen=True)
class Standing:
    """How much a cooperative may have in advances at a moment, and how much of it is taken up or asked for."""

    limit_mad: Decimal
    outstanding_mad: Decimal
    asked_mad: Decimal

    @property
    def left_mad(self) -> Decimal:
        return max(self.limit_mad - self.outstanding_mad - self.asked_mad, ZERO)


def advances() -> QuerySet[Advance]:
    """Return advances with ``repaid_mad`` and ``left_mad``; one that was not approved leaves nothing to pay back."""
    standing = AdvanceRepayment.objects.filter(advance=OuterRef("pk")).exclude(payout__state__in=AdvanceRepayment.VOID)
    sums = standing.order_by().values("advance").annotate(sum=Sum("amount_mad")).values("sum")
    nothing = Value(ZERO, output_field=MONEY)
    found = Advance.objects.annotate(repaid_mad=Coalesce(Subquery(sums, output_field=MONEY), nothing))
    return found.annotate(left_mad=F("amount_mad") - F("repaid_mad")).select_related("cooperative")


def running() -> QuerySet[Advance]:
    """Return the advances that are not paid back, the oldest first."""
    return advances().filter(state=Advance.State.APPROVED, left_mad__gt=0).order_by("decided_at", "pk")


def paid_out() -> QuerySet[Advance]:
    """Return running advances that their cooperative was sent, so that payouts may take them back.

    One whose payment came back was sent once a later payment was, as that holds what came back.
    """
    covering = PayoutLine.objects.filter(ledger_line__entry=OuterRef("entry"), payout__state__in=Payout.SENT)
    standing = Payout.objects.filter(
        cooperative=OuterRef("cooperative"),
        state__in=(Payout.State.EXPORTED, Payout.State.SETTLED),
        pk__gte=OuterRef("covered_by"),
    )
    found = running().annotate(covered_by=Subquery(covering.values("payout")[:1]))
    return found.filter(Exists(standing))


def to_pay_back(cooperatives: Iterable[int]) -> dict[int, list[OpenAdvance]]:
    """Return what payouts take back of each cooperative's advances, the oldest first (one query)."""
    found: dict[int, list[OpenAdvance]] = {}
    for one in paid_out().filter(cooperative__in=cooperatives):
        found.setdefault(one.cooperative_id, []).append(OpenAdvance(one.pk, one.left_mad, one.instalment_mad))
    return found


def standing(cooperative_id: int, now: datetime, *, but: Advance | None = None) -> Standing:
    """Work out a cooperative's limit from what it was paid lately and is owed (three queries).

    ``but`` is the one that is decided on: it takes up nothing yet.
    """
    return standings([cooperative_id], now, but=but)[cooperative_id]


def standings(cooperative_ids: Iterable[int], now: datetime, *, but: Advance | None = None) -> dict[int, Standing]:
    """Work out the limits of several cooperatives (three queries)."""
    ids = set(cooperative_ids)
    outstanding, asked = dict.fromkeys(ids, ZERO), dict.fromkeys(ids, ZERO)
    for one in advances().filter(cooperative__in=ids).exclude(pk=but.pk if but else None):
        if one.state == Advance.State.APPROVED:
            outstanding[one.cooperative_id] += one.left_mad
        elif one.state == Advance.State.ASKED:
            asked[one.cooperative_id] += one.amount_mad
    paid, owed = _paid_lately(ids, now), _owed(ids)
    limits = {pk: policies.advance_limit(paid.get(pk, ZERO), owed.get(pk, ZERO)) for pk in ids}
    return {pk: Standing(limits[pk], outstanding[pk], asked[pk]) for pk in ids}


def _paid_lately(ids: set[int], now: datetime) -> dict[int, Decimal]:
    """Add up what was earned and paid in the time that counts; advances are no earnings."""
    covered = Line.objects.filter(
        payout_line__payout__cooperative__in=ids,
        payout_line__payout__state=Payout.State.SETTLED,
        payout_line__payout__settled_at__gt=now - policies.LOOKED_BACK,
    )
    return _sums(covered.exclude(Q(entry__source=Source.PAYOUT) | LENT), "payout_line__payout__cooperative")


def _owed(ids: set[int]) -> dict[int, Decimal]:
    return _sums(owing.owed_lines().filter(account__cooperative__in=ids).exclude(LENT), "account__cooperative")


def _sums(lines: QuerySet[Line], by: str) -> dict[int, Decimal]:
    sums = lines.order_by().values_list(by).annotate(minor=Sum("amount_minor"))
    return {pk: from_minor(-minor) for pk, minor in sums}


def asked() -> QuerySet[Advance]:
    """Return what waits for an answer, the longest waiting first."""
    return advances().filter(state=Advance.State.ASKED).select_related("asked_by").order_by("asked_at", "pk")


def of_cooperative(cooperative_id: int) -> QuerySet[Advance]:
    """Return every advance that a cooperative asked for, the newest first."""
    return advances().filter(cooperative=cooperative_id).order_by("-asked_at", "-pk")
