"""Who must show a second factor, and what is missing in the present session.

Owners of a cooperative and staff: password and TOTP. Clerks: password and a code by SMS. Portal, office and dashboard
open only then; the rest of the shop stays open to them as to any shopper.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import Enum

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Membership
from catalogue.people.models import User

GUARDED = {"portal", "office", "dashboard", "counter"}
LAST_SEEN, FIRST_SEEN = "last_seen_at", "first_seen_at"


class Factor(Enum):
    NONE = "none"
    SMS = "sms"
    TOTP = "totp"


def required_of(user: User) -> Factor:
    """Return the second factor someone's roles ask for."""
    if not user.is_authenticated:
        return Factor.NONE
    if user.is_staff or user.is_superuser:
        return Factor.TOTP
    roles = set(Membership.objects.filter(user=user).values_list("role", flat=True))
    if Membership.Role.OWNER in roles:
        return Factor.TOTP
    return Factor.SMS if roles else Factor.NONE


def has_totp(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def redirect_if_missing(request: HttpRequest) -> HttpResponse | None:
    """Lead someone whose role asks for more than the session has shown to where it is shown; ``None`` if nothing is."""
    user = request.user
    factor = required_of(user)  # type: ignore[arg-type]
    if factor is Factor.NONE:
        return None
    shown = {record["method"] for record in get_authentication_records(request, user)}  # type: ignore[arg-type]
    if factor is Factor.SMS and "code" not in shown:
        return _sign_in_again(request)
    if factor is Factor.TOTP and not has_totp(user):  # type: ignore[arg-type]
        messages.info(request, _("Your role needs a code from an authenticator app. Set it up here, once."))
        return _lead(request, "mfa_activate_totp")
    if factor is Factor.TOTP and "mfa" not in shown:
        return _lead(request, "mfa_reauthenticate")
    if "password" not in shown:
        return _lead(request, "account_reauthenticate" if user.has_usable_password() else "account_set_password")
    return None


def _lead(request: HttpRequest, name: str) -> HttpResponseRedirect:
    return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("Please sign in again with your password and the code we send you."))
    return _lead(request, "account_login")


class SecondFactorMiddleware:
    """Guards the portal, the office and the dashboard, and ends staff sessions left alone or open for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        response = self._watch(request) if known and request.user.is_staff else None  # type: ignore[union-attr]
        return response or self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not request.user.is_authenticated or GUARDED.isdisjoint(match.namespaces):
            return None
        return redirect_if_missing(request)

    def _watch(self, request: HttpRequest) -> HttpResponse | None:
        now = timezone.now().timestamp()
        last_seen, first_seen = request.session.get(LAST_SEEN, now), request.session.get(FIRST_SEEN, now)
        idle = now - last_seen > timedelta(minutes=settings.STAFF_IDLE_MINUTES).total_seconds()
        if idle or now - first_seen > timedelta(hours=settings.STAFF_SESSION_HOURS).total_seconds():
            logout(request)
            messages.info(request, _("You were signed out: this session was left alone, or had lasted all day."))
            return _lead(request, "account_login") if request.method == "GET" else redirect("account_login")
        if LAST_SEEN not in request.session or now - last_seen > 60:
            request.session[LAST_SEEN] = now
            request.session.setdefault(FIRST_SEEN, now)
        return None
