"""Reads of mandates: who receives for whom at a moment."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet

from catalogue.cooperatives.models import Partner
from catalogue.kernel.periods import day_of

from .models import Mandate

State = Mandate.State


def mandates() -> QuerySet[Mandate]:
    """Return mandates with all that a page shows of them, the latest first."""
    people = ("proposed_by", "approved_by", "ended_by")
    return Mandate.objects.select_related("cooperative__union", "receiver", *people)


def in_force(at: datetime) -> QuerySet[Mandate]:
    """Return the mandates by which money goes to another at a moment; both are of one union still."""
    day = day_of(at)
    open_ended = Q(until_day=None) | Q(until_day__gt=day)
    counting = Mandate.objects.filter(open_ended, state=State.APPROVED, usable_from__lte=at, from_day__lte=day)
    return counting.filter(receiver__union=F("cooperative__union"), receiver__is_active=True)


def receivers(cooperative_ids: Iterable[int], at: datetime) -> dict[int, int]:
    """Say for whom of these another receives at a moment, and who (one query)."""
    found = in_force(at).filter(cooperative__in=set(cooperative_ids))
    return dict(found.values_list("cooperative", "receiver"))


def fellows(cooperative: Partner) -> QuerySet[Partner]:
    """Return the other members of a cooperative's union, any of which may receive for it."""
    found = Partner.objects.filter(union=cooperative.union_id, union__isnull=False, is_active=True)
    return found.exclude(pk=cooperative.pk).order_by("short_name", "pk")
