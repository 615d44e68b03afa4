"""Asking cooperatives for goods."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.cooperatives.models import StockRecord
from catalogue.lots.models import Place

from .delivering import MOST_PIECES, Delivery


class CallOff(models.Model):
    """So many pieces of something, wanted at a place by a day: proposed by the figures, asked by a person."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", pgettext_lazy("call-off", "proposed")
        ASKED = "ASKED", pgettext_lazy("call-off", "asked")
        ANSWERED = "ANSWERED", pgettext_lazy("call-off", "on its way")
        CANNOT = "CANNOT", pgettext_lazy("call-off", "the cooperative cannot")
        DROPPED = "DROPPED", pgettext_lazy("call-off", "not asked")

    class Cannot(models.TextChoices):
        NOTHING_LEFT = "nothing_left", _("nothing is left")
        NO_RAW = "no_raw", _("nothing to make it from")
        NO_JARS = "no_jars", _("no jars, bottles or labels")
        NO_HANDS = "no_hands", _("nobody has time to make it")
        NO_TRANSPORT = "no_transport", _("nobody can bring it")
        OTHER = "other", _("another reason")

    stockrecord = models.ForeignKey(StockRecord, on_delete=models.PROTECT, related_name="call_offs")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="call_offs")
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    quantity = models.PositiveIntegerField()
    wanted_on = models.DateField()
    proposed_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="call_offs")
    cannot = models.CharField(max_length=12, choices=Cannot, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["wanted_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="call_off_one_at_a_time", fields=["stockrecord"], condition=Q(state__in=("PROPOSED", "ASKED"))
            ),
            models.CheckConstraint(
                name="call_off_wants_pieces", condition=Q(quantity__gte=1, quantity__lte=MOST_PIECES)
            ),
            models.CheckConstraint(
                name="call_off_answered_by_a_delivery",
                condition=Q(state="ANSWERED", delivery__isnull=False) | ~Q(state="ANSWERED") & Q(delivery__isnull=True),
            ),
            models.CheckConstraint(
                name="call_off_cannot_says_why", condition=Q(state="CANNOT") & ~Q(cannot="") | ~Q(state="CANNOT")
            ),
            models.CheckConstraint(
                name="call_off_asked_by_someone",
                condition=Q(state__in=("PROPOSED", "DROPPED")) | Q(asked_at__isnull=False, asked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"C-{self.pk:06d}"
