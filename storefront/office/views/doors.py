"""What drivers wrote at the door: what waits for a person, the rest, and the photos."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.kernel.photos import CONTENT_TYPE
from fulfilment.rounds import operations, queries
from fulfilment.rounds.models import DoorPhoto, DoorReport
from storefront.office import access
from storefront.office.driver_forms import ClosingForm

UNPROCESSABLE = 422
SHOWN, PER_PAGE = 100, 30


@require_safe
@access.office_page(access.VIEW_DOOR_REPORTS)
def reports(request: HttpRequest) -> HttpResponse:
    """Show what waits for a person, the oldest first, and what was written lately."""
    return _page(request)


@require_POST
@access.office_page(access.VIEW_DOOR_REPORTS, access.CLOSE_DOOR_REPORTS)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down how a report was seen to; of two people the second is told."""
    form = ClosingForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, wrong=pk, status=UNPROCESSABLE)
    try:
        operations.close_report(
            report_id=pk, note=form.cleaned_data["note"], by=access.person(request), now=timezone.now()
        )
    except DoorReport.DoesNotExist:
        raise Http404 from None
    except operations.NothingToClose:
        messages.error(request, _("Someone closed this already. Nothing was written."))
    else:
        messages.success(request, _("Closed."))
    return redirect("office:door-reports")


@require_safe
@access.office_page(access.VIEW_DOOR_REPORTS)
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the photo of a report: a JPEG of our own writing, never taken for anything else."""
    found = DoorPhoto.objects.filter(report=pk).first()
    if found is None:
        raise Http404
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return HttpResponse(bytes(found.jpeg), content_type=CONTENT_TYPE, headers=headers)


def _page(
    request: HttpRequest, *, form: ClosingForm | None = None, wrong: int | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    waiting = list(queries.to_see_to()[:SHOWN])
    for report in waiting:
        report.days = (now - report.received_at).days
    page = Paginator(queries.lately(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "page_obj": page, "form": form, "wrong": wrong}
    return render(request, "office/door_reports.html", context, status=status)
