"""Reporting what is missing, broken or wrong in an order that arrived; and what the office answered.

Everything works without script and through the signed link; what was pressed twice is reported once.
"""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.kernel.photos import CONTENT_TYPE
from fulfilment.complaints import operations
from fulfilment.complaints.models import Complaint, ComplaintPhoto
from fulfilment.complaints.queries import Offer, complaints_of, offer_of, reported_until
from fulfilment.orders.models import Order

from .access import order_or_404, remember_key
from .complaint_forms import ReportForm

UNPROCESSABLE = 422
CHANGED = (operations.NotReportable, operations.MoreThanLeft, operations.NothingChosen, operations.TooManyPhotos)


def panel_of(order: Order, now: datetime) -> dict[str, Any]:
    """Return what the order's page says of reports."""
    end = reported_until(order)
    return {"complaints": complaints_of(order), "may_report": bool(end and now < end)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Let the buyer say what is not right, and keep it."""
    order = order_or_404(request, number)
    now = timezone.now()
    if known := _known(order, request.POST.get("confirmation", "")):
        return remember_key(request, redirect("orders:complaint", number, known.number), number)
    offer = offer_of(order, order.lines.all(), now)
    form = _form(request, offer)
    if request.method == "POST" and not offer.obstacle and form.is_valid():
        try:
            made = operations.report(
                order_id=order.pk,
                faults=form.faults,
                words=form.cleaned_data["words"],
                photos=form.cleaned_data["photos"],
                confirmation=form.cleaned_data["confirmation"],
                now=now,
                by=request.user if request.user.is_authenticated else None,
            )
        except CHANGED:
            messages.error(request, _("Something changed meanwhile, and nothing was reported. Please look again."))
            return remember_key(request, redirect("orders:report", number), number)
        return remember_key(request, redirect("orders:complaint", number, made.number), number)
    context = {"order": order, "offer": offer, "form": form, "shop_phone": settings.SHOP_PHONE}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return remember_key(request, render(request, "shop/report.html", context, status=status), number)


@never_cache
@require_safe
def complaint(request: HttpRequest, number: str, count: int) -> HttpResponse:
    """Show a report as it was sent, and the answer once there is one."""
    order = order_or_404(request, number)
    context = {"order": order, "complaint": _complaint_or_404(order, count), "shop_phone": settings.SHOP_PHONE}
    return remember_key(request, render(request, "shop/complaint.html", context), number)


@never_cache
@require_safe
def photo(request: HttpRequest, number: str, count: int, photo: int) -> HttpResponse:
    """Serve a photo to whoever may see the order."""
    order = order_or_404(request, number)
    return as_jpeg(ComplaintPhoto.objects.filter(complaint__order=order, complaint__number=count, number=photo))


def as_jpeg(found: Any) -> HttpResponse:
    """Answer with a kept photo, which nobody keeps on the way."""
    kept = found.first()
    if kept is None:
        raise Http404
    headers = {
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'",
    }
    return HttpResponse(bytes(kept.jpeg), content_type=CONTENT_TYPE, headers=headers)


def _form(request: HttpRequest, offer: Offer) -> ReportForm:
    if request.method == "POST":
        return ReportForm(offer.open_items, request.POST, request.FILES)
    return ReportForm(offer.open_items, initial={"confirmation": secrets.token_urlsafe(12)})


def _known(order: Order, confirmation: str) -> Complaint | None:
    return Complaint.objects.filter(order=order, confirmation=confirmation).first() if confirmation else None


def _complaint_or_404(order: Order, count: int) -> Complaint:
    found = next((one for one in complaints_of(order) if one.number == count), None)
    if found is None:
        raise Http404
    return found
