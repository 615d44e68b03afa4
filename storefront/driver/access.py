"""Who opens a driver's pages: whoever showed a PIN here, for twelve hours. It signs nobody in to the shop.

Who it is stands in a signed cookie of its own, tied to the PIN: a new PIN ends it, and so does the office.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache

from fulfilment.rounds import queries
from fulfilment.rounds.models import Driver

COOKIE, PATH, SALT = "driver", "/d/", "storefront.driver"
SECONDS = 12 * 3600
Page = Callable[..., HttpResponse]


def _stamp(driver: Driver) -> str:
    return salted_hmac(SALT, driver.pin, algorithm="sha256").hexdigest()[:24]


def remember(response: HttpResponse, driver: Driver) -> HttpResponse:
    """Let this phone open the driver's pages until tonight."""
    response.set_signed_cookie(
        COOKIE,
        f"{driver.pk}.{_stamp(driver)}",
        salt=SALT,
        max_age=SECONDS,
        path=PATH,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


def _shown(request: HttpRequest) -> Driver | None:
    """Return the driver whose PIN was shown on this phone, though the pass may have ended since."""
    pk, _dot, stamp = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=SECONDS).partition(".")
    driver = queries.driver(int(pk)) if pk.isdecimal() else None
    return driver if driver and constant_time_compare(stamp, _stamp(driver)) else None


def driver_page(page: Page) -> Page:
    """Put ``request.driver`` (or none) and ``request.has_pass`` there, and speak the driver's language.

    Before the PIN it is the one chosen on the page (``language``), else the browser's.
    """

    @wraps(page)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        driver = _shown(request)
        request.driver = driver  # type: ignore[attr-defined]
        request.has_pass = driver is not None and queries.has_pass(driver, timezone.now())  # type: ignore[attr-defined]
        chosen = request.GET.get("language") or request.POST.get("language", "")
        language = driver.language if driver else chosen
        with override(language if language in dict(settings.LANGUAGES) else get_language()):
            response = page(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return never_cache(spoken)
