"""What the office's pages of disputes read, each in a fixed number of queries."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from catalogue.kernel.money import ZERO
from fulfilment.orders.models import Line
from fulfilment.payments.models import Dispute


def dispute(pk: int) -> Dispute | None:
    """Return one dispute with its order and all that speaks for the shop."""
    order = "attempt__order__"
    found = Dispute.objects.filter(pk=pk).select_related(
        f"{order}shipping_address__country", f"{order}shipping_address__province", f"{order}user", "bearer_by"
    )
    return found.prefetch_related(
        "movements",
        "answers__asked_by",
        "attempt__refunds",
        Prefetch(f"{order}lines", queryset=Line.objects.order_by("pk")),
        f"{order}consignments__origin",
        f"{order}consignments__moved_by",
        f"{order}messages",
        f"{order}events__by",
    ).first()


def at_stake(disputes: QuerySet[Dispute]) -> list[tuple[str, Decimal]]:
    """Add up what open disputes are about, by currency (one query)."""
    rows = disputes.filter(state__in=Dispute.OPEN_STATES).order_by().values_list("currency", "amount")
    return sorted(_sums(rows).items())


def _sums(rows: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for currency, amount in rows:
        sums[currency] = sums.get(currency, ZERO) + amount
    return sums
