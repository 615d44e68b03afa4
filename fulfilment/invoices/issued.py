"""What an invoice and a credit note both are: a numbered sum in the order's language and currency, said once."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models

from catalogue.pricing.models import Currency
from fulfilment.documents.models import Numbered


class Issued(Numbered):
    """``content`` is the whole paper as data (``content.py``), amounts as texts."""

    issued_at = models.DateTimeField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    currency = models.CharField(max_length=3, choices=Currency)
    total_excl_tax = models.DecimalField(max_digits=12, decimal_places=2)
    total_incl_tax = models.DecimalField(max_digits=12, decimal_places=2)
    content = models.JSONField()

    class Meta:
        abstract = True


def totals_of(content: dict[str, Any]) -> dict[str, Decimal]:
    """Return the fields of an ``Issued`` row that its content adds up to."""
    incl = Decimal(content["incl"])
    return {"total_excl_tax": incl - sum(Decimal(row["tax"]) for row in content["taxes"]), "total_incl_tax": incl}
