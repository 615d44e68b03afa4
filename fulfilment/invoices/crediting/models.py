"""Credit notes: numbered without a gap, said once and kept, like the invoices that they correct."""

from django.db import models
from django.db.models import F, Q

from fulfilment.documents.models import Kept, YearSeries
from fulfilment.invoices.issued import Issued


class CreditSeries(YearSeries):
    """The last number given to a credit note in a year."""

    letter = "A"

    class Meta:
        verbose_name_plural = "credit series"


class CreditNote(Issued):
    """What one refund takes off an invoice; or, with ``cancels``, that this refund failed and it stands again.

    Amounts are positive either way. Triggers keep what is credited of an invoice within it and refuse any change.
    """

    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="credit_notes")
    refund = models.ForeignKey("payment.Refund", on_delete=models.PROTECT, related_name="credit_notes")
    cancels = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="cancelled_by")

    class Meta:
        ordering = ["year", "sequence"]
        constraints = [
            models.UniqueConstraint(name="credit_note_number_once_a_year", fields=["year", "sequence"]),
            models.UniqueConstraint(
                name="credit_note_once_a_refund", fields=["refund"], condition=Q(cancels__isnull=True)
            ),
            models.CheckConstraint(name="credit_note_sequence_positive", condition=Q(sequence__gt=0)),
            models.CheckConstraint(
                name="credit_note_tax_within_total",
                condition=Q(total_incl_tax__gt=0, total_incl_tax__gte=F("total_excl_tax")),
            ),
        ]


class CreditPaper(Kept):
    """The PDF of a credit note."""

    note = models.OneToOneField(CreditNote, on_delete=models.PROTECT, related_name="paper")

    class Meta:
        constraints = [models.CheckConstraint(name="credit_paper_not_empty", condition=~Q(sha256=""))]

    def __str__(self) -> str:
        return f"{self.note_id}.pdf"
