"""Classes of VAT."""

from django.db import models
from django.db.models import Q


class VatClass(models.Model):
    """A class of VAT (N20, R10, EXO …) and its rate inside Morocco; an assumption until an accountant confirms it."""

    code = models.CharField(max_length=10, unique=True)
    rate_pct = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        verbose_name_plural = "VAT classes"
        constraints = [models.CheckConstraint(name="vat_rate_sensible", condition=Q(rate_pct__gte=0, rate_pct__lt=100))]

    def __str__(self) -> str:
        return self.code
