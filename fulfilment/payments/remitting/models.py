"""Couriers' files of remitted cash, their lines, and collections that no file named in time. Amounts are MAD."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from fulfilment.payments.models.cash import CashCollected, CashRemittance


class RemittanceAgreement(models.Model):
    """After how many days a courier hands cash in; one without a row does so within ``DAYS``."""

    DAYS = 7

    courier = models.OneToOneField("shipping.Courier", on_delete=models.PROTECT, related_name="remits")
    days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="remits_within_days", condition=Q(days__gte=1, days__lte=60))]

    def __str__(self) -> str:
        return f"{self.courier_id}: {self.days}"


class RemittanceFile(models.Model):
    """A courier's own account of a remittance, under the receipt or bank line that its money came with.

    ``received`` is what came, ``fees`` what the courier kept of the cash for their work (none until the file was read,
    when nobody typed them), ``total`` what the lines come to. Once booked nothing of it changes, and it stays.
    """

    class State(models.TextChoices):
        READING = "READING", pgettext_lazy("remittance", "being read")
        REFUSED = "REFUSED", pgettext_lazy("remittance", "not readable")
        READY = "READY", pgettext_lazy("remittance", "to be confirmed")
        BOOKING = "BOOKING", pgettext_lazy("remittance", "being booked")
        BOOKED = "BOOKED", pgettext_lazy("remittance", "booked")

    courier = models.ForeignKey("shipping.Courier", on_delete=models.PROTECT, related_name="remittance_files")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    received_on = models.DateField()
    reference = models.CharField(max_length=60, help_text="of the receipt or of the bank")
    received = models.DecimalField(max_digits=12, decimal_places=2, help_text="MAD")
    fees = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="MAD")
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    rows = models.PositiveIntegerField(default=0)
    total = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="MAD")
    problems = models.JSONField(default=list, blank=True, help_text="sentences for people")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    booked_at = models.DateTimeField(null=True, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    remittance = models.OneToOneField(
        CashRemittance, null=True, blank=True, on_delete=models.PROTECT, related_name="file"
    )

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="remittance_file_once", fields=["courier", "sha256"]),
            models.CheckConstraint(name="remittance_file_amounts", condition=Q(received__gte=0) & ~Q(fees__lt=0)),
            models.CheckConstraint(name="remittance_file_has_reference", condition=~Q(reference="")),
            models.CheckConstraint(
                name="remittance_file_is_booked",
                condition=Q(state="BOOKED", remittance__isnull=False, booked_at__isnull=False, fees__isnull=False)
                | (~Q(state="BOOKED") & Q(remittance=None, booked_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RemittanceContent(models.Model):
    """The bytes of a file that a worker is to read; dropped once it was."""

    file = models.OneToOneField(RemittanceFile, on_delete=models.CASCADE, related_name="content")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.file_id}"


class Followed(models.Model):
    """Something that a person sees to: whose it is, since when, and how it ended."""

    class How(models.TextChoices):
        PAID = "PAID", pgettext_lazy("remittance", "the rest came in")
        PLACED = "PLACED", pgettext_lazy("remittance", "it was for another parcel")
        AGREED = "AGREED", pgettext_lazy("remittance", "settled with the courier")
        MISTAKE = "MISTAKE", pgettext_lazy("remittance", "written wrongly in the file")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    since = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    how = models.CharField(max_length=7, choices=How, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


CLOSED_WITH_REASON = (Q(closed_at=None, how="", reason="")) | (Q(closed_at__isnull=False) & ~Q(how="") & ~Q(reason=""))


class RemittanceLine(Followed):
    """One line of a file as the courier wrote it, and what we awaited for its parcel.

    Row 0 stands for the file as a whole: what came more or less than its lines say. ``placed`` is the collection that a
    person found a surplus to be for.
    """

    class State(models.TextChoices):
        MATCHED = "MATCHED", pgettext_lazy("remittance", "as collected")
        DIFFERENCE = "DIFFERENCE", pgettext_lazy("remittance", "another amount")
        NOT_COLLECTED = "NOT_COLLECTED", pgettext_lazy("remittance", "nothing was collected for it")
        NOT_THEIRS = "NOT_THEIRS", pgettext_lazy("remittance", "another courier collected it")
        TWICE = "TWICE", pgettext_lazy("remittance", "paid for before")
        UNKNOWN = "UNKNOWN", pgettext_lazy("remittance", "no such parcel")
        SUM = "SUM", pgettext_lazy("remittance", "the sum that came is another")

    file = models.ForeignKey(RemittanceFile, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(help_text="row of the file")
    parcel = models.CharField(max_length=60, blank=True, help_text="as the courier wrote it")
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="MAD, as the courier wrote it")
    fee = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="MAD, kept by the courier")
    collection = models.ForeignKey(
        CashCollected, null=True, blank=True, on_delete=models.PROTECT, related_name="remittance_lines"
    )
    expected = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="MAD")
    state = models.CharField(max_length=13, choices=State, default=State.UNKNOWN)
    difference = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="MAD, below 0 is missing")
    placed = models.OneToOneField(
        CashCollected, null=True, blank=True, on_delete=models.PROTECT, related_name="placed_line"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="remittance_line_once_per_row", fields=["file", "number"]),
            models.UniqueConstraint(name="remittance_line_once_per_parcel", fields=["file", "parcel"]),
            models.CheckConstraint(name="remittance_line_amounts", condition=Q(amount__gte=0, fee__gte=0)),
            models.CheckConstraint(name="remittance_line_matches", condition=~Q(state="MATCHED") | Q(difference=0)),
            models.CheckConstraint(
                name="remittance_line_sum",
                condition=Q(number__gt=0) & ~Q(state="SUM") & ~Q(parcel="")
                | Q(number=0, state="SUM", parcel="", amount=0, fee=0),
            ),
            models.CheckConstraint(
                name="remittance_line_differs",
                condition=~Q(state__in=("MATCHED", "DIFFERENCE"))
                | Q(expected=F("amount") - F("difference"))
                | Q(state="MATCHED", amount=0),
            ),
            models.CheckConstraint(name="remittance_line_closed_with_reason", condition=CLOSED_WITH_REASON),
        ]
        indexes = [
            models.Index(
                name="remittance_line_open",
                fields=["since"],
                condition=Q(closed_at=None, since__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.number}"

    @property
    def is_surplus(self) -> bool:
        return self.difference > 0


class MissingCash(Followed):
    """A collection that its courier should have handed in by now and that no file named.

    It is over once the collection is paid for, or when a person closes it; what was collected stays owed either way.
    """

    collection = models.OneToOneField(CashCollected, on_delete=models.PROTECT, related_name="missing")

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(name="missing_cash_has_since", condition=Q(since__isnull=False)),
            models.CheckConstraint(name="missing_cash_closed_with_reason", condition=CLOSED_WITH_REASON),
        ]

    def __str__(self) -> str:
        return f"{self.collection_id}"
