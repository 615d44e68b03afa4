"""Statements on paper."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfilment.documents.models import Kept

from .runs import Payout


class StatementPaper(Kept):
    """The PDF of a payout's statement in one language, as it stood: a payment that came back has another paper."""

    class Language(models.TextChoices):
        ARABIC = "ar", _("Arabic")
        FRENCH = "fr", _("French")

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="papers")
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=10, choices=Payout.State)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="statement_paper_once", fields=["payout", "language", "state"]),
            models.CheckConstraint(name="statement_paper_language", condition=Q(language__in=("ar", "fr"))),
            models.CheckConstraint(name="statement_paper_not_empty", condition=~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.state}.{self.language}.pdf"
