"""Reads of parcels for their papers, of the papers, and of manifests."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import Count, Prefetch, QuerySet, Sum

from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH
from fulfilment.payments import frozen
from fulfilment.payments.models import CashCollected, PaymentAttempt
from fulfilment.warehouse.models import Consignment, ConsignmentLine
from fulfilment.warehouse.policies import NEVER_SENT

from .models import Manifest, ManifestLine, ParcelPaper
from .policies import MOST_PARCELS

PACKED = Consignment.State.PACKED
PLACE = ("order__shipping_address__country", "order__shipping_address__commune", "order__shipping_address__province")


def parcel(consignment_id: int) -> Consignment:
    """Return a parcel with all that stands on its papers (two queries)."""
    return _with_goods().get(pk=consignment_id)


def parcels(consignment_ids: Iterable[int]) -> list[Consignment]:
    """Return parcels in the order in which a manifest lists them (two queries)."""
    return list(_with_goods().filter(pk__in=set(consignment_ids)).order_by("order__number", "reference"))


def _with_goods() -> QuerySet[Consignment]:
    lines = ConsignmentLine.objects.select_related("order_line__product", "order_line__withdrawal_period")
    found = Consignment.objects.select_related(*PLACE, "origin", "courier")
    return found.prefetch_related(Prefetch("lines", queryset=lines.order_by("order_line_id")))


def place_in_order(found: Consignment) -> tuple[int, int]:
    """Return which parcel of its order this is, and of how many that are sent (one query)."""
    sent = Consignment.objects.filter(order=found.order_id).exclude(state__in=NEVER_SENT)
    keys = list(sent.order_by("pk").values_list("pk", flat=True))
    return (keys.index(found.pk) + 1 if found.pk in keys else 1), max(1, len(keys))


def latest_paper(consignment_id: int, kind: str) -> ParcelPaper | None:
    """Return the paper of a parcel that holds now."""
    return ParcelPaper.objects.filter(consignment=consignment_id, kind=kind).order_by("-version").first()


def packed(origin_id: int | None = None) -> list[Consignment]:
    """Return parcels that wait for a courier, the oldest first, as many as one manifest takes (two queries)."""
    found = _with_goods().filter(state=PACKED)
    if origin_id is not None:
        found = found.filter(origin=origin_id)
    return list(found.order_by("packed_at", "pk")[:MOST_PARCELS])


def manifests() -> QuerySet[Manifest]:
    """Return manifests, the newest first, with what the courier was to collect."""
    return Manifest.objects.select_related("courier", "made_by").annotate(cash_mad=Sum("lines__cash_mad"))


def manifest_named(number: str) -> Manifest | None:
    return Manifest.objects.filter(number=number).first()


def lines_of(manifest: Manifest) -> list[ManifestLine]:
    """Return a manifest's parcels in their places, with where they go (one query)."""
    places = [f"consignment__{name}" for name in PLACE]
    return list(manifest.lines.select_related(*places, "consignment__origin").order_by("place"))


def manifest_of(consignment_ids: Iterable[int], courier_id: int) -> Manifest | None:
    """Return the manifest with which a courier was handed exactly these parcels, if there is one."""
    wanted = set(consignment_ids)
    on_it = Manifest.objects.filter(lines__consignment__in=wanted, courier=courier_id)
    found = on_it.annotate(shared=Count("lines")).order_by("pk").first()
    return found if found and found.shared == found.parcels == len(wanted) else None


def due_at_doors(parcels: Collection[Consignment]) -> dict[int, Decimal]:
    """Return what is asked for each parcel of an order in cash, if all are accepted in this order (four queries).

    Of an order's parcels the first carries the delivery, unless that is paid.
    """
    asked = PaymentAttempt.objects.filter(
        order__in={found.order_id for found in parcels}, provider=CASH, state=PaymentAttempt.State.STARTED
    )
    to_pay = set(asked.values_list("order_id", flat=True))
    in_cash = [found for found in parcels if found.order_id in to_pay]
    orders: dict[int, Order] = {found.order_id: found.order for found in in_cash}
    carried = CashCollected.objects.filter(attempt__order__in=orders, with_delivery=True)
    paid = set(carried.values_list("attempt__order_id", flat=True))
    lines = frozen.lines_of(orders.values())
    due: dict[int, Decimal] = {}
    for found in in_cash:
        sale, carries = frozen.next_at_door(
            found.order, found.reference, delivery_paid=found.order_id in paid, lines=lines.get(found.order_id, [])
        )
        if carries:
            paid.add(found.order_id)
        due[found.pk] = sale.gross
    return due
