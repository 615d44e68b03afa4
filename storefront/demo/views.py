"""The page of the demonstration: sign-ins, mails and SMS, test cards, tours. It exists nowhere else."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from . import accounts, drivers, offers
from .models import Letter
from .tours import CARDS, TOURS

LETTERS_PER_PAGE = 25
LANGUAGES = [("ar", "العربية"), ("fr", "Français"), ("en", "English")]
View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """Answer 404 outside the demonstration; speak the visitor's language, or the one chosen on the page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.SHOP_ENV != "demo":
            raise Http404
        chosen = request.GET.get("language", "")
        language = chosen if chosen in dict(LANGUAGES) else (get_language() or "ar")[:2]
        with override(language):
            return view(request, *args, **kwargs)

    return require_safe(never_cache(guarded))


@demo_only
def index(request: HttpRequest) -> HttpResponse:
    language = get_language()
    channel = request.GET.get("channel", "")
    letters = Letter.objects.filter(channel=channel) if channel in Letter.Channel else Letter.objects.all()
    context = {
        "accounts": [account | {"code": _code(account)} for account in accounts.listed()],
        "cooperative": accounts.cooperative(),
        "driver": drivers.listed(),
        "driver_pin": drivers.PIN,
        "seconds": _seconds_left(),
        "page_obj": Paginator(letters.defer("html"), LETTERS_PER_PAGE).get_page(request.GET.get("page")),
        "channel": channel,
        "cards": CARDS,
        "offers": offers.listed(),
        "tours": [(tour, [(stop.words, stop.url(language)) for stop in tour.stops]) for tour in TOURS],
        "choices": LANGUAGES,
    }
    return render(request, "demo/index.html", context)


@demo_only
def codes(request: HttpRequest) -> HttpResponse:
    """Return the codes of now, for the page to show without being loaded again."""
    shown = {account["login"]: _code(account) for account in accounts.listed()}
    return JsonResponse({"codes": shown, "seconds": _seconds_left()})


def _seconds_left() -> int:
    return accounts.TOTP_PERIOD - int(time.time()) % accounts.TOTP_PERIOD


def _code(account: dict[str, str | None]) -> str:
    """Return what to type after the password: the app's code, or for a clerk the last one sent by SMS."""
    if account["totp_secret"]:
        return accounts.current_code(account["totp_secret"])
    if account["role"] != "cooperative clerk":
        return ""
    sms = Letter.objects.filter(channel=Letter.Channel.SMS, recipient=account["login"]).first()
    return next((word for word in (sms.text if sms else "").split() if word.isdecimal() and len(word) == 6), "")


@csp_replace({"frame-src": ["'self'"]})
@demo_only
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "demo/letter.html", {"letter": get_object_or_404(Letter, pk=pk)})


@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:", "'self'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation"],
    }
)
@demo_only
def letter_body(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a mail's HTML as it was sent, alone in a frame that may run nothing."""
    return HttpResponse(get_object_or_404(Letter, pk=pk).html)
