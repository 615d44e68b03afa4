"""Who may look at an order: its owner, the browser that placed it, or whoever holds its signed link. Else: no page."""

from django.http import Http404, HttpRequest

from fulfilment.orders import queries
from fulfilment.orders.links import key_fits
from fulfilment.orders.models import Order

SESSION_KEY = "orders"
REMEMBERED = 20


def remember(request: HttpRequest, number: str) -> None:
    """Let this browser see the order from now on."""
    known = request.session.get(SESSION_KEY, [])
    if number not in known:
        request.session[SESSION_KEY] = [*known, number][-REMEMBERED:]


def order_or_404(request: HttpRequest, number: str) -> Order:
    """Return the order for someone who may see it; for anyone else it does not exist."""
    key = request.GET.get("k", "")
    by_link = bool(key) and key_fits(number, key)
    by_session = number in request.session.get(SESSION_KEY, [])
    if not (by_link or by_session or request.user.is_authenticated):
        raise Http404
    order = queries.for_page(number)
    if order is None or not (by_link or by_session or order.user_id == request.user.pk):
        raise Http404
    if by_link:
        remember(request, number)
    return order
