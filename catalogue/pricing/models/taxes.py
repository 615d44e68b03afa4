"""VAT, stamp duty, the tax status of cooperatives, and who sells: rows that an accountant writes, never code."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .dated import Dated, ends_after_start, never_two


class Side(models.TextChoices):
    HOME = "home", _("Morocco, tax included")
    EXPORT = "export", _("abroad, zero-rated")


class Seller(models.TextChoices):
    OFFICE = "office", _("the office, in its own name")
    COOPERATIVE = "cooperative", _("the cooperative, the office being its agent")


class TaxStatus(models.TextChoices):
    EXEMPT_BELOW_10M = "exempt_below_10m", _("exempt: turnover below 10 million dirhams")
    EXEMPT_RAW = "exempt_raw", _("exempt: only sells what its members grow")
    LIABLE = "liable", _("liable to VAT")


class VatClass(models.Model):
    """A class of VAT (N20, R10, EXO …) that products are in. ``rate_pct`` is what the data said.

    Prices are made from ``VatRate``: the class's rate in the data only begins its first row there.
    """

    code = models.CharField(max_length=10, unique=True)
    rate_pct = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        verbose_name_plural = "VAT classes"
        constraints = [models.CheckConstraint(name="vat_rate_sensible", condition=Q(rate_pct__gte=0, rate_pct__lt=100))]

    def __str__(self) -> str:
        return self.code


class VatRate(Dated):
    """The rate of a class on one tax side. ``destination`` is empty for every country of that side.

    Exports are zero-rated: a price list holds one export price for all countries.
    """

    vat_class = models.ForeignKey(VatClass, on_delete=models.PROTECT, related_name="rates", verbose_name=_("class"))
    side = models.CharField(_("tax side"), max_length=6, choices=Side)
    destination = models.CharField(_("country"), max_length=2, blank=True, help_text=_("two letters, or empty for all"))
    rate_pct = models.DecimalField(_("rate, %"), max_digits=5, decimal_places=2)

    class Meta:
        ordering = ["vat_class__code", "side", "destination", "-valid_from"]
        constraints = [
            models.CheckConstraint(name="vat_rate_under_100", condition=Q(rate_pct__gte=0, rate_pct__lt=100)),
            models.CheckConstraint(name="vat_rate_export_is_zero", condition=Q(side="home") | Q(rate_pct=0)),
            models.CheckConstraint(
                name="vat_rate_destination_is_of_its_side",
                condition=Q(destination="")
                | Q(side="home", destination="MA")
                | (Q(side="export", destination__regex=r"^[A-Z]{2}$") & ~Q(destination="MA")),
            ),
            ends_after_start("vat_rate_ends_after_start"),
            never_two("vat_rates_follow_each_other", "vat_class", "side", "destination"),
        ]

    def __str__(self) -> str:
        return f"{self.vat_class_id} {self.side}{self.destination} {self.rate_pct}"


class StampDuty(Dated):
    """The duty on receipts paid in cash (art. 252 of the tax code), and who bears it. Without a row there is none."""

    class Bearer(models.TextChoices):
        OFFICE = "office", _("the office, out of its own part")
        BUYER = "buyer", _("the buyer, on a line of its own")

    rate_pct = models.DecimalField(_("rate, %"), max_digits=5, decimal_places=2)
    borne_by = models.CharField(_("borne by"), max_length=6, choices=Bearer)

    class Meta:
        ordering = ["-valid_from"]
        verbose_name_plural = "stamp duties"
        constraints = [
            models.CheckConstraint(name="stamp_duty_sensible", condition=Q(rate_pct__gt=0, rate_pct__lte=10)),
            models.CheckConstraint(name="stamp_duty_has_a_bearer", condition=Q(borne_by__in=["office", "buyer"])),
            ends_after_start("stamp_duty_ends_after_start"),
            never_two("stamp_duties_follow_each_other"),
        ]

    def __str__(self) -> str:
        return f"{self.rate_pct} {self.borne_by}"


class CooperativeTaxStatus(Dated):
    """Whether a cooperative charges VAT on what it sells itself."""

    cooperative = models.ForeignKey(
        "partner.Partner", on_delete=models.PROTECT, related_name="tax_statuses", verbose_name=_("cooperative")
    )
    status = models.CharField(_("tax status"), max_length=20, choices=TaxStatus)

    class Meta:
        ordering = ["cooperative", "-valid_from"]
        constraints = [
            ends_after_start("tax_status_ends_after_start"),
            never_two("tax_statuses_follow_each_other", "cooperative"),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative_id} {self.status}"


class SellerOfRecord(Dated):
    """In whose name a cooperative's goods are sold. Without a row: the office's own."""

    cooperative = models.ForeignKey(
        "partner.Partner", on_delete=models.PROTECT, related_name="sellers_of_record", verbose_name=_("cooperative")
    )
    seller = models.CharField(_("who sells"), max_length=12, choices=Seller)

    class Meta:
        ordering = ["cooperative", "-valid_from"]
        constraints = [
            ends_after_start("seller_ends_after_start"),
            never_two("sellers_follow_each_other", "cooperative"),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative_id} {self.seller}"
