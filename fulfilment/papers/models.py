"""What goes with a parcel on paper: its label, its slip, and the manifest it is handed over with.

The database refuses to change or delete any of these rows.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfilment.documents.models import Kept, Numbered, YearSeries
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment


class ParcelPaper(Kept):
    """A label or slip of a parcel. What is on it changed before it was closed: another ``version``, the old one stays.

    ``content_sha256`` is the hash of what is said on it, so that nothing is made twice.
    """

    class Kind(models.TextChoices):
        LABEL = "label", _("label")
        SLIP = "slip", _("packing slip")

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=8, choices=Kind)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["consignment_id", "kind", "version"]
        constraints = [
            models.UniqueConstraint(name="parcel_paper_version_once", fields=["consignment", "kind", "version"]),
            models.CheckConstraint(name="parcel_paper_version_counts", condition=Q(version__gt=0)),
            models.CheckConstraint(name="parcel_paper_not_empty", condition=~Q(sha256="") & ~Q(content_sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id} {self.kind} {self.version}"


class ManifestSeries(YearSeries):
    """The last number given to a manifest in a year."""

    letter = "M"

    class Meta:
        verbose_name_plural = "manifest series"


class Manifest(Numbered):
    """What a courier was handed at one time: ``parcels`` of them, written in the transaction that hands them over."""

    courier = models.ForeignKey(Courier, on_delete=models.PROTECT, related_name="manifests")
    parcels = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-year", "-sequence"]
        constraints = [
            models.UniqueConstraint(name="manifest_number_once_a_year", fields=["year", "sequence"]),
            models.CheckConstraint(name="manifest_sequence_positive", condition=Q(sequence__gt=0)),
            models.CheckConstraint(name="manifest_has_parcels", condition=Q(parcels__gt=0)),
        ]


class ManifestLine(models.Model):
    """One parcel on a manifest, ever. ``cash_mad`` is what its courier was told to ask for, none where it is paid."""

    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveSmallIntegerField()
    consignment = models.OneToOneField(Consignment, on_delete=models.PROTECT, related_name="manifest_line")
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    cash_mad = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["manifest_id", "place"]
        constraints = [
            models.UniqueConstraint(name="manifest_place_once", fields=["manifest", "place"]),
            models.CheckConstraint(name="manifest_place_counts", condition=Q(place__gt=0)),
            models.CheckConstraint(name="manifest_cash_positive", condition=Q(cash_mad=None) | Q(cash_mad__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.manifest_id}/{self.place}"


class ManifestPaper(Kept):
    """The PDF of a manifest."""

    manifest = models.OneToOneField(Manifest, on_delete=models.PROTECT, related_name="paper")

    class Meta:
        constraints = [models.CheckConstraint(name="manifest_paper_not_empty", condition=~Q(sha256=""))]

    def __str__(self) -> str:
        return f"{self.manifest_id}.pdf"
