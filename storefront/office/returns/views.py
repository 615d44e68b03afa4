"""Goods that came back: what waits and since when, and saying what becomes of it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.kernel.periods import day_of
from catalogue.lots.models import Place
from fulfilment.orders.inspecting import operations, queries
from fulfilment.orders.inspecting.models import Returned, ReturnedPhoto
from storefront.office import access

from .forms import InspectForm

PER_PAGE, LATE_DAYS, UNPROCESSABLE = 50, 2, 422
LISTS = {"waiting": gettext_lazy("To look at"), "over": gettext_lazy("Looked at")}


@access.office_page(access.VIEW_RETURNS)
def returns(request: HttpRequest) -> HttpResponse:
    """List what waits, the oldest first, with its age; or what was looked at."""
    which = request.GET.get("which", "waiting")
    if which not in LISTS:
        raise Http404
    waits = which == "waiting"
    rows: Any = queries.waiting() if waits else queries.inspected()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page_obj": page, "waits": waits, "late": LATE_DAYS}
    context["tabs"] = [(title, f"?which={name}", name == which) for name, title in LISTS.items()]
    if waits:
        places, now = Place.objects.in_bulk({row["place"] for row in page}), timezone.now()
        context["rows"] = [(row, places[row["place"]], (now - row["came"]).days) for row in page]
    return render(request, "office/returns/returns.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_RETURNS)
def came_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Show all that came back together, and take in what was found of it."""
    rows = queries.come_with(reference)
    if not rows:
        raise Http404
    waiting = [row for row in rows if row.inspected_at is None]
    if request.method != "POST":
        return _page(request, reference, rows, [InspectForm(row) for row in waiting])
    access.require(request, access.INSPECT_RETURNS)
    forms = [InspectForm(row, request.POST, request.FILES) for row in waiting]
    wrong = [form for form in forms if not form.is_valid()]
    if wrong:
        return _page(request, reference, rows, forms, UNPROCESSABLE)
    found = {form.row.pk: form.found for form in forms}
    try:
        operations.inspect(reference=reference, found=found, by=access.person(request), now=timezone.now())
    except (operations.NothingWaits, operations.NotAllInspected):
        messages.warning(request, _("Someone else looked at it meanwhile; nothing was changed."))
    else:
        messages.success(request, _("Written down. What is as new lies in its lot again."))
    return redirect("office:returns")


@never_cache
@require_safe
@access.office_page(access.VIEW_RETURNS)
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    kept = ReturnedPhoto.objects.filter(returned=pk).first()
    if kept is None:
        raise Http404
    return HttpResponse(bytes(kept.content), content_type="image/jpeg")


def _page(
    request: HttpRequest, reference: str, rows: list[Returned], forms: list[InspectForm], status: int = 200
) -> HttpResponse:
    context = {
        "reference": reference,
        "order": rows[0].line.order,
        "rows": rows,
        "forms": forms,
        "sold_again": queries.sold_again(rows, day_of(timezone.now())),
        "photos": set(ReturnedPhoto.objects.filter(returned__in=rows).values_list("returned_id", flat=True)),
    }
    return render(request, "office/returns/came_back.html", context, status=status)
