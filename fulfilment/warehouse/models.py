"""Parcels on their way: one consignment per order and origin."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Consignment(models.Model):
    """What one origin sends for one order: a hub, a shop or a cooperative."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("to prepare")
        PICKED = "PICKED", _("picked")
        PACKED = "PACKED", _("packed")
        HANDED_OVER = "HANDED_OVER", _("handed to the courier")
        IN_TRANSIT = "IN_TRANSIT", _("on its way")
        DELIVERED = "DELIVERED", _("delivered")
        SHORT = "SHORT", _("something is missing")
        CANCELLED = "CANCELLED", _("cancelled")
        REFUSED = "REFUSED", _("refused")
        LOST = "LOST", _("lost")
        RETURNED = "RETURNED", _("returned")

    reference = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="consignments")
    origin = models.ForeignKey("lots.Place", on_delete=models.PROTECT, related_name="consignments")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    picked_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    in_transit_at = models.DateTimeField(null=True, blank=True)
    out_for_delivery_at = models.DateTimeField(null=True, blank=True, help_text="the last time it left for the door")
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    coming_back_at = models.DateTimeField(null=True, blank=True, help_text="nobody was there, the last time too")
    coming_back_why = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="said by its courier, whatever the visits"
    )
    returned_at = models.DateTimeField(null=True, blank=True, help_text="on the shelf it came from")
    lost_at = models.DateTimeField(null=True, blank=True)
    lost_why = models.CharField(max_length=200, blank=True, default="", db_default="")
    courier = models.ForeignKey(
        "shipping.Courier", null=True, blank=True, on_delete=models.PROTECT, related_name="consignments"
    )
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="consignment_one_per_origin",
                fields=["order", "origin"],
                condition=~Q(state__in=["SHORT", "CANCELLED"]),
            ),
            models.CheckConstraint(
                name="consignment_delivered_has_time", condition=~Q(state="DELIVERED") | Q(delivered_at__isnull=False)
            ),
            models.CheckConstraint(
                name="consignment_refused_has_time", condition=~Q(state="REFUSED") | Q(refused_at__isnull=False)
            ),
            models.CheckConstraint(
                name="consignment_returned_has_time", condition=~Q(state="RETURNED") | Q(returned_at__isnull=False)
            ),
            models.CheckConstraint(
                name="consignment_delivered_is_not_coming_back",
                condition=~Q(state="DELIVERED") | Q(coming_back_at__isnull=True),
            ),
            models.CheckConstraint(
                name="consignment_lost_says_when_and_why",
                condition=Q(state="LOST", lost_at__isnull=False) & ~Q(lost_why="")
                | ~Q(state="LOST") & Q(lost_at=None, lost_why=""),
            ),
            models.CheckConstraint(
                name="consignment_comes_back_since", condition=Q(coming_back_why="") | Q(coming_back_at__isnull=False)
            ),
        ]
        permissions = [("move_consignment", "Can move a consignment through picking, packing and delivery")]

    def __str__(self) -> str:
        return self.reference


class ConsignmentLine(models.Model):
    consignment = models.ForeignKey(Consignment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="consignment_line")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="consignment_line_positive", condition=Q(quantity__gt=0))]

    def __str__(self) -> str:
        return f"{self.consignment} / {self.order_line_id}"


class DeliveryAttempt(models.Model):
    """One time that the courier stood at the door, and how it ended. Rows are only added."""

    MOST = 2

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", pgettext_lazy("at the door", "delivered")
        ABSENT = "absent", _("nobody was there")
        REFUSED = "refused", pgettext_lazy("at the door", "refused")

    class Reason(models.TextChoices):
        NO_ANSWER = "no_answer", _("no answer at the door or on the phone")
        WRONG_ADDRESS = "wrong_address", _("the address was not found")
        ANOTHER_DAY = "another_day", _("asked to come another day")
        CHANGED_MIND = "changed_mind", _("does not want it any more")
        NO_MONEY = "no_money", _("did not have the money")
        DAMAGED = "damaged", _("the parcel looked damaged")
        NOT_ORDERED = "not_ordered", _("says that nothing was ordered")

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="delivery_attempts")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["consignment_id", "number"]
        constraints = [
            models.UniqueConstraint(name="delivery_attempt_number_once", fields=["consignment", "number"]),
            models.CheckConstraint(name="delivery_attempt_at_most_two", condition=Q(number__gte=1, number__lte=2)),
            models.UniqueConstraint(
                name="delivery_attempt_ends_once", fields=["consignment"], condition=~Q(outcome="absent")
            ),
            models.CheckConstraint(
                name="delivery_attempt_says_why",
                condition=Q(outcome="delivered", reason="") | (~Q(outcome="delivered") & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id}/{self.number} {self.outcome}"


from .packing.models import PackingCheck  # noqa: F401
from .shortages.models import Shortage  # noqa: F401
