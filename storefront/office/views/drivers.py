"""Drivers: who may write at the door for which courier, their PIN, the end of their pass."""

import secrets
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.kernel.periods import day_of
from fulfilment.rounds import operations, queries
from fulfilment.rounds.models import Driver
from storefront.office import access
from storefront.office.driver_forms import DriverForm

UNPROCESSABLE = 422
PASS_DAYS = 90


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_DRIVERS)
def drivers(request: HttpRequest) -> HttpResponse:
    """List drivers, and let someone drive."""
    if request.method != "POST":
        return _page(request)
    access.require(request, access.MAKE_DRIVERS)
    form = DriverForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=UNPROCESSABLE)
    pin, data = _new_pin(), form.cleaned_data
    try:
        made = operations.make_driver(
            name=data["name"],
            phone=data["phone"],
            courier_id=data["courier"].pk,
            language=data["language"],
            pin=pin,
            valid_from=form.period.from_day,
            valid_until=form.period.until_day,
            by=access.person(request),
            now=timezone.now(),
        )
    except operations.PhoneTaken:
        form.add_error("phone", _("Another driver has this number. End that pass first, or give a new PIN."))
        return _page(request, form=form, status=UNPROCESSABLE)
    return _page(request, pin=pin, pin_of=made.name)


@require_POST
@access.office_page(access.VIEW_DRIVERS, access.CHANGE_DRIVERS)
def new_pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a driver another PIN; it is on the answer to this one press of a button and nowhere else."""
    pin, now = _new_pin(), timezone.now()
    try:
        driver = operations.give_pin(
            driver_id=pk, pin=pin, valid_until=day_of(now) + timedelta(days=PASS_DAYS), now=now
        )
    except (Driver.DoesNotExist, operations.PassEnded):
        raise Http404 from None
    return _page(request, pin=pin, pin_of=driver.name)


@require_POST
@access.office_page(access.VIEW_DRIVERS, access.CHANGE_DRIVERS)
def end(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    try:
        driver = operations.end_driver(driver_id=pk, by=access.person(request), now=timezone.now())
    except Driver.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("%(name)s opens nothing any more. What was written stays.") % {"name": driver.name})
    return redirect("office:drivers")


def _new_pin() -> str:
    return f"{secrets.randbelow(10**6):06}"


@never_cache
def _page(request: HttpRequest, *, form: DriverForm | None = None, status: int = 200, **shown: Any) -> HttpResponse:
    now = timezone.now()
    today = day_of(now)
    rows = list(queries.drivers())
    for driver in rows:
        driver.has_pass = queries.has_pass(driver, now)
        driver.is_locked = driver.locked_until is not None and driver.locked_until > now
        driver.last_day = driver.valid_until - timedelta(days=1)
    first = {"from_day": today, "to_day": today + timedelta(days=PASS_DAYS - 1), "language": "ar"}
    context = {"drivers": rows, "form": form or DriverForm(initial=first), **shown}
    return render(request, "office/drivers.html", context, status=status)
