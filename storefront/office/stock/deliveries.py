"""What cooperatives deliver: announced, counted, taken in."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.cooperatives.models import Partner
from catalogue.receiving import operations
from catalogue.receiving.models import Delivery, RefusalPhoto
from storefront.announcing.forms import AnnouncementForm, Lines
from storefront.office import access

from .forms import CountLineForm
from .queries import deliveries_listed

PER_PAGE = 50
UNPROCESSABLE = 422
STEPS = ("count", "receive", "close", "call-off")


@access.office_page(access.VIEW_STOCK)
def deliveries(request: HttpRequest) -> HttpResponse:
    """List deliveries, and lead to announcing one for a cooperative."""
    rows = deliveries_listed()
    if request.GET.get("state") == "announced":
        rows = rows.filter(state=Delivery.State.ANNOUNCED)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    cooperatives = Partner.objects.filter(is_active=True).order_by("short_name")
    if slug := request.GET.get("cooperative"):
        if cooperatives.filter(slug=slug).exists():
            return redirect("office:stock-announce", slug)
        raise Http404
    return render(request, "office/stock/deliveries.html", {"page_obj": page, "cooperatives": cooperatives})


@access.office_page(access.VIEW_STOCK, access.ANNOUNCE_DELIVERIES)
def announce(request: HttpRequest, slug: str) -> HttpResponse:
    """Write down what a cooperative said on the telephone."""
    cooperative = Partner.objects.filter(slug=slug, is_active=True).first()
    if cooperative is None:
        raise Http404
    form, lines = AnnouncementForm(request.POST or None, initial={"key": uuid4()}), Lines(cooperative)
    if request.method == "POST":
        lines = Lines(cooperative, request.POST)
        if form.is_valid() & lines.is_valid():
            try:
                made = operations.announce(
                    cooperative=cooperative,
                    lines=lines.announced(),
                    by=access.person(request),
                    now=timezone.now(),
                    **form.cleaned_data,
                )
            except operations.AnnouncementRefused as refused:
                lines.refuse(refused.reasons, form)
            else:
                messages.success(request, _("Announced: %(number)s.") % {"number": made.number})
                return redirect("office:stock-delivery", made.pk)
    context = {"form": form, "lines": lines, "cooperative": cooperative}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "office/stock/announce.html", context, status=status)


@access.office_page(access.VIEW_STOCK)
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _delivery(pk))


@require_POST
@access.office_page(access.VIEW_STOCK, access.RECEIVE_DELIVERIES)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Count, take in, close or call off a delivery."""
    found = _delivery(pk)
    if step not in STEPS:
        raise Http404
    forms = _forms(found, request)
    if step in ("count", "receive") and forms and not all(form.is_valid() for form in forms.values()):
        return _page(request, found, forms=forms, status=UNPROCESSABLE)
    try:
        _do(step, pk, forms, access.person(request))
    except operations.CountRefused as refused:
        for line, why in refused.reasons.items():
            if line in forms:
                forms[line].add_error(None, why)
        return _page(request, found, forms=forms, status=UNPROCESSABLE)
    except operations.DeliveryMoved:
        messages.warning(request, _("Someone was faster: this delivery is in another state now. Look again."))
    except operations.AwaitingChecks as waiting:
        messages.warning(request, _("These lots still wait for their check: %(lots)s.") % {"lots": waiting})
    else:
        messages.success(request, _("Saved."))
    return redirect("office:stock-delivery", pk)


def _do(step: str, pk: int, forms: dict[int, CountLineForm], by: Any) -> None:
    now = timezone.now()
    if step in ("count", "receive") and forms:
        found = {line: form.found() for line, form in forms.items()}
        operations.count_delivery(delivery_id=pk, found=found, now=now)
    if step == "receive":
        operations.receive_delivery(delivery_id=pk, by=by, now=now)
    elif step == "close":
        operations.close_delivery(delivery_id=pk, now=now)
    elif step == "call-off":
        operations.call_off_delivery(delivery_id=pk, by=by, now=now)


@access.office_page(access.VIEW_STOCK)
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a refused piece looked like."""
    kept = RefusalPhoto.objects.filter(line=pk).first()
    if kept is None:
        raise Http404
    answer = HttpResponse(bytes(kept.content), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _delivery(pk: int) -> Delivery:
    found = Delivery.objects.filter(pk=pk).select_related("cooperative", "place", "announced_by", "received_by").first()
    if found is None:
        raise Http404
    return found


def _forms(found: Delivery, request: HttpRequest) -> dict[int, CountLineForm]:
    if found.state != Delivery.State.ANNOUNCED:
        return {}
    keys = found.lines.values_list("pk", flat=True)
    return {pk: CountLineForm(request.POST, request.FILES, prefix=f"line-{pk}") for pk in keys}


def _page(
    request: HttpRequest, found: Delivery, *, forms: dict[int, CountLineForm] | None = None, status: int = 200
) -> HttpResponse:
    lines = list(found.lines.select_related("stockrecord__product", "lot", "photo").defer("photo__content"))
    rows = [{"line": line, "form": (forms or {}).get(line.pk) or _counted(line)} for line in lines]
    context = {"delivery": found, "rows": rows, "is_open": found.state == Delivery.State.ANNOUNCED}
    return render(request, "office/stock/delivery.html", context, status=status)


def _counted(line: Any) -> CountLineForm:
    names = ("counted", "refused", "refusal", "note")
    return CountLineForm(prefix=f"line-{line.pk}", initial={name: getattr(line, name) for name in names})
