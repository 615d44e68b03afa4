"""The currencies of the shop and what they are worth in dirhams."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Currency(models.TextChoices):
    MAD = "MAD", _("Moroccan dirham")
    EUR = "EUR", _("Euro")
    USD = "USD", _("US dollar")


class ExchangeRate(models.Model):
    """Dirhams for one unit of a currency on a working day."""

    currency = models.CharField(max_length=3, choices=[("EUR", "EUR"), ("USD", "USD")])
    day = models.DateField()
    mad_per_unit = models.DecimalField(max_digits=12, decimal_places=6)
    source = models.CharField(max_length=120)

    class Meta:
        ordering = ["-day", "currency"]
        constraints = [
            models.UniqueConstraint(name="rate_once_a_day", fields=["currency", "day"]),
            models.CheckConstraint(name="rate_positive", condition=Q(mad_per_unit__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day} {self.mad_per_unit}"
