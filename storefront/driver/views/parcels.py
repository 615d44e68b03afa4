"""A parcel at its door: what the driver sees, and what the driver writes."""

import uuid
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fulfilment.rounds import links, operations, policies, queries
from fulfilment.warehouse.models import Consignment, DeliveryAttempt
from storefront.driver import access, words
from storefront.driver.forms import DeliveredForm, DoorForm, NotTakenForm

from . import signing_in

FORBIDDEN, NOT_FOUND, CONFLICT, GONE, UNPROCESSABLE, TOO_MANY = 403, 404, 409, 410, 422, 429
Outcome = DeliveryAttempt.Outcome


@require_safe
@access.driver_page
def todays_round(request: HttpRequest) -> HttpResponse:
    """List what the driver's courier has to bring, and what it has to bring back."""
    driver: Any = request.driver  # type: ignore[attr-defined]
    if driver is None:
        return signing_in.ask(request)
    if not request.has_pass:  # type: ignore[attr-defined]
        return _say(request, _no_pass(), FORBIDDEN)
    parcels = queries.round_of(driver)
    for parcel in parcels:
        parcel.path = links.parcel_path(parcel)
    context = {"parcels": parcels, "to_bring_back": queries.to_bring_back(driver)}
    return render(request, "driver/round.html", context)


@require_safe
@access.driver_page
def parcel(request: HttpRequest, token: str) -> HttpResponse:
    """Show the door to the driver who carries the parcel; to anyone else a sentence and nothing of whose it is."""
    try:
        reference = links.reference_in(token)
    except links.ExpiredLink:
        return _say(request, _("This label is too old. Ask the office for a new one."), GONE)
    except links.BadLink:
        return _say(request, _("This is not one of our labels, or it was copied wrongly. Scan it again."), NOT_FOUND)
    if request.driver is None:  # type: ignore[attr-defined]
        return signing_in.ask(request)
    if not request.has_pass:  # type: ignore[attr-defined]
        return _say(request, _no_pass(), FORBIDDEN)
    found = queries.parcel(reference)
    if found is None or found.courier_id != request.driver.courier_id:  # type: ignore[attr-defined]
        return _say(request, _("This parcel is not in your round. Give it back to the office."), FORBIDDEN)
    return _door(request, token, found)


@require_POST
@access.driver_page
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Keep what the driver wrote. A label that ran out meanwhile, or a pass, loses nothing of what happened."""
    driver: Any = request.driver  # type: ignore[attr-defined]
    if driver is None:
        return _refused(request, token, _("Type your PIN again: what waits here is sent then."), 401)
    try:
        found = queries.parcel(links.reference_in(token, however_old=True))
    except links.BadLink:
        found = None
    if found is None:
        return _refused(request, token, _("This is not one of our labels, or it was copied wrongly."), NOT_FOUND)
    if not ratelimit.consume(request, action="driver_report", key=str(driver.pk)):
        return _refused(request, token, _("Too much at once. Wait a minute; nothing is lost."), TOO_MANY)
    form = _form(request.POST.get("outcome", ""), found, request.POST, request.FILES)
    if not form.is_valid():
        return _wrong(request, token, found, form)
    if form.cleaned_data["driver"] not in (None, driver.pk):
        return _refused(request, token, _("Another driver wrote this: it waits for that driver's PIN."), CONFLICT)
    return _kept(request, token, found, form.cleaned_data)


def _kept(request: HttpRequest, token: str, found: Consignment, data: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    said = operations.Said(
        key=data["key"],
        driver_id=request.driver.pk,  # type: ignore[attr-defined]
        consignment_id=found.pk,
        outcome=data["outcome"],
        reason=data.get("reason", ""),
        received_by=data.get("received_by", ""),
        photo=data.get("photo"),
        happened_at=policies.happened_at(data["ago"], now),
        **({"cash_mad": data["cash"]} if "cash" in data else {}),
    )
    try:
        made = operations.report(said=said, now=now)
    except operations.KeyUsed:
        return _refused(request, token, _("This was sent for another parcel already. Write it again."), CONFLICT)
    if _asks_for_data(request):
        return JsonResponse({"text": words.said_of(made), "level": words.level_of(made)})
    return redirect("driver:parcel", token)


def _form(outcome: str, found: Consignment, *data: Any) -> DoorForm:
    """Return the form of an outcome; an unknown one fails in the first."""
    if outcome in (Outcome.ABSENT, Outcome.REFUSED):
        return NotTakenForm(*data, outcome=outcome, auto_id=f"id_{outcome}_%s", initial=_new(outcome))
    due = queries.due_for(found)
    return DeliveredForm(*data, due=due, auto_id="id_delivered_%s", initial=_new(Outcome.DELIVERED))


def _new(outcome: str) -> dict[str, Any]:
    return {"key": uuid.uuid4(), "outcome": outcome}


def _door(
    request: HttpRequest, token: str, found: Consignment, wrong: DoorForm | None = None, status: int = 200
) -> HttpResponse:
    """Show the door while the parcel is under way, and how it ended afterwards, without whose door it was."""
    driver: Any = request.driver  # type: ignore[attr-defined]
    last = queries.last_said(driver, found)
    context: dict[str, Any] = {"parcel": found, "token": token, "last": last}
    if last:
        context |= {"last_words": words.said_of(last), "last_level": words.level_of(last)}
    if not queries.is_under_way(found):
        return render(request, "driver/done.html", context | {"by": queries.applied_to(found)}, status=status)
    forms = {outcome.value: _form(outcome, found) for outcome in Outcome}
    if wrong:
        forms[wrong.data["outcome"]] = wrong
    context |= {"door": queries.door_of(found), "forms": forms, "opened": wrong and wrong.data["outcome"]}
    return render(request, "driver/parcel.html", context, status=status)


def _wrong(request: HttpRequest, token: str, found: Consignment, form: DoorForm) -> HttpResponse:
    """Say what to correct: to the phone that sends what waited in a line, to a person on the page."""
    if _asks_for_data(request) or form.data.get("outcome") not in Outcome.values:
        text = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _refused(request, token, text, UNPROCESSABLE)
    if not (request.has_pass and found.courier_id == request.driver.courier_id):  # type: ignore[attr-defined]
        return _say(request, _("This parcel is not in your round. Give it back to the office."), FORBIDDEN)
    return _door(request, token, found, form, UNPROCESSABLE)


def _refused(request: HttpRequest, token: str, text: str, status: int) -> HttpResponse:
    if _asks_for_data(request):
        return JsonResponse({"text": text, "level": "error"}, status=status)
    if status == signing_in.UNAUTHORISED:
        return redirect("driver:parcel", token)
    return _say(request, text, status)


def _asks_for_data(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _no_pass() -> str:
    return _("Your pass is over or has not begun. Call the office.")


def _say(request: HttpRequest, text: str, status: int) -> HttpResponse:
    return render(request, "driver/says.html", {"text": text}, status=status)
