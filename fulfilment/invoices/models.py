"""Invoices: numbered without a gap, said once and kept. The database refuses to change or delete one.

Source: Moroccan tax code, article 145 (continuous numbered series, mandatory mentions, kept ten years).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalogue.pricing.models import Currency
from fulfilment.orders.models import Order


class Series(models.Model):
    """The last number given in a year. Whoever numbers holds its row until the invoice is there: no gap, no double."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Invoice(models.Model):
    """What an order was invoiced as. ``content`` is the whole paper as data (``content.py``), amounts as texts."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="invoice")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=20, unique=True)
    issued_at = models.DateTimeField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    currency = models.CharField(max_length=3, choices=Currency)
    total_excl_tax = models.DecimalField(max_digits=12, decimal_places=2)
    total_incl_tax = models.DecimalField(max_digits=12, decimal_places=2)
    content = models.JSONField()

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

    def __str__(self) -> str:
        return self.number


class Paper(models.Model):
    """The PDF of an invoice as it was made, once: what was sent stays what it was when templates change."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="paper")
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="invoice_paper_not_empty", condition=~Q(sha256=""))]

    def __str__(self) -> str:
        return f"{self.invoice_id}.pdf"
