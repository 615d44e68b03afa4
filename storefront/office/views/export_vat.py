"""VAT that is due after all on an export whose exit cannot be proved: asked by one person, agreed by another."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fulfilment.customs import queries, taxing
from fulfilment.customs.models import ExportVat
from fulfilment.warehouse.models import Consignment
from storefront.office import access
from storefront.office.forms import GroundsForm


def standing(parcel: Consignment) -> dict[str, Any]:
    """Return what a shipment's page says of VAT: what was asked, and what would be due or why nothing is."""
    rows = queries.vat_asked_of(parcel.pk)
    open_or_agreed = next((row for row in rows if row.answer in ("", ExportVat.Answer.AGREED)), None)
    found: dict[str, Any] = {"vat": open_or_agreed, "vat_before": [row for row in rows if row is not open_or_agreed]}
    if open_or_agreed is not None:
        found["vat_rows"] = _amounts(open_or_agreed.content)
    else:
        try:
            found["vat_due"] = due = taxing.amounts_of(parcel)
            found["vat_rows"] = _amounts(due["content"])
        except taxing.NothingDue:
            pass
        except taxing.NoRate as refused:
            found["vat_refused"] = str(refused)
    return found


def _amounts(content: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("pct", "worth_mad", "tax_mad")
    return [row | {name: Decimal(row[name]) for name in names} for row in content["rows"]]


@require_POST
@access.office_page(access.VIEW_EXPORTS)
def step(request: HttpRequest, reference: str, name: str) -> HttpResponseRedirect:
    """Ask for it, agree, say no, or take it back; whoever presses may lack the right to."""
    if name not in STEPS:
        raise Http404
    right, press, done = STEPS[name]
    access.require(request, right)
    try:
        press(reference=reference, by=access.person(request), now=timezone.now(), **_reason(request, name))
    except Consignment.DoesNotExist:
        raise Http404 from None
    except taxing.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done())
    return redirect("office:export", reference)


def _reason(request: HttpRequest, name: str) -> dict[str, str]:
    if name != "ask":
        return {}
    form = GroundsForm(request.POST)
    return {"reason": form.cleaned_data["note"] if form.is_valid() else ""}


STEPS: dict[str, tuple[str, Callable[..., ExportVat], Callable[[], str]]] = {
    "ask": (access.ASK_EXPORT_VAT, taxing.ask, lambda: _("Asked. A second person agrees, or does not.")),
    "agree": (access.AGREE_EXPORT_VAT, taxing.agree, lambda: _("The VAT is booked. No proof is waited for any more.")),
    "decline": (access.AGREE_EXPORT_VAT, taxing.decline, lambda: _("Declined. The proof is waited for.")),
    "drop": (access.ASK_EXPORT_VAT, taxing.drop, lambda: _("Taken back. The proof is waited for.")),
}
