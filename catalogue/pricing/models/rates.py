"""The currencies of the shop and what they are worth in dirhams."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.pricing import fixing

NOBODY = Q(decided_by__isnull=True, decided_at__isnull=True, note="")
SOMEBODY = Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(note="")


class Currency(models.TextChoices):
    MAD = "MAD", _("Moroccan dirham")
    EUR = "EUR", _("Euro")
    USD = "USD", _("US dollar")


FOREIGN = [("EUR", "EUR"), ("USD", "USD")]


class ExchangeRate(models.Model):
    """Dirhams for one unit of a currency on a day. Prices are made with accepted ones only.

    A rate that waits says why; one that a person decided says who, when and on what grounds. Its currency,
    day and value never change: another value for the same day is another row.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("rate", "accepted")
        WAITING = "waiting", pgettext_lazy("rate", "waiting")
        REFUSED = "refused", pgettext_lazy("rate", "refused")
        REPLACED = "replaced", pgettext_lazy("rate", "replaced")

    class Why(models.TextChoices):
        FIRST = "first", _("No earlier rate to compare it with.")
        MOVED = "moved", _("It moved more than a rate usually does.")
        DIFFERS = "differs", _("Another rate is accepted for this day.")
        AGAIN = "again", _("It was refused before.")

    currency = models.CharField(max_length=3, choices=FOREIGN)
    day = models.DateField()
    mad_per_unit = models.DecimalField(max_digits=12, decimal_places=6)
    source = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.ACCEPTED)
    why = models.CharField(max_length=8, choices=Why, blank=True, help_text="why it waits, or waited")
    compared_with = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, help_text="the accepted rate it was compared with"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True, help_text="the grounds of a decision")

    class Meta:
        ordering = ["-day", "currency", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="rate_accepted_once_a_day", fields=["currency", "day"], condition=Q(state="accepted")
            ),
            models.UniqueConstraint(
                name="rate_waits_once", fields=["currency", "day", "mad_per_unit"], condition=Q(state="waiting")
            ),
            models.CheckConstraint(name="rate_positive", condition=Q(mad_per_unit__gt=0)),
            models.CheckConstraint(name="rate_sane", condition=Q(mad_per_unit__gte=1, mad_per_unit__lte=100)),
            models.CheckConstraint(name="rate_foreign", condition=Q(currency__in=["EUR", "USD"])),
            models.CheckConstraint(
                name="rate_decided_by_someone_or_not_at_all",
                condition=(Q(state="waiting") & ~Q(why="") & NOBODY)
                | (Q(state="refused") & ~Q(why="") & SOMEBODY)
                | (Q(state__in=["accepted", "replaced"], why="") & NOBODY)
                | (Q(state__in=["accepted", "replaced"]) & ~Q(why="") & SOMEBODY),
            ),
            models.CheckConstraint(
                name="rate_accepted_by_another",
                condition=Q(state__in=["waiting", "refused"])
                | Q(recorded_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(recorded_by=F("decided_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day} {self.mad_per_unit}"

    @property
    def waits(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def change_pct(self) -> Decimal | None:
        """How far it moved from the rate that it was compared with, in hundredths."""
        return None if self.compared_with is None else fixing.change_pct(self.compared_with, self.mad_per_unit)


class OldRateApproval(models.Model):
    """Someone's word that a rate grown old may still make the prices of a day."""

    rate = models.ForeignKey(ExchangeRate, on_delete=models.PROTECT, related_name="approvals")
    day = models.DateField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="old_rate_approved_once_a_day", fields=["rate", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.rate} for {self.day}"
