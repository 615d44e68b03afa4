"""A driver shows the PIN; what a phone asks before it sends what waited; leaving."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.kernel import formats
from fulfilment.rounds import operations
from storefront.driver import access
from storefront.driver.forms import PinForm

TOO_MANY, UNAUTHORISED, UNPROCESSABLE = 429, 401, 422


@require_POST
@access.driver_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Open the driver's pages to whoever knows the number and its PIN, and lead on to the parcel."""
    form = PinForm(request.POST)
    if not form.is_valid():
        return ask(request, form, UNPROCESSABLE)
    typed = form.cleaned_data
    if not ratelimit.consume(request, action="driver_pin", key=typed["phone"]):
        form.add_error(None, _("Too many tries. Wait a minute and try again."))
        return ask(request, form, TOO_MANY)
    try:
        driver = operations.check_pin(now=timezone.now(), **typed)
    except operations.WrongPin:
        form.add_error(None, _("The number or the PIN is wrong."))
    except operations.Locked as error:
        until = formats.moment(error.until, get_language())
        form.add_error(
            None,
            _("Too many wrong PINs: closed until %(until)s. The office can give you a new one.") % {"until": until},
        )
    except operations.PassEnded:
        form.add_error(None, _("Your pass is over or has not begun. Call the office."))
    else:
        return access.remember(redirect(_onwards(request)), driver)
    return ask(request, form, UNPROCESSABLE)


def ask(request: HttpRequest, form: PinForm | None = None, status: int = 200) -> HttpResponse:
    """Show the form for number and PIN; it leads back to the page that was asked for."""
    onwards = request.get_full_path() if request.method == "GET" else _onwards(request)
    return render(request, "driver/sign_in.html", {"form": form or PinForm(), "next": onwards}, status=status)


def _onwards(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    ours = wanted.startswith(access.PATH) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else reverse("driver:round")


@require_POST
@access.driver_page
def sign_out(request: HttpRequest) -> HttpResponse:
    return access.forget(redirect("driver:round"))


@require_safe
@access.driver_page
def me(request: HttpRequest) -> HttpResponse:
    """Tell a phone that has reports to send who is signed in, and the token that its forms need now."""
    if request.driver is None:  # type: ignore[attr-defined]
        return JsonResponse({"text": _("Type your PIN again: what waits here is sent then.")}, status=UNAUTHORISED)
    return JsonResponse({"driver": request.driver.pk, "csrf": get_token(request)})  # type: ignore[attr-defined]
