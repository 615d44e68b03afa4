"""Proof for buyers, off payments that went through: was a line paid to its cooperative, and what was paid where."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from catalogue.kernel.money import ZERO
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import Source
from fulfilment.ledger.policies.accounts import ACCRUED, PAYABLE

from . import hiding
from .hiding import Paid, Place
from .models import Payout

LATELY = timedelta(days=365)
REGION = "cooperative__province__region__name"
COVERED_BY = ("payout_line__payout", "payout_line__payout__state", "payout_line__payout__settled_at")
SETTLED, RETURNED = Payout.State.SETTLED, Payout.State.RETURNED


@dataclass(frozen=True)
class Figures:
    """What was paid: by region, in regions of too few cooperatives together, and in all; women's where it may be told.

    ``since`` is when the last twelve months began. Nothing at all is told while too few cooperatives were paid.
    """

    since: datetime
    places: list[Place]
    together: Place | None
    whole: Paid | None
    womens: Paid | None


def figures(now: datetime) -> Figures:
    """Add up payments that went through and did not come back, regions in the language in use (one query)."""
    since = now - LATELY
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    lately = Q(settled_at__gte=since)
    rows = (
        Payout.objects.filter(state=SETTLED)
        .order_by()
        .values("cooperative__is_womens", region=Coalesce(f"{REGION}_{language}", REGION))
        .annotate(
            ever_mad=Sum("amount_mad"),
            lately_mad=Coalesce(Sum("amount_mad", filter=lately), ZERO),
            ever=Count("cooperative", distinct=True),
            lately=Count("cooperative", distinct=True, filter=lately),
            before=Count("cooperative", distinct=True, filter=~lately),
        )
    )
    places, together = hiding.grouped(_places(rows))
    shown = [*places, *([together] if together else [])]
    womens = sum((place.womens for place in shown), Paid())
    return Figures(
        since=since,
        places=places,
        together=together,
        whole=sum((place.whole for place in shown), Paid()) if shown else None,
        womens=womens if shown and hiding.womens_may_be_told(shown) else None,
    )


def _places(rows: Iterable[Mapping[str, Any]]) -> list[Place]:
    found: dict[str, dict[str, Paid]] = {}
    for row in rows:
        kind = "womens" if row["cooperative__is_womens"] else "others"
        fields = ("ever_mad", "lately_mad", *hiding.WINDOWS)
        paid = Paid(**{name: row[name] for name in fields})
        found.setdefault(row["region"], {})[kind] = paid
    return [Place(name, **kinds) for name, kinds in found.items()]


def paid_at(order_number: str, line_ids: Iterable[int]) -> dict[int, datetime | None]:
    """Say of each order line when its cooperative had all that it earned; nothing where it has not yet.

    A line of which all was taken back is left out, before it was delivered or after: nobody is owed for it. One query,
    and two more for each time that a bank sent back a payment it was in.
    """
    wanted = set(line_ids)
    legs = LedgerLine.objects.filter(entry__order_number=order_number, order_line__in=wanted)
    rows = legs.filter(account__code__in=(ACCRUED, PAYABLE)).values_list(
        "order_line", "account__code", "amount_minor", *COVERED_BY
    )
    legs_of: dict[int, list[tuple[int, int | None, str | None, datetime | None]]] = {}
    accrued: Counter[int] = Counter()
    for line, code, amount, payout, state, at in rows:
        if code == PAYABLE:
            legs_of.setdefault(line, []).append((amount, payout, state, at))
        else:
            accrued[line] += amount
    never_owed = {line for line, amount in accrued.items() if amount >= 0} - legs_of.keys()
    settled = _settled({payout: (state, at) for legs in legs_of.values() for _sum, payout, state, at in legs if payout})
    found: dict[int, datetime | None] = dict.fromkeys(wanted - never_owed)
    for line, legs_here in legs_of.items():
        if sum(amount for amount, *_rest in legs_here) >= 0:
            del found[line]
            continue
        earned = [settled.get(payout) if payout else None for amount, payout, *_rest in legs_here if amount < 0]
        paid = [at for at in earned if at]
        found[line] = max(paid) if len(paid) == len(earned) else None
    return found


def _settled(payouts: dict[int, tuple[str | None, datetime | None]]) -> dict[int, datetime | None]:
    """Say when each payout went through: one that came back did with the payout that pays it again."""
    ended = {pk: at if state == SETTLED else None for pk, (state, at) in payouts.items()}
    returned = [pk for pk, (state, _at) in payouts.items() if state == RETURNED]
    if returned:
        again = _paid_again(returned)
        later = _settled({payout: (state, at) for payout, state, at in again.values()})
        ended |= {pk: later[again[pk][0]] for pk in returned if pk in again}
    return ended


def _paid_again(returned: list[int]) -> dict[int, tuple[int, str, datetime | None]]:
    """Return by payout that came back the one that covers what it left to pay."""
    references = dict(Payout.objects.filter(pk__in=returned).values_list("reference", "pk"))
    back = LedgerLine.objects.filter(
        account__code=PAYABLE,
        entry__reverses__source=Source.PAYOUT,
        entry__reverses__external_id__in=references,
        payout_line__isnull=False,
    )
    rows = back.values_list("entry__reverses__external_id", *COVERED_BY)
    return {references[reference]: (payout, state, at) for reference, payout, state, at in rows}
