"""What must be true of what is fetched and sold in shops."""

from collections.abc import Iterable

from django.db.models import F

from catalogue.kernel.invariants import invariant
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Order
from fulfilment.payments.models import CashCollected

from .models import Collection, CounterSale


@invariant("collecting: an order that is fetched in a shop takes that shop's lots alone")
def from_its_shop() -> Iterable[object]:
    fetched = Allocation.objects.filter(line__order__collect_at__isnull=False, state__in=("HELD", "LEFT"))
    return fetched.exclude(stock__place_id=F("line__order__collect_at_id"))


@invariant("collecting: what was handed over is delivered, what was let go is cancelled, what waits is packed")
def orders_follow() -> Iterable[object]:
    rows = Collection.objects.select_related("order")
    delivered = (Order.Status.DELIVERED, Order.Status.COMPLETED, Order.Status.RETURNED)
    yield from rows.filter(handed_over_at__isnull=False).exclude(order__status__in=delivered)
    yield from rows.filter(let_go_at__isnull=False).exclude(order__status=Order.Status.CANCELLED)
    yield from rows.filter(handed_over_at__isnull=True, let_go_at__isnull=True, order__consignments__state="OPEN")
    yield from rows.exclude(place_id=F("order__collect_at_id"))


@invariant("collecting: a counter sale is of its shop's channel, delivered, and its cash is in that shop's till")
def sales_are_whole() -> Iterable[object]:
    sales = CounterSale.objects.all()
    yield from sales.exclude(order__channel=Order.Channel.SHOP, order__collect_at_id=F("place_id"))
    done = (Order.Status.DELIVERED, Order.Status.COMPLETED, Order.Status.RETURNED)
    yield from sales.exclude(order__status__in=done)
    yield from Order.objects.filter(channel=Order.Channel.SHOP, counter_sale=None)
    taken = CashCollected.objects.filter(attempt__order__counter_sale__isnull=False)
    yield from taken.exclude(courier__till__place_id=F("attempt__order__collect_at_id"))
