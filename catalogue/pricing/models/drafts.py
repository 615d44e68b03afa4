"""A price list in the making: prepared by one person, approved by another, then published as it is."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .lists import PriceColumns, PriceList, Source


class PriceListDraft(models.Model):
    """What would be published. ``starts_at`` null means as soon as it is published.

    ``fingerprint`` sums up the prices and all they were made from; the approval is of that fingerprint, so that any
    change of either voids it.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("being prepared")
        READY = "READY", _("waits for approval")
        APPROVED = "APPROVED", _("approved")
        PUBLISHING = "PUBLISHING", _("being published")
        PUBLISHED = "PUBLISHED", _("published")
        DISCARDED = "DISCARDED", _("discarded")
        REFUSED = "REFUSED", _("could not be published")

    source = models.CharField(max_length=10, choices=Source)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    starts_at = models.DateTimeField(null=True, blank=True)
    eur_rate = models.DecimalField(max_digits=12, decimal_places=6)
    usd_rate = models.DecimalField(max_digits=12, decimal_places=6)
    rates_day = models.DateField()
    priced_for = models.DateField(help_text="the day whose fees and taxes it holds")
    fingerprint = models.CharField(max_length=64, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_fingerprint = models.CharField(max_length=64, blank=True)
    published = models.OneToOneField(
        PriceList, null=True, blank=True, on_delete=models.PROTECT, related_name="draft", verbose_name=_("price list")
    )
    problem = models.CharField(max_length=20, blank=True, help_text="why it could not be published")

    class Meta:
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="draft_approved_by_another",
                condition=Q(approved_by__isnull=True) | Q(prepared_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="draft_approved_before_published",
                condition=Q(state__in=["WAITING", "READY", "DISCARDED", "REFUSED"])
                | (Q(approved_by__isnull=False, approved_fingerprint=F("fingerprint")) & ~Q(fingerprint="")),
            ),
            models.CheckConstraint(
                name="draft_published_has_its_list",
                condition=Q(state="PUBLISHED", published__isnull=False)
                | (~Q(state="PUBLISHED") & Q(published__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"


class DraftPrice(PriceColumns):
    """A price that would be published. ``floor`` says which floor it breaks, if any: then nothing is published."""

    class Floor(models.TextChoices):
        FARM_GATE = "farm_gate", _("less than the cooperative is to get is left")
        OFFICE = "office", _("less than nothing is left for the office")

    draft = models.ForeignKey(PriceListDraft, on_delete=models.CASCADE, related_name="prices", db_index=False)
    stockrecord = models.ForeignKey(  # hundreds of thousands at once: checked when they are published
        "partner.StockRecord", on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    floor = models.CharField(max_length=10, choices=Floor, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="draft_price_once", fields=["draft", "stockrecord", "currency", "side"])
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.currency} {self.side}"
