"""The rule of a country on a day, read from rows the office can change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, Subquery

from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY
from fulfilment.shipping.models import DeliveryCountry, ImportRule
from fulfilment.shipping.queries import block_of, is_served
from fulfilment.shipping.sending.queries import in_force

from .policies import Terms

FIELDS = ("regime", "vat_pct", "currency", "value_limit", "duty_per_heading", "tax_waived_under", "seller_number")


def terms_for(destination: str, *, now: datetime) -> Terms | None:
    """Return what a country asks now (one query), or nothing at home and where nothing is recorded."""
    if destination == HOME_COUNTRY or not is_served(destination):
        return None
    proof = DeliveryCountry.objects.filter(iso2=destination).values("preferential_proof")
    rows = (
        ImportRule.objects.filter(in_force(day_of(now)), block=block_of(destination))
        .filter(Q(country="") | Q(country=destination))
        .annotate(proof=Subquery(proof[:1]))
        .order_by("country")
    )
    return lay_together(list(rows))


def lay_together(rows: Iterable[Any]) -> Terms | None:
    """Lay a country's row over its block's, which comes first: what a row leaves empty is the one below's."""
    values: dict[str, Any] = {}
    announces_food, proof = False, ""
    for row in rows:
        values |= {name: getattr(row, name) for name in FIELDS if getattr(row, name) not in (None, "")}
        announces_food, proof = announces_food or row.announces_food, row.proof or ""
    if not values.get("regime"):
        return None
    return Terms(**values, announces_food=announces_food, preferential_proof=proof)


def rules_by_place() -> list[ImportRule]:
    """Return every row ever recorded, by block and country, the newest of each first."""
    return list(ImportRule.objects.order_by("block", "country", "-valid_from"))
