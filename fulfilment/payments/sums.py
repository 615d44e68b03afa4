"""What of payments was given back, and what was lost to disputes."""

from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.money import ZERO

from .disputing.queries import at_stake
from .models import Dispute, PaymentAttempt, Refund


def with_sums() -> QuerySet[PaymentAttempt]:
    """Return attempts with what was ``given_back`` of each, or will be, and what of it was ``lost`` to disputes."""
    return PaymentAttempt.objects.annotate(given_back=given_back(), lost=lost())


def given_back(attempt: str = "pk") -> Coalesce:
    """For a query: what was given back of its attempt, or will be, or waits for a second person."""
    return _sum_of(Refund.objects.exclude(state__in=Refund.NULL_STATES), attempt)


def lost(attempt: str = "pk") -> Coalesce:
    """For a query with a ``currency``: what of its attempt was lost to disputes in that currency."""
    return _sum_of(Dispute.objects.filter(state=Dispute.State.LOST, currency=OuterRef("currency")), attempt)


def _sum_of(rows: QuerySet[Any], attempt: str) -> Coalesce:
    of_one = rows.filter(attempt=OuterRef(attempt)).order_by().values("attempt")
    total = Subquery(of_one.annotate(total=Sum("amount")).values("total"), output_field=DecimalField())
    return Coalesce(total, ZERO, output_field=DecimalField())


def partly_lost() -> QuerySet[PaymentAttempt]:
    """Return payments of which a dispute was lost, none lasts, and something was neither lost nor given back."""
    some_lost = Dispute.objects.filter(attempt=OuterRef("pk"), state=Dispute.State.LOST)
    lasts = at_stake().filter(attempt=OuterRef("pk"))
    return with_sums().filter(Exists(some_lost), ~Exists(lasts), captured__gt=F("given_back") + F("lost"))
