"""Days off: what promises, deadlines and the age of rates are counted around."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.kernel.periods import day_of
from catalogue.places import operations
from catalogue.places.models import Holiday
from storefront.office import access
from storefront.office.sending_forms import HolidayForm

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_HOLIDAYS)
def holidays(request: HttpRequest) -> HttpResponse:
    """List days off, those to come first, and write new ones; ``?moves=`` gives some that are known other days."""
    moved = _moved(request)
    form, status = HolidayForm(initial=_as_initial(moved)), 200
    if request.method == "POST":
        access.require(request, access.WRITE_HOLIDAYS)
        form = HolidayForm(request.POST)
        if form.is_valid() and _write(request, form, moved):
            return redirect("office:holidays")
        status = UNPROCESSABLE
    today = day_of(timezone.now())
    rows = list(Holiday.objects.select_related("written_by"))
    context = {
        "form": form,
        "moved": moved,
        "to_come": [row for row in rows if row.first_day >= today],
        "over": [row for row in reversed(rows) if row.first_day < today],
    }
    return render(request, "office/holidays.html", context, status=status)


def _moved(request: HttpRequest) -> Holiday | None:
    wanted = request.GET.get("moves", "")
    return Holiday.objects.filter(pk=wanted).first() if wanted.isdecimal() else None


def _as_initial(row: Holiday | None) -> dict[str, object]:
    if row is None:
        return {}
    return {"feast": row.feast, "first_day": row.first_day, "until": row.until, "note": row.note}


def _write(request: HttpRequest, form: HolidayForm, moved: Holiday | None) -> bool:
    now = timezone.now()
    try:
        operations.write_holiday(
            **form.cleaned_data,
            now=now,
            today=day_of(now),
            written_by=access.person(request),
            replaces=moved.pk if moved else None,
        )
    except (operations.HolidaysOverlap, operations.PastDay, operations.BadLength) as refusal:
        form.add_error("first_day", str(refusal))
        return False
    messages.success(request, _("Written. Promises made from now on count with it."))
    return True


@require_POST
@access.office_page(access.VIEW_HOLIDAYS, access.REMOVE_HOLIDAYS)
def remove(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Take days off back before they begin."""
    try:
        operations.remove_holiday(holiday_id=pk, today=day_of(timezone.now()))
    except Holiday.DoesNotExist:
        raise Http404 from None
    except operations.PastDay as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back."))
    return redirect("office:holidays")
