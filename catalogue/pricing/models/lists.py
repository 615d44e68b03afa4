"""Published price lists, which never change afterwards."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from .rates import Currency
from .taxes import Seller, Side, TaxStatus


class Source(models.TextChoices):
    """What the prices of a list were made from."""

    OPENING = "opening", _("the public prices of the data")
    SCHEDULES = "schedules", _("the fee schedules")
    PAST = "past", _("written for a time before the shop")


class TimeRange(Func):
    function = "TSTZRANGE"


class PriceList(models.Model):
    """Every price in force from ``starts_at`` until ``ends_at`` (open while null). Published once, never edited."""

    reference = models.CharField(max_length=30, unique=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.OPENING)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField()
    eur_rate = models.DecimalField(max_digits=12, decimal_places=6, help_text="dirhams for one euro")
    usd_rate = models.DecimalField(max_digits=12, decimal_places=6, help_text="dirhams for one dollar")
    rates_day = models.DateField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-starts_at"]
        permissions = [("approve_pricelist", "Can approve a price list that someone else prepared")]
        constraints = [
            models.CheckConstraint(
                name="price_list_ends_after_start", condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at"))
            ),
            ExclusionConstraint(
                name="price_lists_follow_each_other",
                expressions=[(TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="price_list_approved_by_another",
                condition=Q(prepared_by__isnull=True)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("prepared_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PriceColumns(models.Model):
    """What a price says, drafted or published."""

    currency = models.CharField(max_length=3, choices=Currency)
    side = models.CharField(max_length=6, choices=Side)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    vat_class = models.CharField(max_length=10)
    vat_rate_pct = models.DecimalField(max_digits=5, decimal_places=2)
    farm_gate_mad = models.DecimalField(max_digits=12, decimal_places=2)
    part_cooperative = models.DecimalField(max_digits=12, decimal_places=2)
    part_collection = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    part_packing = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    part_transport = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    part_payment = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    part_office = models.DecimalField(max_digits=12, decimal_places=2)
    part_tax = models.DecimalField(max_digits=12, decimal_places=2)
    seller_of_record = models.CharField(max_length=12, choices=Seller, default=Seller.OFFICE)
    tax_status = models.CharField(max_length=20, choices=TaxStatus, blank=True, help_text="of the cooperative")

    class Meta:
        abstract = True


class Price(PriceColumns):
    """One stock record's unit price in one currency for one tax side, and the parts that add up to it.

    All amounts are in ``currency``, two places. ``price`` is what the buyer pays (tax included on the home side).
    ``farm_gate_mad`` is what the cooperative receives, in dirhams, excluding tax. ``vat_rate_pct`` is the rate that
    ``part_tax`` was made with: none when the seller of record is an exempt cooperative.
    """

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="prices")
    stockrecord = models.ForeignKey("partner.StockRecord", on_delete=models.CASCADE, related_name="prices")

    PARTS = ("cooperative", "collection", "packing", "transport", "payment", "office", "tax")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="price_once_per_list", fields=["price_list", "stockrecord", "currency", "side"]
            ),
            models.CheckConstraint(
                name="price_is_the_sum_of_its_parts",
                condition=Q(
                    price=F("part_cooperative")
                    + F("part_collection")
                    + F("part_packing")
                    + F("part_transport")
                    + F("part_payment")
                    + F("part_office")
                    + F("part_tax")
                ),
            ),
            models.CheckConstraint(
                name="price_parts_not_negative",
                condition=Q(
                    price__gt=0,
                    farm_gate_mad__gte=0,
                    part_cooperative__gte=0,
                    part_collection__gte=0,
                    part_packing__gte=0,
                    part_transport__gte=0,
                    part_payment__gte=0,
                    part_office__gte=0,
                    part_tax__gte=0,
                ),
            ),
            models.CheckConstraint(name="price_export_has_no_tax", condition=Q(side="home") | Q(part_tax=0)),
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.currency} {self.side}"

    @property
    def price_excl_tax(self) -> Decimal:
        return self.price - self.part_tax

    @property
    def parts(self) -> dict[str, Decimal]:
        """What each part of ``PARTS`` is of one unit."""
        return {part: getattr(self, f"part_{part}") for part in self.PARTS}
