"""What must always be true of offers and their uses."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from fulfilment.orders.models import DeliveryDiscount, LineDiscount, Order

from .models import ConditionalOffer, OfferUse

COUNTED = Q(uses__released_at__isnull=True)
FAILED = (Order.Status.CANCELLED, Order.Status.EXPIRED)


@invariant("offers: what was counted is what the order's rows say")
def uses_are_rows() -> Iterable[object]:
    lines = LineDiscount.objects.filter(line__order=OuterRef("order"), offer_id=OuterRef("offer_id"))
    deliveries = DeliveryDiscount.objects.filter(order=OuterRef("order"), offer_id=OuterRef("offer_id"))
    nothing = Value(Decimal(0))

    def total(rows: object, field: str) -> Coalesce:
        grouped = rows.order_by().values("offer_id").annotate(found=Sum(field))  # type: ignore[attr-defined]
        return Coalesce(Subquery(grouped.values("found")), nothing)

    return (
        OfferUse.objects.annotate(on_lines=total(lines, "amount"), on_delivery=total(deliveries, "amount"))
        .annotate(borne=total(lines, "cooperative_mad"))
        .exclude(amount=F("on_lines") + F("on_delivery"), cooperative_mad=F("borne"))
    )


@invariant("offers: each discount of an order is counted once")
def rows_are_counted() -> Iterable[object]:
    for rows, order in ((LineDiscount.objects, "line__order"), (DeliveryDiscount.objects, "order")):
        counted = OfferUse.objects.filter(order=OuterRef(order), offer=OuterRef("offer_id"))
        found = rows.filter(offer_id__isnull=False).annotate(use=Subquery(counted.values("pk")[:1]))
        yield from found.filter(use__isnull=True)


@invariant("offers: a use is given back exactly when its order came to nothing")
def failed_orders_use_nothing() -> Iterable[object]:
    failed = Q(order__status__in=FAILED)
    return OfferUse.objects.filter((failed & Q(released_at__isnull=True)) | (~failed & Q(released_at__isnull=False)))


@invariant("offers: none was used more often, or gave more, than its limits allow")
def limits_hold() -> Iterable[object]:
    counted = ConditionalOffer.objects.annotate(
        used=Count("uses", filter=COUNTED), given=Sum("uses__amount_mad", filter=COUNTED)
    )
    yield from counted.filter(Q(used__gt=F("max_global_applications")) | Q(given__gt=F("budget_mad")))
    each = OfferUse.objects.filter(released_at__isnull=True, offer__max_user_applications__isnull=False)
    by_phone = each.order_by().values("offer", "phone", "offer__max_user_applications").annotate(times=Count("pk"))
    yield from by_phone.filter(times__gt=F("offer__max_user_applications"))
