"""What of payments was given back, and what was lost to disputes."""

from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.money import ZERO

from .models import Dispute, PaymentAttempt, Refund


def with_sums() -> QuerySet[PaymentAttempt]:
    """Return attempts with what was ``given_back`` of each, or will be, and what of it was ``lost`` to disputes."""
    refunds = Refund.objects.exclude(state__in=Refund.NULL_STATES)
    lost = Dispute.objects.filter(state=Dispute.State.LOST, currency=OuterRef("currency"))
    return PaymentAttempt.objects.annotate(given_back=_sum_of(refunds), lost=_sum_of(lost))


def _sum_of(rows: QuerySet[Any]) -> Coalesce:
    of_one = rows.filter(attempt=OuterRef("pk")).order_by().values("attempt")
    total = Subquery(of_one.annotate(total=Sum("amount")).values("total"), output_field=DecimalField())
    return Coalesce(total, ZERO, output_field=DecimalField())


def partly_lost() -> QuerySet[PaymentAttempt]:
    """Return payments of which a dispute was lost, none lasts, and something was neither lost nor given back."""
    lost = Dispute.objects.filter(attempt=OuterRef("pk"), state=Dispute.State.LOST)
    lasts = Dispute.objects.filter(attempt=OuterRef("pk"), state__in=Dispute.MONEY_AT_STAKE)
    return with_sums().filter(Exists(lost), ~Exists(lasts), captured__gt=F("given_back") + F("lost"))
