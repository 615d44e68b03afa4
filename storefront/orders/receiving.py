"""What whoever receives an order sees of it: the parcel and its way. It shows nothing of the payer but a name."""

from collections.abc import Sequence
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalogue.kernel.money import ZERO
from fulfilment.orders import queries
from fulfilment.orders.links import recipient_key_fits
from fulfilment.orders.models import Line, Order
from fulfilment.orders.policies import CASH
from fulfilment.shipping.queries import METHOD_NAMES
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.queries import with_sellers

from .doors import paid_at_door, refused_of
from .parcels import ways_of
from .recalling import notices_of
from .timeline import way_of

PAYS = (Order.Status.CONFIRMED, Order.Status.PREPARING, Order.Status.SHIPPED)


@never_cache
@require_safe
def parcel(request: HttpRequest, number: str) -> HttpResponse:
    """Show the parcel to whoever holds the recipient's key; the payer's key, or a visit before, opens nothing here."""
    order = queries.for_page(number) if recipient_key_fits(number, request.GET.get("k", "")) else None
    if order is None or not order.for_someone_else:
        raise Http404
    lines, parcels = list(order.lines.all()), with_sellers(order)
    context = {
        "order": order,
        "lines": lines,
        "recalled": notices_of(order, parcels),
        "ways": ways_of(order, parcels, lines),
        "steps": way_of(order),
        "address": order.shipping_address,
        "method": METHOD_NAMES.get(order.shipping_code, order.shipping_method),
        "shows_prices": not order.prices_hidden,
        "to_pay": _to_pay(order, lines, parcels),
    }
    return render(request, "shop/order_parcel.html", context)


def _to_pay(order: Order, lines: Sequence[Line], parcels: Sequence[Consignment]) -> Decimal | None:
    """Return what the courier is still paid at the door; of what was not taken there, nothing."""
    if order.payment_method != CASH or order.status not in PAYS:
        return None
    refused = refused_of(order, lines)
    if refused:
        return refused.to_pay
    came = any(parcel.state == Consignment.State.DELIVERED for parcel in parcels)
    return order.total_incl_tax - (paid_at_door(order.pk) if came else ZERO)
