"""What a cooperative sends to a hub or a shop of ours, and what was found in it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.lots.models import Lot, LotStock, Place

MOST_PIECES = 100_000


class Delivery(models.Model):
    """Goods that a cooperative announced, or the office for it. ``key`` comes from the form."""

    class State(models.TextChoices):
        ANNOUNCED = "ANNOUNCED", pgettext_lazy("delivery", "announced")
        RECEIVED = "RECEIVED", pgettext_lazy("delivery", "received")
        CLOSED = "CLOSED", pgettext_lazy("delivery", "closed")
        CALLED_OFF = "CALLED_OFF", pgettext_lazy("delivery", "called off")

    key = models.UUIDField(unique=True)
    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="deliveries")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State, default=State.ANNOUNCED)
    expected_on = models.DateField(_("expected on"))
    announced_at = models.DateTimeField()
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-expected_on", "-pk"]
        verbose_name_plural = "deliveries"
        permissions = [
            ("receive_delivery", "Can count and take in what cooperatives deliver"),
            ("adjust_stock", "Can adjust stock with a reason, and pack hampers"),
        ]
        constraints = [
            models.CheckConstraint(
                name="delivery_received_with_its_time",
                condition=Q(state__in=("RECEIVED", "CLOSED"), received_at__isnull=False)
                | Q(state__in=("ANNOUNCED", "CALLED_OFF"), received_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"D-{self.pk:06d}"


class DeliveryLine(models.Model):
    """Pieces of one lot in a delivery: expected, found, and of these refused.

    ``sent_from`` is the cooperative's own store where these pieces lay in its count: they left it when announced.
    """

    class Refusal(models.TextChoices):
        BROKEN = "broken", _("broken or leaking")
        SPOILED = "spoiled", _("spoiled")
        LABEL = "label", _("label or date missing or wrong")
        WARM = "warm", _("arrived too warm")
        OTHER_GOODS = "other_goods", _("not what was announced")
        TOO_OLD = "too_old", _("too near its date")
        OTHER = "other", _("another reason")

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="lines")
    stockrecord = models.ForeignKey(StockRecord, on_delete=models.PROTECT, related_name="+")
    lot_number = models.CharField(_("lot number"), max_length=40)
    produced_on = models.DateField(_("produced on"))
    best_before = models.DateField(_("best before"), null=True, blank=True)
    sent_from = models.ForeignKey(LotStock, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expected = models.PositiveIntegerField()
    counted = models.PositiveIntegerField(null=True, blank=True)
    refused = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=12, choices=Refusal, blank=True)
    note = models.CharField(max_length=200, blank=True)
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="arrivals")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="delivery_lot_once", fields=["delivery", "lot_number"]),
            models.CheckConstraint(
                name="delivery_expects_pieces", condition=Q(expected__gte=1, expected__lte=MOST_PIECES)
            ),
            models.CheckConstraint(
                name="delivery_counted_pieces", condition=Q(counted=None) | Q(counted__lte=MOST_PIECES)
            ),
            models.CheckConstraint(
                name="delivery_refuses_what_came",
                condition=Q(refused=0) | Q(counted__isnull=False, refused__lte=F("counted")),
            ),
            models.CheckConstraint(
                name="delivery_refusal_says_why", condition=Q(refused=0, refusal="") | Q(refused__gt=0) & ~Q(refusal="")
            ),
            models.CheckConstraint(
                name="delivery_lot_lasts", condition=Q(best_before=None) | Q(best_before__gt=F("produced_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.lot_number}"

    @property
    def accepted(self) -> int:
        return (self.counted or 0) - self.refused

    @property
    def missing(self) -> int:
        """How many were announced and not found; less than nothing when more came."""
        return self.expected - (self.counted or 0)


class RefusalPhoto(models.Model):
    """What a refused piece looked like, kept apart so that lists do not carry it."""

    line = models.OneToOneField(DeliveryLine, on_delete=models.PROTECT, related_name="photo")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.line_id}"
