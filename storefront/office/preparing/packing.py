"""Counting a picked parcel, by scan or by typing, before it is closed.

Nothing is kept until all is right: counts travel in the form, so that it works without JavaScript.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.text import isolate
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.packing import operations, policies, queries
from fulfilment.warehouse.packing.policies import Item
from storefront.office import access
from storefront.office.refusals import STAYS, why_it_stays

from .forms import PackingForm, counts

UNPROCESSABLE = 422


@access.office_page(access.VIEW_CONSIGNMENTS, access.MOVE_CONSIGNMENTS)
def packing(request: HttpRequest, reference: str) -> HttpResponse:
    """Count a piece more for each scan; close the parcel once its counts are right."""
    found = Consignment.objects.filter(reference=reference).select_related("order", "origin").first()
    if found is None:
        raise Http404
    if found.state != Consignment.State.PICKED:
        return _not_now(request, found)
    items = queries.items_of(found.pk)
    if request.method != "POST":
        return _page(request, found, items, PackingForm(items=items))
    is_scan = request.POST.get("step") != "close"
    form = PackingForm(request.POST, items=items, is_scan=is_scan)
    if not form.is_valid():
        return _page(request, found, items, form, status=UNPROCESSABLE)
    return _scan(request, found, items, form) if is_scan else _close(request, found, items, form)


def _scan(request: HttpRequest, found: Consignment, items: list[Item], form: PackingForm) -> HttpResponse:
    """Count one more of what was scanned, and offer the next scan; what does not belong here is not counted."""
    code, counted = form.cleaned_data["code"], form.counted
    said = ""
    if code:
        item = policies.scanned(items, code, counted)
        said = _not_counted(found, item, code, counted)
        if item and not said:
            counted[item.line] += 1
    typed = {name: form.cleaned_data[name] for name in ("weight_g", "boxes", "confirmed")}
    again = PackingForm(items=items, initial={**typed, **counts(counted)})
    return _page(request, found, items, again, said=said, status=UNPROCESSABLE if said else 200)


def _not_counted(found: Consignment, item: Item | None, code: str, counted: dict[int, int]) -> str:
    """Say why a scan counts for nothing; nothing where it counts."""
    if item and counted[item.line] < item.quantity:
        return ""
    words = {"code": isolate(code[:60])}
    if item:
        words |= {"goods": isolate(item.title), "n": formats.number(item.quantity, _language())}
        return _("%(goods)s: only %(n)s belong in this parcel. Take this one out; it was not counted.") % words
    stranger = queries.stranger(code)
    if stranger.parcel == found.reference:
        return _("%(code)s is this parcel's own label. Scan what goes into it.") % words
    if stranger.parcel:
        words["parcel"] = isolate(stranger.parcel)
        return _("%(code)s is the label of parcel %(parcel)s, not of this one. Nothing was counted.") % words
    if stranger.goods:
        words["goods"] = isolate(stranger.goods)
        return _("%(goods)s (%(code)s) does not belong in this parcel. Put it aside; it was not counted.") % words
    return _("No goods bear “%(code)s”. Nothing was counted; look at the label again.") % words


def _close(request: HttpRequest, found: Consignment, items: list[Item], form: PackingForm) -> HttpResponse:
    values = {name: form.cleaned_data[name] for name in ("weight_g", "boxes", "confirmed")}
    try:
        operations.close_parcel(
            consignment_id=found.pk, counted=form.counted, by=access.person(request), now=timezone.now(), **values
        )
    except operations.CountsDiffer as error:
        return _page(request, found, items, form, differences=error.differences, status=UNPROCESSABLE)
    except operations.OddWeight as error:
        form.add_error("weight_g", _odd(error))
        return _page(request, found, items, form, is_odd=True, status=UNPROCESSABLE)
    except operations.CheckedAlready:
        found.refresh_from_db()
        return _not_now(request, found)
    except STAYS as error:
        messages.error(request, why_it_stays(found.reference, error))
    else:
        messages.success(request, _("%(parcel)s: %(step)s.") % {"parcel": found.reference, "step": _("Packed")})
    return redirect("office:consignment", found.reference)


def _odd(error: operations.OddWeight) -> str:
    least, most = error.weighs.net_g, policies.HEAVIEST * error.weighs.gross_g
    words = {"least": formats.weight(least, _language()), "most": formats.weight(most, _language())}
    return _("These goods make a parcel of %(least)s to %(most)s. Weigh it again, or tick that it is right.") % words


def _not_now(request: HttpRequest, found: Consignment) -> HttpResponse:
    """Say who closed it before, or that it is not there to be counted."""
    if check := queries.check_of(found):
        words = {"parcel": found.reference, "name": check.checked_by or "–"}
        words["time"] = formats.moment(check.checked_at, _language())
        messages.warning(request, _("%(parcel)s was counted and closed by %(name)s, %(time)s.") % words)
    else:
        refused = warehouse.ImpossibleMove(found.reference, found.state, Consignment.State.PACKED)
        messages.error(request, why_it_stays(found.reference, refused))
    return redirect("office:consignment", found.reference)


def _language() -> str:
    return (get_language() or "ar")[:2]


def _page(
    request: HttpRequest, found: Consignment, items: list[Item], form: PackingForm, *, status: int = 200, **said: Any
) -> HttpResponse:
    weighs = policies.weight_of(items)
    context = {"consignment": found, "form": form, "rows": form.rows(items), "weighs": weighs, **said}
    return render(request, "office/preparing/packing.html", context, status=status)
