"""Who keeps a counter: whoever holds the shop's mandate today. To anyone else these pages do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from catalogue.lots.models import Place
from fulfilment.collecting.queries import counters_of

Page = Callable[..., HttpResponse]


def counter_page(page: Page) -> Page:
    """Open a shop's page to its keepers; the page is given the shop."""

    @wraps(page)
    def guarded(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        place = next((place for place in kept_by(request) if place.code.lower() == code.lower()), None)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if place is None:
            raise Http404
        return page(request, place, **kwargs)

    return guarded


def kept_by(request: HttpRequest) -> list[Place]:
    """Return the shops that whoever asks keeps today."""
    return counters_of(request.user.pk, timezone.now()) if request.user.is_authenticated else []
