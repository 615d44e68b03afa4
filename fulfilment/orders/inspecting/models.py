"""Pieces that came back, and what a person found of them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.lots.models import LotStock

RETURNED = "returned-"
"""How the reason of a movement begins that writes off what came back; other losses bear a parcel's reference too."""


class Returned(models.Model):
    """Pieces of one order line and one lot that came back together: a parcel's, or those of a withdrawal.

    Nobody can buy them before they are inspected: they are no stock. Then ``good`` of them lie in their lot again, and
    the others are written off for a reason. A trigger lets a row be inspected once, and changed in nothing else.
    """

    class Reason(models.TextChoices):
        DAMAGED = "damaged", pgettext_lazy("came back", "damaged")
        OPENED = "opened", pgettext_lazy("came back", "opened")
        WARM = "warm", _("the cold chain was broken")
        MISSING = "missing", pgettext_lazy("came back", "missing in what came back")
        OTHER_LOT = "other_lot", _("of another lot than what was sent")
        SPOILT = "spoilt", pgettext_lazy("came back", "spoilt")

    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="returned")
    stock = models.ForeignKey(LotStock, on_delete=models.PROTECT, related_name="returned")
    reference = models.CharField(max_length=40, help_text="of the parcel or the withdrawal")
    quantity = models.PositiveIntegerField()
    came_at = models.DateTimeField()
    good = models.PositiveIntegerField(null=True, blank=True, help_text="put back into their lot; none: not inspected")
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    note = models.CharField(max_length=200, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    inspected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["came_at", "reference", "pk"]
        permissions = [("inspect_returned", "Can say what becomes of goods that came back")]
        constraints = [
            models.UniqueConstraint(name="returned_once", fields=["reference", "line", "stock"]),
            models.CheckConstraint(name="returned_has_pieces", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="returned_has_a_cause", condition=~Q(reference="")),
            models.CheckConstraint(
                name="returned_waits_or_was_inspected",
                condition=Q(good=None, inspected_at=None, inspected_by=None, reason="", note="")
                | Q(good__isnull=False, inspected_at__gte=F("came_at")),
            ),
            models.CheckConstraint(
                name="returned_all_good_or_for_a_reason",
                condition=Q(good=None) | Q(good=F("quantity"), reason="") | Q(good__lt=F("quantity")) & ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(name="returned_waiting", fields=["came_at"], condition=Q(inspected_at=None))]

    def __str__(self) -> str:
        return f"{self.reference}: {self.quantity} × {self.stock_id}"

    @property
    def written_off(self) -> int:
        return 0 if self.good is None else self.quantity - self.good


class ReturnedPhoto(models.Model):
    """What it looked like, as ``catalogue.kernel.photos`` took it in."""

    returned = models.OneToOneField(Returned, primary_key=True, on_delete=models.PROTECT, related_name="photo")
    content = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(name="returned_photo_not_empty", condition=~Q(content=b""))]

    def __str__(self) -> str:
        return f"{self.returned_id}"
