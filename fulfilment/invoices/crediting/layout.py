"""Lays a credit note out on its paper, in the invoice's language: the invoice's sheet with other words."""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from fulfilment.invoices.layout import Sheet, named
from fulfilment.payments.models import Refund

from .models import CreditNote


def paper_of(note: CreditNote) -> dict[str, Any]:
    """Return what ``templates/documents/invoice.typ`` takes."""
    with translation.override(note.language):
        return _CreditSheet(note).data()


class _CreditSheet(Sheet):
    def title(self) -> str:
        return _("Cancellation of a credit note") if self.content["cancels"] else _("Credit note")

    def facts(self) -> list[dict[str, Any]]:
        invoice = self.content["invoice"]
        issued_on = date.fromisoformat(invoice["issued_on"])
        of_invoice = [
            named(_("Invoice"), invoice["number"]),
            named(_("Invoiced on"), formats.day(issued_on, self.language)),
        ]
        if self.content["cancels"]:
            of_invoice.append(named(_("Cancels"), self.content["cancels"]))
        return [*super().facts(), *of_invoice]

    def notes(self) -> list[str]:
        reason = str(Refund.Reason(self.content["reason"]).label)
        if self.content["cancels"]:
            return [_("The money of this credit note did not reach the buyer: it falls away, and the invoice stands.")]
        way = {"card": _("Given back to the card."), "transfer": _("Given back by bank transfer.")}
        return [
            _("Reason: %(reason)s.") % {"reason": reason},
            *self.exemptions(),
            way[self.content["way"]],
        ]
