"""Gives each request its basket, read only when a page looks at it, in the visitor's currency and tax side."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from oscar.apps.basket.middleware import BasketMiddleware as Upstream

from . import operations
from .changes import tell
from .models import Basket, BasketMoved


class BasketMiddleware(Upstream):
    """Oscar's, with three changes: nobody gets an empty row for looking, a basket follows the visitor's currency,
    and Oscar applies no offers: the shop's own are worked out where a sum is shown (``basket.discounts``)."""

    def get_basket(self, request: HttpRequest) -> Basket:
        if request._basket_cache is not None:
            return request._basket_cache
        cookie_key = self.get_cookie_key(request)
        from_cookie = self.get_cookie_basket(cookie_key, request, Basket.open)
        if request.user.is_authenticated:
            basket = self._of_user(request, from_cookie, cookie_key)
        else:
            basket = from_cookie or Basket()
        basket.strategy = request.strategy
        shopping = request.shopping
        if (basket.currency, basket.side) != (shopping.currency, shopping.side):
            try:
                operations.switch_currency(basket=basket, shopping=shopping, now=timezone.now())
            except BasketMoved:
                basket = Basket(owner=request.user if request.user.is_authenticated else None)
                basket.strategy = request.strategy
                operations.switch_currency(basket=basket, shopping=shopping, now=timezone.now())
        request._basket_cache = basket
        return basket

    def _of_user(self, request: HttpRequest, from_cookie: Basket | None, cookie_key: str) -> Basket:
        basket = Basket.open.filter(owner=request.user).order_by("pk").first()
        if from_cookie:
            request.cookies_to_delete.append(cookie_key)
            if basket is None:
                Basket.open.filter(pk=from_cookie.pk, owner=None).update(owner=request.user)
                basket = from_cookie
            else:
                moved = operations.merge(into=basket, other=from_cookie, shopping=request.shopping, now=timezone.now())
                tell(request, moved, get_language() or "en")
        basket = basket or Basket()
        basket.owner = request.user
        return basket

    def get_cookie_basket(self, cookie_key: str, request: HttpRequest, manager: Any) -> Basket | None:
        if cookie_key not in request.COOKIES:
            return None
        try:
            basket_id = int(Signer().unsign(request.COOKIES[cookie_key]))
        except (BadSignature, ValueError):
            basket_id = 0
        basket = manager.filter(pk=basket_id, owner=None).first()
        if basket is None:
            request.cookies_to_delete.append(cookie_key)
        return basket

    def apply_offers_to_basket(self, request: HttpRequest, basket: Basket) -> None:
        """Leave lines and prices as they are."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        key = self.get_cookie_key(request)
        if key in response.cookies and response.cookies[key].value:
            response.cookies[key]["samesite"] = "Lax"
        return response
