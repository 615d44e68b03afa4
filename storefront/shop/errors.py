"""Pages for what goes wrong, in the visitor's language."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

BARE = "shop/errors/bare.html"


class NotHere(Http404):
    """Nothing stands at this address, and a sentence for the visitor says what is missing."""


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is here and offer ways on. The language is the address's, else the visitor's."""
    said = str(exception) if isinstance(exception, NotHere) else ""
    return render(request, "shop/errors/not_found.html", {"said": said}, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "shop/errors/forbidden.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its cookie: mostly a page left open for too long."""
    return render(request, "shop/errors/form_expired.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without database, cache or session: any of them may be what broke."""
    language = get_language() or "ar"
    context = {
        "LANGUAGE_CODE": language,
        "LANGUAGE_BIDI": get_language_bidi(),
        "title": _("Something went wrong on our side"),
    }
    return HttpResponse(loader.get_template(BARE).render(context), status=500)
