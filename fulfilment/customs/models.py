"""What goes abroad: the papers that travel with a parcel, and what proves that it left, or that nothing does.

Rows are only added; of ``ExportVat`` the answer too.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.pricing.models.dated import Dated, ends_after_start, never_two
from fulfilment.documents.models import Kept
from fulfilment.warehouse.models import Consignment


class SdrRate(Dated):
    """What one special drawing right is worth in dirhams: customs forms count in it. Without a row: the larger form."""

    mad_per_sdr = models.DecimalField(_("dirhams for one SDR"), max_digits=12, decimal_places=6)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(name="sdr_rate_positive", condition=Q(mad_per_sdr__gt=0)),
            ends_after_start("sdr_rate_ends_after_start"),
            never_two("sdr_rates_follow_each_other"),
        ]

    def __str__(self) -> str:
        return f"{self.mad_per_sdr} {self.valid_from}"


class CustomsPaper(Kept):
    """One paper of a parcel abroad, made once when it was packed. ``content`` is the declaration (``content.py``)."""

    class Kind(models.TextChoices):
        CN22 = "CN22", "CN 22"
        CN23 = "CN23", "CN 23"
        COMMERCIAL_INVOICE = "COMMERCIAL_INVOICE", _("commercial invoice")

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="customs_papers")
    kind = models.CharField(max_length=20, choices=Kind)
    language = models.CharField(
        max_length=2, choices=settings.LANGUAGES, default="fr", help_text="the second one is English, always"
    )
    content = models.JSONField()

    class Meta:
        ordering = ["consignment_id", "kind"]
        constraints = [
            models.UniqueConstraint(name="customs_paper_once", fields=["consignment", "kind"]),
            models.UniqueConstraint(
                name="customs_paper_one_form", fields=["consignment"], condition=Q(kind__in=["CN22", "CN23"])
            ),
            models.CheckConstraint(name="customs_paper_not_empty", condition=~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id} {self.kind}"


class ProofScan(models.Model):
    """A photo or PDF of a proof of exit, as it was taken in."""

    class Type(models.TextChoices):
        PDF = "application/pdf"
        JPEG = "image/jpeg"
        PNG = "image/png"

    content = models.BinaryField()
    content_type = models.CharField(max_length=20, choices=Type)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(name="proof_scan_size", condition=Q(size__gt=0, size__lte=5 * 1024 * 1024)),
            models.CheckConstraint(
                name="proof_scan_type", condition=Q(content_type__in=["application/pdf", "image/jpeg", "image/png"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.sha256[:8]}"


class ExportRecord(models.Model):
    """What the office knows of a shipment's way out: who carried it, the customs declaration, the proof of exit.

    Rows are only added: a correction is a row of its own, whole, and the latest of a consignment counts.
    """

    class Proof(models.TextChoices):
        EXIT_VISA = "exit_visa", _("declaration stamped by customs at the exit")
        POSTING = "posting", _("receipt of the post")
        WAYBILL = "waybill", _("air waybill of the courier")
        ARRIVAL = "arrival", _("proof of delivery abroad")

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="export_records")
    courier = models.ForeignKey(
        "shipping.Courier", null=True, blank=True, on_delete=models.PROTECT, related_name="export_records"
    )
    declaration_number = models.CharField(max_length=40, blank=True, help_text="of customs (DUM)")
    declared_on = models.DateField(null=True, blank=True)
    proof_kind = models.CharField(max_length=12, choices=Proof, blank=True)
    proof_reference = models.CharField(max_length=80, blank=True)
    proof_on = models.DateField(null=True, blank=True)
    scan = models.ForeignKey(ProofScan, null=True, blank=True, on_delete=models.PROTECT, related_name="records")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["consignment_id", "pk"]
        constraints = [
            models.CheckConstraint(
                name="export_declaration_has_number_and_day",
                condition=Q(declaration_number="", declared_on__isnull=True)
                | (~Q(declaration_number="") & Q(declared_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="export_proof_is_whole",
                condition=Q(proof_kind="", proof_reference="", proof_on__isnull=True, scan__isnull=True)
                | (~Q(proof_kind="") & ~Q(proof_reference="") & Q(proof_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="export_record_says_something",
                condition=Q(courier__isnull=False) | ~Q(declaration_number="") | ~Q(proof_kind=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id} {self.declaration_number or '–'}"

    @property
    def is_complete(self) -> bool:
        return bool(self.courier_id and self.declaration_number and self.proof_kind)


class ExportVat(models.Model):
    """VAT that is due after all on a shipment whose exit cannot be proved: one person asks, another agrees.

    ``content`` (JSON) is what it is due on: the invoice's number, and ``rows`` in dirhams with title, seller,
    cooperative, rate, worth and the tax within it; the delivery has no title. Once agreed it is booked by ``entry``,
    where there is any, and the shipment is decided: it needs no proof any more.
    """

    class Answer(models.TextChoices):
        AGREED = "AGREED", pgettext_lazy("export VAT", "agreed")
        DECLINED = "DECLINED", pgettext_lazy("export VAT", "declined")
        DROPPED = "DROPPED", pgettext_lazy("export VAT", "taken back")

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="export_vat")
    content = models.JSONField()
    worth_mad = models.DecimalField(max_digits=12, decimal_places=2)
    vat_mad = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", null=True, blank=True, on_delete=models.PROTECT, related_name="export_vat"
    )

    class Meta:
        ordering = ["consignment_id", "pk"]
        default_permissions = ("add",)
        permissions = [("approve_exportvat", "Can agree that VAT is due on an export that somebody else asked for")]
        constraints = [
            models.UniqueConstraint(
                name="export_vat_once", fields=["consignment"], condition=Q(answer__in=["", "AGREED"])
            ),
            models.CheckConstraint(
                name="export_vat_within_worth", condition=Q(vat_mad__gte=0, worth_mad__gte=F("vat_mad"))
            ),
            models.CheckConstraint(name="export_vat_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="export_vat_answered_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | ~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="export_vat_two_persons",
                condition=~Q(answer__in=["AGREED", "DECLINED"]) | ~Q(answered_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="export_vat_agreed_is_booked",
                condition=Q(answer="AGREED") & (Q(vat_mad=0, entry=None) | Q(vat_mad__gt=0, entry__isnull=False))
                | ~Q(answer="AGREED") & Q(entry=None),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"EXV-{self.pk:06d}"
