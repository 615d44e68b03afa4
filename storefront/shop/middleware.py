"""What each request knows before a page runs: the language, and what the visitor shops in and for."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation.trans_real import parse_accept_lang_header

from catalogue.kernel.money import MAD
from catalogue.kernel.shopping import Shopping
from fulfilment.shipping.queries import currency_of, is_served

CURRENCY_COOKIE, DESTINATION_COOKIE = settings.CURRENCY_COOKIE, settings.DESTINATION_COOKIE
LONGEST_HEADER = 500


class LanguageMiddleware(LocaleMiddleware):
    """Language from the address, else the visitor's cookie, else the browser, else Arabic."""


class ShoppingMiddleware:
    """Puts ``request.shopping`` (currency and destination) together when a page first asks.

    From cookies; for who has none yet from the region of the browser's languages: fr-FR shops in euros for France,
    en-US in dollars for the United States, and Morocco wins wherever it is named. Unknown values fall back to home.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.shopping = SimpleLazyObject(lambda: _shopping(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response


def _shopping(request: HttpRequest) -> Shopping:
    """Take each choice from its cookie; one never made is guessed, one that says nonsense means home."""
    currency, destination = request.COOKIES.get(CURRENCY_COOKIE), request.COOKIES.get(DESTINATION_COOKIE)
    guessed = _guess(request) if currency is None or destination is None else Shopping()
    if currency is None:
        currency = guessed.currency
    if destination is None:
        destination = guessed.destination
    return Shopping(
        currency=currency if currency in settings.CURRENCIES else MAD,
        destination=destination if _is_served(destination) else settings.HOME_COUNTRY,
    )


def _guess(request: HttpRequest) -> Shopping:
    """Return how someone probably shops whose browser is set to these languages; at home where no region is named."""
    header = request.headers.get("Accept-Language", "")[:LONGEST_HEADER]
    tags = [tag for tag, _weight in parse_accept_lang_header(header)]
    regions = [part.upper() for tag in tags for part in tag.split("-")[1:] if len(part) == 2]
    if settings.HOME_COUNTRY in regions:
        return Shopping()
    region = next((region for region in regions if _is_served(region)), settings.HOME_COUNTRY)
    return Shopping(currency_of(region), region)


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
