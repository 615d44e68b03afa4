"""Couriers: the cash they took at doors and have not handed in, and what they hand in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.kernel import formats
from catalogue.kernel.periods import day_of
from fulfilment.payments import operations, queries
from fulfilment.shipping.models import Courier
from storefront.office import access
from storefront.office.forms import RemitForm

SHOWN, LATE_DAYS = 100, 7
UNPROCESSABLE = 422


@access.office_page(access.VIEW_CASH)
def couriers(request: HttpRequest) -> HttpResponse:
    """Show what each courier owes, and since when."""
    return _page(request)


@require_POST
@access.office_page(access.VIEW_CASH, access.REMIT_CASH)
def remit(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what a courier hands over for the parcels that are ticked."""
    courier, form = Courier.objects.filter(pk=pk).first(), RemitForm(request.POST)
    if courier is None:
        raise Http404
    ticked = {int(value) for value in request.POST.getlist("collection") if value.isascii() and value.isdecimal()}
    if not form.is_valid():
        return _page(request, courier_id=pk, form=form, ticked=ticked, status=UNPROCESSABLE)
    try:
        operations.remit_cash(
            courier_id=pk, collections=ticked, now=timezone.now(), by=access.person(request), **form.cleaned_data
        )
    except operations.MoreThanOwed as error:
        form.add_error("amount", str(error))
    except operations.RemittedAlready:
        form.add_error(None, _("Some of these are paid for, or this reference stands for another sum. Look again."))
    except operations.NotTheirs:
        form.add_error(None, _("Some of these were not collected by this courier. Look again; nothing was written."))
    else:
        left = formats.money(queries.owed_by(pk), "MAD", request.LANGUAGE_CODE)
        messages.success(
            request, _("Written down. %(courier)s still owes %(left)s.") % {"courier": courier, "left": left}
        )
        return redirect("office:couriers")
    return _page(request, courier_id=pk, form=form, ticked=ticked, status=UNPROCESSABLE)


def _page(
    request: HttpRequest,
    *,
    courier_id: int | None = None,
    form: RemitForm | None = None,
    ticked: set[int] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    cards: list[dict[str, Any]] = []
    for debt in queries.debts():
        mine = debt.courier is not None and debt.courier.pk == courier_id
        cards.append(
            {
                "debt": debt,
                "rows": debt.collections[:SHOWN],
                "more": max(0, len(debt.collections) - SHOWN),
                "days": (now - debt.oldest_at).days if debt.oldest_at else 0,
                "form": form
                if mine
                else RemitForm(initial={"received_on": day_of(now)}, auto_id=f"id_{len(cards)}_%s"),
                "ticked": ticked if mine else {row.pk for row in debt.collections[:SHOWN]},
            }
        )
    context = {"cards": cards, "late": LATE_DAYS, "remittances": queries.remittances()[:12]}
    return render(request, "office/couriers.html", context, status=status)
