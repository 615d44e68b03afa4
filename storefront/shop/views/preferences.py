"""Currency, destination and language: one form on every page."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.views.decorators.http import require_http_methods

from catalogue.kernel.shopping import Shopping

from ..context_processors import in_language
from ..forms import PreferencesForm
from ..middleware import CURRENCY_COOKIE, DESTINATION_COOKIE

YEAR = 365 * 24 * 3600


@require_http_methods(["POST", "GET"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back to the page it was chosen on; what cannot be is said there.

    The basket follows with the next request (its middleware).
    """
    if request.method == "GET":
        return HttpResponseRedirect(reverse("home"))
    form = PreferencesForm(request.POST)
    form.is_valid()
    for errors in form.errors.values():
        messages.warning(request, " ".join(str(error) for error in errors))
    chosen = form.cleaned_data
    now_language = (get_language() or settings.LANGUAGE_CODE)[:2]
    language = chosen.get("language") or now_language
    response = HttpResponseRedirect(in_language(_next(request, language), language, now_language))
    shopping = _shopping(request, chosen)
    _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    _keep(response, CURRENCY_COOKIE, shopping.currency)
    _keep(response, DESTINATION_COOKIE, shopping.destination)
    return response


def _shopping(request: HttpRequest, chosen: dict[str, str]) -> Shopping:
    before: Shopping = request.shopping  # type: ignore[attr-defined]
    return Shopping(chosen.get("currency") or before.currency, chosen.get("destination") or before.destination)


def _next(request: HttpRequest, language: str) -> str:
    """Return the page to go back to when it is one of ours, else the home page."""
    asked = request.POST.get("next", "")
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    with override(language):
        return reverse("home")


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
