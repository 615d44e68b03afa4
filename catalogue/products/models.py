"""What there is to buy: families, products in three languages, categories, hampers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.abstract_models import AbstractCategory, AbstractProduct

MONTHS = (models.Q(season_from__range=(1, 12)) & models.Q(season_until__range=(1, 12))) | (
    models.Q(season_from__isnull=True) & models.Q(season_until__isnull=True)
)


class Family(models.Model):
    """A kind of product (culinary argan oil, thyme honey): its drawing, default tariff code and VAT class."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    category = models.ForeignKey("catalogue.Category", on_delete=models.PROTECT, related_name="families")
    hs_code = models.CharField(max_length=6)
    vat_class = models.CharField(max_length=10)

    class Meta:
        verbose_name_plural = "families"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class GeographicalIndication(models.Model):
    """A protected name (IGP, AOP); a product may carry it only from a certified cooperative."""

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=3, choices=[("IGP", "IGP"), ("AOP", "AOP")])
    name = models.CharField(max_length=120)
    provinces = models.ManyToManyField("address.Province", related_name="indications")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Category(AbstractCategory):
    """A shelf of the shop. ``code`` is the path in the data (oils/argan-food); the slug is Latin, from French."""

    def get_absolute_url(self) -> str:
        return reverse("catalogue:category", kwargs={"category_slug": self.slug, "pk": self.pk})


class Product(AbstractProduct):
    """Something on a shelf, described once and sold by one cooperative or several (stock records)."""

    class Status(models.TextChoices):
        PUBLISHED = "published", _("published")
        DRAFT = "draft_no_onssa", _("draft: no sanitary authorisation yet")
        BLOCKED = "blocked_onssa_suspended", _("blocked: authorisation suspended")
        ARCHIVED = "archived", _("archived")

    class DateType(models.TextChoices):
        NONE = "", _("no date")
        BEST_BEFORE = "DDM", _("best before")
        USE_BY = "DLC", _("use by")

    sku = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=30, choices=Status, default=Status.PUBLISHED)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="products")
    variant = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10)
    origin = models.ForeignKey("address.Province", on_delete=models.PROTECT, related_name="products")
    sale_unit = models.CharField(max_length=12)
    net_value = models.DecimalField(max_digits=9, decimal_places=2, help_text="in net_unit")
    net_unit = models.CharField(max_length=6, choices=[("g", "g"), ("ml", "ml"), ("piece", _("piece"))])
    net_weight_g = models.PositiveIntegerField(null=True, blank=True)
    net_volume_ml = models.PositiveIntegerField(null=True, blank=True)
    gross_weight_g = models.PositiveIntegerField()
    length_cm = models.DecimalField(max_digits=6, decimal_places=1)
    width_cm = models.DecimalField(max_digits=6, decimal_places=1)
    height_cm = models.DecimalField(max_digits=6, decimal_places=1)
    fragile = models.BooleanField(default=False)
    vat_class = models.CharField(max_length=10)
    hs_code = models.CharField(max_length=6, blank=True)
    labels = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    allergens = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True)
    date_type = models.CharField(max_length=3, choices=DateType, blank=True)
    storage_min_c = models.SmallIntegerField(null=True, blank=True)
    storage_max_c = models.SmallIntegerField(null=True, blank=True)
    cold_chain = models.BooleanField(default=False)
    ship_flags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    season_from = models.PositiveSmallIntegerField(null=True, blank=True, help_text="month, may wrap the year")
    season_until = models.PositiveSmallIntegerField(null=True, blank=True, help_text="month, included")
    unique_piece = models.BooleanField(default=False)
    made_to_order = models.BooleanField(
        _("made to order"),
        default=False,
        db_default=False,
        help_text=_("The buyer's card is only held until someone accepts to make it."),
    )
    first_offered_on = models.DateField()

    class Meta(AbstractProduct.Meta):
        constraints = [models.CheckConstraint(name="product_season_months", condition=MONTHS)]

    @property
    def is_offered(self) -> bool:
        """Tell whether it may be sold at all: published, and not withdrawn."""
        return bool(self.is_public) and self.status == self.Status.PUBLISHED

    def get_absolute_url(self) -> str:
        return reverse("catalogue:detail", kwargs={"product_slug": self.slug, "pk": self.pk})


class Component(models.Model):
    """One thing inside a hamper, and how many of it."""

    hamper = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="components")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="hampers")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="component_once_per_hamper", fields=["hamper", "product"]),
            models.CheckConstraint(name="component_quantity_positive", condition=models.Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"


from oscar.apps.catalogue.models import *
