"""Couriers' files of remitted cash: taken in, looked at line by line, confirmed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.kernel.periods import day_of
from catalogue.kernel.tables import TableRefused
from fulfilment.payments import operations
from fulfilment.payments import queries as payments
from fulfilment.payments.models import RemittanceFile, RemittanceLine
from fulfilment.payments.remitting import queries
from storefront.office import access
from storefront.office.remittance_forms import DaysForm, FileForm

PER_PAGE, LINES = 30, 100
UNPROCESSABLE = 422


@access.office_page(access.VIEW_CASH)
def remittances(request: HttpRequest) -> HttpResponse:
    """List couriers' files, and take another in: read and matched, for a look before anything is booked."""
    if request.method != "POST":
        return _list(request, FileForm(initial={"received_on": day_of(timezone.now())}))
    access.require(request, access.REMIT_CASH)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=UNPROCESSABLE)
    values = {name: form.cleaned_data[name] for name in ("received", "fees", "received_on", "reference")}
    try:
        file = operations.take_in_file(
            courier_id=form.cleaned_data["courier"].pk,
            name=form.name,
            content=form.cleaned_data["file"],
            now=timezone.now(),
            by=access.person(request),
            **values,
        )
    except TableRefused as refused:
        return _list(request, form, refused=refused.sentences, status=UNPROCESSABLE)
    except operations.KnownFile as known:
        messages.info(request, _("This file was taken in before. Here it is; nothing was written twice."))
        return redirect("office:remittance", known.file.pk)
    except operations.NothingReceived:
        form.add_error("received", _("Neither money nor fees came with this file: there is nothing to take in."))
    except operations.ReceiptUsed as error:
        form.add_error("reference", str(error))
    else:
        return redirect("office:remittance", file.pk)
    return _list(request, form, status=UNPROCESSABLE)


def _list(request: HttpRequest, form: FileForm, *, refused: list[str] | None = None, status: int = 200) -> HttpResponse:
    page = Paginator(queries.files(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "days_form": DaysForm(auto_id="id_days_%s"), "page_obj": page, "refused": refused}
    return render(request, "office/remittances/list.html", context, status=status)


@access.office_page(access.VIEW_CASH)
def remittance(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a file: what its lines are, each of them, and before it is booked what booking it will do."""
    file = get_object_or_404(queries.files(), pk=pk)
    state = request.GET.get("state", "")
    lines = RemittanceLine.objects.filter(file=file).select_related("collection__attempt__order", "owner", "placed")
    lines = lines.filter(state=state) if state in RemittanceLine.State.values else lines
    context = {
        "file": file,
        "groups": queries.groups_of(file),
        "shown": state,
        "page_obj": Paginator(lines.order_by("number"), LINES).get_page(request.GET.get("page")),
        "seen": operations.fingerprint(file) if file.state == RemittanceFile.State.READY else "",
        "owed": payments.owed_by(file.courier_id),
    }
    return render(request, "office/remittances/file.html", context)


@require_POST
@access.office_page(access.VIEW_CASH, access.REMIT_CASH)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseRedirect:
    """Book a file as it was looked at, match it again, or forget it."""
    if name not in STEPS:
        raise Http404
    try:
        return STEPS[name](request, pk)
    except RemittanceFile.DoesNotExist:
        raise Http404 from None
    except operations.NotReady:
        messages.info(request, _("This file is booked already, or not read yet. Nothing was written twice."))
    except operations.MatchedOtherwise as error:
        operations.match_file(file_id=pk)
        messages.warning(request, str(error))
    except (operations.ReceiptUsed, operations.MoreThanOwed) as error:
        messages.error(request, f"{error} {_('Nothing was booked.')}")
    return redirect("office:remittance", pk)


def _confirm(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    file = operations.confirm_file(
        file_id=pk, seen=request.POST.get("seen", ""), now=timezone.now(), by=access.person(request)
    )
    if file.state == RemittanceFile.State.BOOKED:
        messages.success(request, _("Booked. What differs is with you now; you find it under “To see to”."))
    else:
        messages.success(request, _("Confirmed. A large file is booked within minutes."))
    return redirect("office:remittance", pk)


def _again(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    operations.match_file(file_id=pk)
    return redirect("office:remittance", pk)


def _drop(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    operations.drop_file(file_id=pk)
    messages.success(request, _("The file is forgotten; nothing of it was booked."))
    return redirect("office:remittances")


STEPS: dict[str, Callable[[HttpRequest, int], HttpResponseRedirect]] = {
    "confirm": _confirm,
    "again": _again,
    "drop": _drop,
}


@require_POST
@access.office_page(access.VIEW_CASH, access.REMIT_CASH)
def days(request: HttpRequest) -> HttpResponseRedirect:
    """Note within how many days a courier hands cash in."""
    form = DaysForm(request.POST)
    if form.is_valid():
        courier, count = form.cleaned_data["courier"], form.cleaned_data["days"]
        operations.agree_days(courier_id=courier.pk, days=count)
        messages.success(request, _("Noted: %(courier)s hands cash in within %(days)s days.") % _named(courier, count))
    else:
        messages.error(request, _("Choose a courier, and from 1 to 60 days."))
    return redirect("office:remittances")


def _named(courier: Any, count: int) -> dict[str, Any]:
    return {"courier": courier, "days": count}
