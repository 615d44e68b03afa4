"""Recalls: which lots are called back, why, and in whose words."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.lots.models import Lot, QualityDecision

MOST_WORDS = 200


class Recall(models.Model):
    """One call for goods back: written once, closed once. A trigger keeps what buyers were told.

    ``danger`` is told to them in their language, then the words in that language, where there are any.
    """

    class Danger(models.TextChoices):
        GERMS = "germs", pgettext_lazy("recall", "germs that can make ill were found")
        FOREIGN_BODY = "foreign_body", pgettext_lazy("recall", "pieces of glass, metal or plastic may be inside")
        ALLERGEN = "allergen", pgettext_lazy("recall", "it holds an allergen that its label does not name")
        RESIDUES = "residues", pgettext_lazy("recall", "residues above what is allowed were found")
        DATE = "date", pgettext_lazy("recall", "a wrong date stands on it")
        OTHER = "other", pgettext_lazy("recall", "it may not be safe")

    class Source(models.TextChoices):
        """Who found it: a reason of a quality decision."""

        FAULT = QualityDecision.Reason.FAULT.value, _("a fault was found")
        COMPLAINTS = QualityDecision.Reason.COMPLAINTS.value, _("buyers complained")
        AUTHORITY = QualityDecision.Reason.AUTHORITY.value, _("asked by the authorities")
        COOPERATIVE = QualityDecision.Reason.COOPERATIVE.value, _("asked by the cooperative")

    danger = models.CharField(_("what is wrong"), max_length=12, choices=Danger)
    source = models.CharField(_("who found it"), max_length=12, choices=Source)
    words_ar = models.CharField(max_length=MOST_WORDS, blank=True)
    words_fr = models.CharField(max_length=MOST_WORDS, blank=True)
    words_en = models.CharField(max_length=MOST_WORDS, blank=True)
    key = models.UUIDField(unique=True, help_text="from the form: pressed twice, it is one recall")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closing_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="recall_says_what_is_wrong",
                condition=~Q(danger="other") | ~Q(words_ar="") & ~Q(words_fr="") & ~Q(words_en=""),
            ),
            models.CheckConstraint(
                name="recall_closed_by_someone_who_says_how",
                condition=Q(closed_at=None, closed_by=None, closing_note="")
                | Q(closed_at__gte=models.F("opened_at"), closed_by__isnull=False) & ~Q(closing_note=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"R-{self.pk:05d}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def words_in(self, language: str) -> str:
        """Return what the office says besides, in a language; nothing where it said nothing."""
        words: Any = getattr(self, f"words_{language}", "")
        return str(words)


class RecalledLot(models.Model):
    """A lot of a recall: one that was named, or hampers that ``holds`` of such a lot went into."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="lots")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="recalls")
    holds = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="recalled_lot_once", fields=["recall", "lot"]),
            models.UniqueConstraint(
                name="recalled_lot_named_in_one_open_recall", fields=["lot"], condition=Q(is_open=True, holds=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id}: {self.lot_id}"
