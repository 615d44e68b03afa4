"""Reads of what is missing."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.policies import CASH

from .models import Shortage
from .policies import Choice, choices


def asked() -> QuerySet[Shortage]:
    """Shortages whose buyer was asked and has not answered, the most urgent first, with what their page shows."""
    rows = Shortage.objects.filter(outcome="").select_related("order_line", "consignment__order", "consignment__origin")
    return rows.order_by("answer_by", "pk")


def asked_of(order: Any) -> list[Shortage]:
    """What the buyer of an order is asked about (one query)."""
    return list(asked().filter(consignment__order=order))


def one_of(order: Any, pk: int) -> Shortage | None:
    """Return a shortage of an order about which its buyer was asked once (one query)."""
    rows = Shortage.objects.filter(consignment__order=order, answer_by__isnull=False, pk=pk)
    return rows.select_related("order_line", "consignment__order").first()


def choices_of(asked: Collection[Shortage]) -> dict[int, tuple[Choice, ...]]:
    """Return what there is to choose of each shortage, loaded with line and order (one query)."""
    orders = {shortage.order_line.order_id for shortage in asked}
    kept = Allocation.objects.filter(line__order__in=orders, state__in=("HELD", "LEFT"))
    lines_of: dict[int, set[int]] = {}
    for order_id, line_id in kept.values_list("line__order", "line").distinct():
        lines_of.setdefault(order_id, set()).add(line_id)
    return {
        shortage.pk: choices(
            kept=shortage.order_line.num_allocated or 0,
            paid=shortage.consignment.order.payment_method != CASH,
            alone=not lines_of.get(shortage.order_line.order_id, set()) - {shortage.order_line_id},
        )
        for shortage in asked
    }


def of_parcel(consignment: Any) -> list[Shortage]:
    """Return what was missing of a parcel, the latest last (one query)."""
    return list(Shortage.objects.filter(consignment=consignment).select_related("order_line"))


def is_asked_of(consignment_id: int) -> bool:
    return Shortage.objects.filter(consignment=consignment_id, outcome="").exists()


def overdue(now: datetime) -> list[tuple[int, datetime]]:
    """Shortages whose time to answer is over, with that time, oldest first."""
    late = Shortage.objects.filter(outcome="", answer_by__lte=now).order_by("pk").values_list("pk", "answer_by")
    return [(pk, answer_by) for pk, answer_by in late if answer_by]
