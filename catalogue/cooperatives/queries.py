"""Reads of cooperatives and of what they have on offer."""

from datetime import datetime

from django.apps import apps
from django.db.models import Prefetch, Q, QuerySet

from catalogue.kernel.shopping import Shopping, Terms

from .models import Appointment, CooperativeStep, Membership, Partner, StockRecord


def current_prices(shopping: Terms, now: datetime) -> QuerySet:  # type: ignore[type-arg]
    """Price rows of the list in force at ``now`` for one currency and tax side."""
    in_force = Q(price_list__ends_at__isnull=True) | Q(price_list__ends_at__gt=now)
    return (
        apps.get_model("pricing", "Price")  # pricing stands above this app, so it is reached by name
        .objects.filter(in_force, price_list__starts_at__lte=now)
        .filter(currency=shopping.currency, side=shopping.side)
    )


def priced_stockrecords(shopping: Shopping, now: datetime) -> QuerySet[StockRecord]:
    """Stock records with their seller and, as ``current_prices``, the row they are sold at (two queries in all)."""
    return StockRecord.objects.select_related("partner").prefetch_related(
        Prefetch("prices", queryset=current_prices(shopping, now), to_attr="current_prices")
    )


def named(words: str) -> QuerySet[Partner]:
    """Return cooperatives whose name, number or ICE has these words, all where there are none, by name."""
    found = Partner.objects.select_related("province", "union").order_by("short_name", "pk")
    if not words:
        return found
    wanted = Q(code__iexact=words) | Q(ice=words)
    for field in ("short_name_ar", "short_name_fr", "name_ar", "name_fr"):
        wanted |= Q(**{f"{field}__icontains": words})
    return found.filter(wanted)


def people(cooperative: Partner) -> QuerySet[Membership]:
    """Return who works for a cooperative, owners first."""
    return Membership.objects.filter(cooperative=cooperative).select_related("user").order_by("-role", "pk")


def open_appointment(cooperative: Partner) -> Appointment | None:
    """Return the owner that waits for a second person, or nothing."""
    waiting = cooperative.appointments.filter(state=Appointment.State.PROPOSED)
    return waiting.select_related("proposed_by").first()


def steps(cooperative: Partner) -> QuerySet[CooperativeStep]:
    """Return what the office did with a cooperative, the newest first."""
    return cooperative.steps.select_related("by")


def contacts_of_the_office() -> dict[str, dict[str, str]]:
    """Return by code what the office set of cooperatives' contacts, each field as it was set last."""
    kept: dict[str, dict[str, str]] = {}
    rows = CooperativeStep.objects.filter(kind=CooperativeStep.Kind.CONTACT).order_by("at", "pk")
    for code, changed in rows.values_list("cooperative__code", "changed"):
        kept.setdefault(code, {}).update({field: after for field, (_before, after) in changed.items()})
    return kept
