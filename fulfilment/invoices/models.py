"""Invoices: numbered without a gap, said once and kept. The database refuses to change or delete one.

Source: Moroccan tax code, article 145 (continuous numbered series, mandatory mentions, kept ten years).
"""

from django.db import models
from django.db.models import F, Q

from fulfilment.documents.models import Kept, YearSeries
from fulfilment.orders.models import Order

from .issued import Issued


class Series(YearSeries):
    """The last number given to an invoice in a year."""

    letter = "F"

    class Meta:
        verbose_name_plural = "series"


class Invoice(Issued):
    """What an order was invoiced as."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="invoice")

    class Meta:
        ordering = ["-year", "-sequence"]
        constraints = [
            models.UniqueConstraint(name="invoice_number_once_a_year", fields=["year", "sequence"]),
            models.CheckConstraint(name="invoice_sequence_positive", condition=Q(sequence__gt=0)),
            models.CheckConstraint(
                name="invoice_tax_within_total",
                condition=Q(total_excl_tax__gte=0, total_incl_tax__gte=F("total_excl_tax")),
            ),
        ]


class Paper(Kept):
    """The PDF of an invoice."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="paper")

    class Meta:
        constraints = [models.CheckConstraint(name="invoice_paper_not_empty", condition=~Q(sha256=""))]

    def __str__(self) -> str:
        return f"{self.invoice_id}.pdf"


from .crediting.models import CreditNote, CreditPaper, CreditSeries  # noqa: F401
