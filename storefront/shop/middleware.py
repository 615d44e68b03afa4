"""What each request knows before a page runs: the language, and what the visitor shops in and for."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware

from catalogue.kernel.shopping import Shopping
from fulfilment.shipping.queries import is_served

CURRENCY_COOKIE, DESTINATION_COOKIE = settings.CURRENCY_COOKIE, settings.DESTINATION_COOKIE


class LanguageMiddleware(LocaleMiddleware):
    """Language from the address, else the visitor's cookie, else the browser, else Arabic."""


class ShoppingMiddleware:
    """Puts ``request.shopping`` (currency and destination) together from cookies; unknown values fall back to home."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        currency = request.COOKIES.get(CURRENCY_COOKIE, "")
        destination = request.COOKIES.get(DESTINATION_COOKIE, "")
        request.shopping = Shopping(  # type: ignore[attr-defined]
            currency=currency if currency in settings.CURRENCIES else "MAD",
            destination=destination if _is_served(destination) else settings.HOME_COUNTRY,
        )
        return self.get_response(request)


class NulMiddleware:
    """Answers that nothing is at an address with a NUL in it, before a page asks the database, which takes none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)


def _is_served(destination: str) -> bool:
    """Ask the list of countries only about what could be one: most visitors have no such cookie."""
    return destination not in ("", settings.HOME_COUNTRY) and len(destination) == 2 and is_served(destination)
