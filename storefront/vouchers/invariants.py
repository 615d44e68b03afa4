"""What must always be true of vouchers' uses."""

from collections.abc import Iterable

from django.db.models import Count, F, Q

from catalogue.kernel.invariants import invariant
from fulfilment.orders.models import Order

from .models import Voucher, VoucherUse

FAILED = (Order.Status.CANCELLED, Order.Status.EXPIRED)


@invariant("vouchers: none was used more often than it may")
def limits_hold() -> Iterable[object]:
    counted = Voucher.objects.annotate(used=Count("uses", filter=Q(uses__released_at__isnull=True)))
    return counted.filter(Q(usage=Voucher.SINGLE_USE, used__gt=1) | Q(used__gt=F("max_uses")))


@invariant("vouchers: a use is given back exactly when its order came to nothing")
def failed_orders_use_nothing() -> Iterable[object]:
    failed = Q(order__status__in=FAILED)
    return VoucherUse.objects.filter((failed & Q(released_at__isnull=True)) | (~failed & Q(released_at__isnull=False)))
