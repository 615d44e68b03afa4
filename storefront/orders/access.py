"""Who may look at an order: its owner, the browser that placed it, or whoever holds its signed link. Else: no page.

What a browser placed stands in a signed cookie of its own: no session row for a guest who only buys.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from fulfilment.orders import queries
from fulfilment.orders.links import key_fits
from fulfilment.orders.models import Order

COOKIE = "orders"
SALT = "storefront.orders"
REMEMBERED = 20


def remember(request: HttpRequest, response: HttpResponse, number: str) -> None:
    """Let this browser see the order from now on."""
    known = _known(request)
    if number in known:
        return
    response.set_signed_cookie(
        COOKIE,
        ".".join([*known, number][-REMEMBERED:]),
        salt=SALT,
        max_age=settings.SESSION_COOKIE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> list[str]:
    value = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=settings.SESSION_COOKIE_AGE)
    return value.split(".") if value else []


def has_key(request: HttpRequest, number: str) -> bool:
    """Tell whether the address carries the key of this order."""
    key = request.GET.get("k", "")
    return bool(key) and key_fits(number, key)


def remember_key(request: HttpRequest, response: HttpResponse, number: str) -> HttpResponse:
    """Let a browser that came with the key go on without it in the address."""
    if has_key(request, number):
        remember(request, response, number)
    return response


def order_or_404(request: HttpRequest, number: str) -> Order:
    """Return the order for someone who may see it; for anyone else it does not exist."""
    may_see = has_key(request, number) or number in _known(request)
    if not (may_see or request.user.is_authenticated):
        raise Http404
    order = queries.for_page(number)
    if order is None or not (may_see or order.user_id == request.user.pk):
        raise Http404
    return order
