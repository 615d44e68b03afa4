"""Who drives a courier's parcels to the door, and what they wrote there. What was written is only added to."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment, DeliveryAttempt

MOST_CASH_MAD = Decimal("100000.00")
PERSON = settings.AUTH_USER_MODEL


class Driver(models.Model):
    """Someone who carries for a courier. They need no account of the shop: a phone number, a PIN, days it is good for.

    ``wrong_pins`` counts until a right one comes or the office gives a new one.
    """

    name = models.CharField(_("name"), max_length=80)
    phone = models.CharField(_("phone"), max_length=16)
    courier = models.ForeignKey(Courier, on_delete=models.PROTECT, related_name="drivers")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="ar")
    pin = models.CharField(max_length=128, help_text="hashed as passwords are")
    valid_from = models.DateField()
    valid_until = models.DateField(help_text="that day excluded")
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-is_active", "name", "pk"]
        constraints = [
            models.UniqueConstraint(name="driver_phone_once_active", fields=["phone"], condition=Q(is_active=True)),
            models.CheckConstraint(name="driver_phone_is_e164", condition=Q(phone__regex=r"^\+[1-9][0-9]{6,14}$")),
            models.CheckConstraint(name="driver_pass_has_days", condition=Q(valid_until__gt=F("valid_from"))),
            models.CheckConstraint(name="driver_pin_is_hashed", condition=Q(pin__contains="$")),
            models.CheckConstraint(
                name="driver_ended_has_time",
                condition=Q(is_active=True, ended_at=None) | Q(is_active=False, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DoorReport(models.Model):
    """What a driver wrote at a door, once for each ``key`` of their phone, whether it could be applied or not.

    ``cash_mad`` is what the driver counted, ``due_mad`` what the shop asked for; the books follow what was due.
    ``visit`` is the attempt at the door that it stands for.
    """

    class Problem(models.TextChoices):
        """Why a report changed nothing."""

        SAME = "same", _("it was written already")
        OTHERWISE = "otherwise", _("someone had written something else")
        NOT_THEIRS = "not_theirs", _("another courier carries the parcel")
        NOT_UNDER_WAY = "not_under_way", _("the parcel was not on its way")
        PASS_ENDED = "pass_ended", _("the driver's pass had ended")

    key = models.UUIDField(unique=True)
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="reports")
    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="door_reports")
    outcome = models.CharField(max_length=10, choices=DeliveryAttempt.Outcome)
    reason = models.CharField(max_length=16, choices=DeliveryAttempt.Reason, blank=True)
    received_by = models.CharField(max_length=120, blank=True, help_text="who took it in at the door")
    photo_sha256 = models.CharField(max_length=64, blank=True)
    cash_mad = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    due_mad = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    happened_at = models.DateTimeField(help_text="by the driver's phone")
    received_at = models.DateTimeField(help_text="by our clock")
    visit = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=16, choices=Problem, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(name="door_report_by_driver", fields=["driver", "-received_at"])]
        constraints = [
            models.CheckConstraint(
                name="door_report_says_why",
                condition=Q(outcome="delivered", reason="") | (~Q(outcome="delivered") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="door_report_delivered_to_someone",
                condition=~Q(outcome="delivered") | ~Q(received_by="") | ~Q(photo_sha256=""),
            ),
            models.CheckConstraint(
                name="door_report_cash_when_delivered",
                condition=Q(outcome="delivered", cash_mad__gte=0, cash_mad__lte=MOST_CASH_MAD, due_mad__gte=0)
                | (~Q(outcome="delivered") & Q(cash_mad=None, due_mad=None)),
            ),
            models.CheckConstraint(
                name="door_report_applied_is_a_visit", condition=~Q(problem="") | Q(visit__isnull=False)
            ),
            models.UniqueConstraint(
                name="door_report_once_a_visit", fields=["consignment", "visit"], condition=Q(problem="")
            ),
            models.CheckConstraint(
                name="door_report_happened_before_received", condition=Q(happened_at__lte=F("received_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id} {self.outcome} {self.problem}".strip()

    @property
    def applied(self) -> bool:
        return not self.problem

    @property
    def difference_mad(self) -> Decimal:
        """What the driver counted beyond what was due; below nothing when it is less."""
        if self.cash_mad is None or self.due_mad is None:
            return Decimal("0.00")
        return self.cash_mad - self.due_mad

    @property
    def asks_for_a_person(self) -> bool:
        """Tell whether someone has to look: it was not applied, or the cash is not what was due."""
        return self.problem not in ("", self.Problem.SAME) or self.difference_mad != 0


class DoorPhoto(models.Model):
    """The photo of a report, as ``catalogue.kernel.photos`` wrote it; apart, so that lists do not carry it."""

    report = models.OneToOneField(DoorReport, on_delete=models.PROTECT, related_name="photo")
    jpeg = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.report_id}.jpg"


class ReportClosed(models.Model):
    """That a person has seen to a report that could not be applied, or whose cash differed, and how."""

    report = models.OneToOneField(DoorReport, on_delete=models.PROTECT, related_name="closed")
    note = models.CharField(max_length=200)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "reports closed"
        constraints = [models.CheckConstraint(name="report_closed_says_how", condition=~Q(note=""))]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.note}"
