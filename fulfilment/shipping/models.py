"""Where the shop delivers, what it costs and what may not be sent there."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.ranges import DayRange


class DeliveryZone(models.Model):
    code = models.CharField(max_length=8, unique=True)
    scope = models.CharField(max_length=15, choices=[("domestic", "domestic"), ("international", "international")])
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Courier(models.Model):
    """Who carries parcels and takes the money at the door: a round of our own, or a company."""

    class Kind(models.TextChoices):
        OWN = "own", _("own round")
        PARTNER = "partner", _("courier company")

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Tariff(models.Model):
    """The price of one method in one zone for a bracket of chargeable weight (from excluded, to included), in MAD.

    Chargeable weight: the greater of gross weight and volume (cm³) / ``volumetric_divisor`` in kg.
    """

    zone = models.ForeignKey(DeliveryZone, on_delete=models.PROTECT, related_name="tariffs")
    method = models.CharField(max_length=20)
    weight_from_g = models.PositiveIntegerField()
    weight_to_g = models.PositiveIntegerField()
    price_mad = models.DecimalField(max_digits=10, decimal_places=2, help_text="tax included")
    lead_min_days = models.PositiveSmallIntegerField()
    lead_max_days = models.PositiveSmallIntegerField()
    cod_allowed = models.BooleanField(default=False)
    cod_fee_mad = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    cod_max_mad = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    volumetric_divisor = models.PositiveIntegerField()
    insured_to_mad = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    insurance_pct_above = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    return_fee_mad = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    free_from_mad = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    customs_form = models.CharField(max_length=40, blank=True)
    cold_chain = models.BooleanField(default=False, help_text="goods that must stay cold may travel by it")

    class Meta:
        ordering = ["zone_id", "method", "weight_from_g"]
        constraints = [
            models.UniqueConstraint(name="tariff_once_per_bracket", fields=["zone", "method", "weight_from_g"]),
            models.CheckConstraint(name="tariff_bracket_order", condition=Q(weight_to_g__gt=F("weight_from_g"))),
            models.CheckConstraint(name="tariff_days_order", condition=Q(lead_max_days__gte=F("lead_min_days"))),
            models.CheckConstraint(name="tariff_price_not_negative", condition=Q(price_mad__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.method} {self.weight_from_g}-{self.weight_to_g} g"


class DeliveryCountry(models.Model):
    """A country served, its zone and the currency first proposed there; Morocco is one, its zones follow provinces."""

    iso2 = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=80)
    zone = models.ForeignKey(DeliveryZone, null=True, on_delete=models.PROTECT, related_name="countries")
    currency = models.CharField(max_length=3)
    block = models.CharField(max_length=8, help_text="customs block: EU, GB, US …")
    import_note = models.TextField(blank=True)
    preferential_proof = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "delivery countries"
        ordering = ["iso2"]

    def __str__(self) -> str:
        return self.name


class ExportRestriction(models.Model):
    """What becomes of goods with a ship flag sent to a customs block; no row means allowed."""

    class Rule(models.TextChoices):
        ALLOW = "allow"
        REVIEW = "review"
        BLOCK = "block"

    block = models.CharField(max_length=8)
    ship_flag = models.CharField(max_length=40)
    b2c = models.CharField(max_length=6, choices=Rule)
    b2b = models.CharField(max_length=6, choices=Rule)
    reason = models.TextField()
    confidence = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(name="restriction_once", fields=["block", "ship_flag"])]

    def __str__(self) -> str:
        return f"{self.block} {self.ship_flag}: {self.b2c}"


DATED = Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from"))


class SendingPermission(models.Model):
    """Papers that let a cooperative, or the whole office, send what otherwise needs a review, for as long as they run.

    ``reference`` is what the paper says: a TRACES number for honey, an FDA registration, an export licence.
    """

    cooperative = models.ForeignKey(
        "partner.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="sending_permissions"
    )
    block = models.CharField(max_length=8)
    ship_flag = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="the first day without it")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["block", "ship_flag", "cooperative_id", "valid_from"]
        constraints = [
            models.CheckConstraint(name="permission_ends_after_start", condition=DATED),
            models.CheckConstraint(name="permission_has_reference", condition=~Q(reference="")),
            ExclusionConstraint(
                name="permission_once_at_a_time",
                expressions=[
                    (Coalesce("cooperative_id", Value(0)), RangeOperators.EQUAL),
                    ("block", RangeOperators.EQUAL),
                    ("ship_flag", RangeOperators.EQUAL),
                    (DayRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.block} {self.ship_flag} {self.reference}"


class ImportRule(models.Model):
    """What a country asks for on a parcel's arrival, for some time: a row for a whole block, or for one country of it.

    A country's row is laid over its block's: what it leaves empty is the block's. Amounts are in ``currency``.
    Everything here is an assumption until the office's adviser or its carrier has confirmed it.
    """

    class Regime(models.TextChoices):
        INHERITED = "", _("as its group of countries")
        PER_HEADING = "per_heading", _("flat duty per tariff heading up to a limit, VAT from the first cent")
        SELLER_VAT = "seller_vat", _("VAT paid by the seller up to a limit")
        EVERY_PARCEL = "every_parcel", _("duty on every parcel")
        SMALL_TAX_WAIVED = "small_tax_waived", _("import VAT, waived when it is small")
        FROM_VALUE = "from_value", _("duty and tax from a value on")
        LOCAL = "local", _("local duty and VAT")

    block = models.CharField(max_length=8)
    country = models.CharField(max_length=2, blank=True, help_text="empty: the whole block")
    regime = models.CharField(max_length=20, choices=Regime, blank=True)
    vat_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="empty: local rate")
    currency = models.CharField(max_length=3, blank=True)
    value_limit = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    duty_per_heading = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    tax_waived_under = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    announces_food = models.BooleanField(default=False, help_text="food is announced to the authorities beforehand")
    seller_number = models.CharField(
        max_length=40, blank=True, help_text="IOSS, VAT or VOEC number under which the shop settles import VAT itself"
    )
    source = models.CharField(max_length=200, blank=True)
    confidence = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="the first day without it")

    class Meta:
        ordering = ["block", "country", "valid_from"]
        constraints = [
            models.CheckConstraint(name="import_rule_ends_after_start", condition=DATED),
            models.CheckConstraint(name="import_rule_block_has_regime", condition=~Q(country="", regime="")),
            models.CheckConstraint(
                name="import_rule_vat_sensible",
                condition=Q(vat_pct__isnull=True) | Q(vat_pct__gte=0, vat_pct__lt=100),
            ),
            models.CheckConstraint(
                name="import_rule_amounts_with_currency",
                condition=~Q(currency="")
                | Q(value_limit__isnull=True, duty_per_heading__isnull=True, tax_waived_under__isnull=True),
            ),
            models.CheckConstraint(
                name="import_rule_amounts_not_negative",
                condition=(Q(value_limit__isnull=True) | Q(value_limit__gte=0))
                & (Q(duty_per_heading__isnull=True) | Q(duty_per_heading__gte=0))
                & (Q(tax_waived_under__isnull=True) | Q(tax_waived_under__gte=0)),
            ),
            ExclusionConstraint(
                name="import_rule_once_at_a_time",
                expressions=[
                    ("block", RangeOperators.EQUAL),
                    ("country", RangeOperators.EQUAL),
                    (DayRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country or self.block} {self.regime} {self.valid_from}"


from oscar.apps.shipping.models import *
