"""An order's receipt, to print."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fulfilment.shipping.queries import METHOD_NAMES

from .access import order_or_404, remember_key
from .money import money_of


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was bought, what it cost and where the money goes, on one sheet."""
    order = order_or_404(request, number)
    lines = list(order.lines.all())
    context = {
        "order": order,
        "lines": lines,
        "money": money_of(order, lines),
        "method": METHOD_NAMES.get(order.shipping_code, order.shipping_method),
    }
    return remember_key(request, render(request, "shop/receipt.html", context), number)
