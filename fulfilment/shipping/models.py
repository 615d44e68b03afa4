"""Where the shop delivers, what it costs and what may not be sent there."""

from django.db import models
from django.db.models import F, Q


class DeliveryZone(models.Model):
    code = models.CharField(max_length=8, unique=True)
    scope = models.CharField(max_length=15, choices=[("domestic", "domestic"), ("international", "international")])
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["code"]

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


from oscar.apps.shipping.models import *
