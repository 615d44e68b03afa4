"""What the header and the footer of every page know. Lists are read when a template asks, and kept in the cache."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.places.names import country_name, country_names
from catalogue.products import queries as products
from fulfilment.shipping import queries as shipping

NAMES = {"ar": "العربية", "fr": "Français", "en": "English"}


def shop(request: HttpRequest) -> dict[str, Any]:
    """Return the context of shop/base.html."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    shopping = getattr(request, "shopping", None)
    return {
        "shopping": shopping,
        "bound_for": SimpleLazyObject(lambda: country_name(language, shopping.destination) if shopping else ""),
        "demo": settings.SHOP_ENV == "demo",
        "languages": SimpleLazyObject(lambda: _languages(request, language)),
        "currencies": SimpleLazyObject(_currencies),
        "destinations": SimpleLazyObject(lambda: country_names(language, tuple(shipping.destinations()))),
        "top_categories": SimpleLazyObject(products.top_categories),
        "basket_count": SimpleLazyObject(lambda: _basket_count(request)),
    }


def _languages(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "name": NAMES[code],
            "current": code == current,
            "url": in_language(request.get_full_path(), code, current),
            "address": settings.BASE_URL + in_language(request.path, code, current),
        }
        for code, _name in settings.LANGUAGES
    ]


def in_language(path: str, code: str, current: str) -> str:
    """Return the same page's address in another language; where no page answers, only its prefix changes."""
    translated = translate_url(path, code)
    if path.startswith("/demo/"):
        return f"/demo/?language={code}"  # outside the languages' addresses, it is asked for by name
    if translated == path and code != current and path.startswith(f"/{current}/"):
        return f"/{code}/{path[len(current) + 2 :]}"
    return translated


def _currencies() -> list[tuple[str, str]]:
    return [("MAD", _("Moroccan dirham")), ("EUR", _("Euro")), ("USD", _("US dollar"))]


def _basket_count(request: HttpRequest) -> int:
    basket = getattr(request, "basket", None)
    return basket.num_items if basket is not None and basket.pk else 0
