"""Fee schedules: what collecting, packing, transport, payment and the office cost, from one day until another."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .dated import Dated, ends_after_start, never_two


class Fee(Dated):
    """One row of the schedule. A row of a family goes before the row of all families (``family`` null)."""

    class Part(models.TextChoices):
        COLLECTION = "collection", pgettext_lazy("part of a price", "collection")
        PACKING = "packing", pgettext_lazy("part of a price", "packing")
        TRANSPORT = "transport", pgettext_lazy("part of a price", "transport")
        PAYMENT = "payment", pgettext_lazy("part of a price", "payment")
        OFFICE = "office", pgettext_lazy("part of a price", "office")

    class Basis(models.TextChoices):
        FARM_GATE = "farm_gate", _("percent of what the cooperative gets")
        UNIT = "unit", _("dirhams for each unit")
        WEIGHT = "weight", _("dirhams for each kilogram, packing included")
        PRICE = "price", _("percent of the price without tax")

    part = models.CharField(_("part"), max_length=10, choices=Part)
    family = models.ForeignKey(
        "catalogue.Family",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="fees",
        verbose_name=_("family"),
    )
    basis = models.CharField(_("counted as"), max_length=10, choices=Basis)
    value = models.DecimalField(_("value"), max_digits=10, decimal_places=4)

    class Meta:
        ordering = ["part", "family__code", "-valid_from"]
        constraints = [
            models.CheckConstraint(name="fee_not_negative", condition=Q(value__gte=0)),
            models.CheckConstraint(
                name="fee_percentage_under_100", condition=Q(basis__in=["unit", "weight"]) | Q(value__lt=100)
            ),
            ends_after_start("fee_ends_after_start"),
            never_two("fees_follow_each_other", "part", Coalesce("family", Value(0))),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.family_id or ''} {self.basis} {self.value}"
