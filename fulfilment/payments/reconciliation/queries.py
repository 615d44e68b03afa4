"""Reads of what the comparison with the provider's account found."""

from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from .models import Discrepancy, Kind, ReconciliationRun


def open_discrepancies() -> QuerySet[Discrepancy]:
    """Return what nobody closed, the oldest first, with order, who took it up and all that was noted."""
    return (
        Discrepancy.objects.filter(closed_at=None)
        .select_related("order", "refund", "taken_by")
        .prefetch_related("notes__by")
    )


def closed_discrepancies() -> QuerySet[Discrepancy]:
    """Return what was closed, the latest first."""
    return (
        Discrepancy.objects.filter(closed_at__isnull=False)
        .select_related("order", "refund", "taken_by")
        .prefetch_related("notes__by")
        .order_by("-closed_at", "-pk")
    )


def runs() -> QuerySet[ReconciliationRun]:
    """Return comparisons, the latest first, each with how many differences it ``found``."""
    return ReconciliationRun.objects.annotate(found=Count("rows")).order_by("-ran_at", "-pk")


def open_counts() -> dict[str, int]:
    """How many differences nobody closed, by list; every list is named."""
    rows = Discrepancy.objects.filter(closed_at=None).order_by().values_list("kind").annotate(Count("pk"))
    return dict.fromkeys(Kind.values, 0) | dict(rows)


def last_good_run_age(now: datetime) -> timedelta | None:
    """How long ago both accounts were last compared; None when they never were."""
    last = ReconciliationRun.objects.filter(failure="").order_by("-ran_at").values_list("ran_at", flat=True).first()
    return now - last if last else None
