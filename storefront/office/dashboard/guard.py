"""What surrounds every page of Oscar's dashboard: staff only, its own content policy, French or English."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

View = Callable[..., HttpResponse]

RELAXED = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
}
"""Oscar's templates write scripts and styles into the page."""


FILES = _("Products and cooperatives come from the office's files.")
PORTAL = _("People of a cooperative have the portal.")
PARCELS = _("Where a parcel goes stays as it was ordered.")
OFFERS = _("Offers and codes are made on the office's own pages, with amounts in each currency.")
TARIFFS = _("What delivery costs comes from the office's tariffs.")
KEPT = _("Orders and prices point here: it is kept. Take it off the shelf by making it not public.")
OFFERS = _("Offers and codes are made on the office's own pages, with amounts in each currency.")
OF_OFFERS = ("offer-", "range-", "voucher-")
"""How the names of Oscar's pages of offers begin: they know one currency."""
CLOSED = {
    "catalogue-product-create": FILES,
    "catalogue-product-create-child": FILES,
    "catalogue-product-bulk-action": FILES,
    "partner-create": FILES,
    "catalogue-product-delete": KEPT,
    "catalogue-category-delete": KEPT,
    "catalogue-class-delete": KEPT,
    "partner-delete": KEPT,
    "partner-user-create": PORTAL,
    "partner-user-select": PORTAL,
    "partner-user-link": PORTAL,
    "partner-user-unlink": PORTAL,
    "partner-user-update": PORTAL,
    "user-password-reset": _("People reset their password themselves, from the sign-in page."),
    "order-shipping-address": PARCELS,
    "offer-list": OFFERS,
    "offer-detail": OFFERS,
    "voucher-stats": OFFERS,
    "shipping-method-list": TARIFFS,
    "shipping-method-create": TARIFFS,
    "shipping-method-detail": TARIFFS,
    "shipping-method-edit": TARIFFS,
    "shipping-method-delete": TARIFFS,
    "shipping-method-band-edit": TARIFFS,
    "shipping-method-band-delete": TARIFFS,
}
"""Pages of Oscar's that would break our rules or rows, and what to say instead."""


def guarded(view: View, name: str | None) -> View:
    """Open a dashboard page to staff; its own right is asked for inside. Others find nothing here."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff or any("\0" in value for value in request.GET.values()):
            raise Http404
        if get_language() == "ar" and request.method == "GET":
            messages.info(request, "Le tableau de bord existe en français et en anglais.")
            return redirect(request.get_full_path().replace("/ar/", "/fr/", 1))
        if name and name.startswith(OF_OFFERS):
            messages.warning(request, OFFERS)
            allowed = request.user.has_perm("offer.view_conditionaloffer")
            return redirect("office:offers" if allowed else "dashboard:index")
        if name in CLOSED:
            messages.warning(request, CLOSED[name])
            return redirect("dashboard:index")
        response = view(request, *args, **kwargs)
        response._csp_replace = RELAXED  # type: ignore[attr-defined]
        return response

    return page


def guard(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Put the guard around every page of these addresses, those of sub-applications too."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            guard(pattern.url_patterns)
        elif not hasattr(pattern.callback, "guarded_by_office"):
            pattern.callback = guarded(pattern.callback, pattern.name)
            pattern.callback.guarded_by_office = True  # type: ignore[attr-defined]
