"""What a cooperative sends to the hub and the shops, what it is asked for, and where its goods lie."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.kernel.periods import day_of
from catalogue.receiving import operations
from catalogue.receiving.models import CallOff, Delivery
from catalogue.receiving.queries import call_offs_for, whereabouts
from storefront.announcing.forms import AnnouncementForm, Lines

from .. import access, queries
from ..access import Desk

PER_PAGE = 20
UNPROCESSABLE = 422


@access.portal_page()
def deliveries(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what was announced, and what is asked for."""
    page = Paginator(queries.deliveries(desk.cooperative), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "wanted": call_offs_for(desk.cooperative), "reasons": CallOff.Cannot.choices}
    return render(request, "portal/deliveries.html", context)


@access.portal_page()
def announce(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Announce goods; ``?wanted=`` begins with what is asked for."""
    wanted = _wanted(request, desk)
    first = {"record": wanted.stockrecord_id, "pieces": wanted.quantity} if wanted else None
    given = {"key": uuid4(), "expected_on": wanted.wanted_on} if wanted else {"key": uuid4()}
    today = {"produced_on": day_of(timezone.now())}
    form, status = AnnouncementForm(request.POST or None, initial=given), 200
    lines = Lines(desk.cooperative, first=(first or {}) | today)
    if request.method == "POST":
        lines, status = Lines(desk.cooperative, request.POST), UNPROCESSABLE
        if form.is_valid() & lines.is_valid() and (made := _announce(request, desk, form, lines)):
            messages.success(request, _("Announced: %(number)s.") % {"number": made.number})
            return redirect("portal:deliveries", desk.cooperative.slug)
    return render(request, "portal/announce.html", {"form": form, "lines": lines}, status=status)


def _wanted(request: HttpRequest, desk: Desk) -> CallOff | None:
    number = request.GET.get("wanted", "")
    known = call_offs_for(desk.cooperative)
    return known.filter(pk=number).first() if number.isascii() and number.isdecimal() and len(number) < 12 else None


def _announce(request: HttpRequest, desk: Desk, form: AnnouncementForm, lines: Lines) -> Delivery | None:
    try:
        return operations.announce(
            cooperative=desk.cooperative,
            lines=lines.announced(),
            by=request.user,  # type: ignore[arg-type]
            now=timezone.now(),
            call_off_ids=call_offs_for(desk.cooperative).values_list("pk", flat=True),
            **form.cleaned_data,
        )
    except operations.AnnouncementRefused as refused:
        lines.refuse(refused.reasons, form)
    return None


@require_POST
@access.portal_page()
def call_off(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Say that an announced delivery does not come."""
    found = get_object_or_404(Delivery, pk=pk, cooperative=desk.cooperative)
    try:
        operations.call_off_delivery(
            delivery_id=found.pk,
            by=request.user,  # type: ignore[arg-type]
            now=timezone.now(),
        )
    except operations.DeliveryMoved:
        messages.warning(request, _("It has arrived already."))
    else:
        messages.success(request, _("Saved."))
    return redirect("portal:deliveries", desk.cooperative.slug)


@require_POST
@access.portal_page()
def cannot(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Say that the cooperative cannot send what it is asked for, and why."""
    found, reason = get_object_or_404(CallOff, pk=pk, stockrecord__partner=desk.cooperative), request.POST.get("reason")
    if reason not in CallOff.Cannot.values:
        messages.error(request, _("Say why."))
        return redirect("portal:deliveries", desk.cooperative.slug)
    details: dict[str, Any] = {"cooperative_id": desk.cooperative.pk, "reason": reason, "by": request.user}
    try:
        operations.decline_call_off(call_off_id=found.pk, now=timezone.now(), **details)
    except operations.CallOffMoved:
        messages.warning(request, _("This was answered already."))
    except operations.NotTheirs:
        raise Http404 from None
    else:
        messages.success(request, _("Thank you. The office knows."))
    return redirect("portal:deliveries", desk.cooperative.slug)


@access.portal_page()
def where(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what of its goods lies where."""
    page = Paginator(whereabouts(desk.cooperative), 50).get_page(request.GET.get("page"))
    return render(request, "portal/where.html", {"page_obj": page})
