"""Reads of how transfers are said to have ended: what waits for another person, and which payouts a line may be of."""

from django.db.models import Count, Min, Q, QuerySet, Sum

from . import matching, policies
from .models import BankFileLine, Ending, Payout

State = Payout.State
MOST_SHOWN = 20


def endings() -> QuerySet[Ending]:
    """Every ending with how many payouts it is of and what they come to, the oldest first."""
    sums = {"of": Count("rows"), "amount_mad": Sum("rows__payout__amount_mad"), "first": Min("rows__payout__reference")}
    return Ending.objects.annotate(**sums).select_related("run", "line", "asked_by", "answered_by").order_by("pk")


def asked() -> QuerySet[Ending]:
    """What waits for another person."""
    return endings().filter(state=Ending.State.ASKED)


def may_be_of(line: BankFileLine) -> list[Payout]:
    """Return the payouts that a line may be of, those that fit best first (one query).

    They are to its account, or of its amount but for what a bank charges.
    """
    states = (State.EXPORTED, State.SETTLED) if line.is_credit else (State.EXPORTED,)
    least, most = line.amount - policies.MOST_CHARGES, line.amount
    if line.is_credit:
        least, most = line.amount, line.amount + policies.MOST_CHARGES
    rib = matching.rib_of(line.account)
    fits = Q(amount_mad__gte=least, amount_mad__lte=most)
    found = Payout.objects.filter(fits, state__in=states, method=policies.TRANSFER, from_day__isnull=False)
    to_it = found.filter(rib=rib) if rib else found.none()
    nearest = to_it if to_it.exists() else found
    rows = nearest.select_related("cooperative", "run").order_by("-pk")[:MOST_SHOWN]
    return sorted(rows, key=lambda payout: (abs(payout.amount_mad - line.amount), -payout.pk))
