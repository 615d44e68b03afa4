"""Where things come from and go to: regions, provinces, communes, countries, and addresses people can be found at."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.ranges import DayRange
from oscar.apps.address.abstract_models import AbstractCountry, AbstractUserAddress


class Region(models.Model):
    """One of the twelve regions of the decree of 2015 (ISO 3166-2:MA)."""

    code = models.CharField(max_length=5, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    chief_town = models.CharField(max_length=80)
    latitude = models.DecimalField(max_digits=6, decimal_places=3)
    longitude = models.DecimalField(max_digits=6, decimal_places=3)
    population_2024 = models.PositiveIntegerField()
    eu_origin_mention = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Province(models.Model):
    """A province or prefecture, with the delivery zone that serves it."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="provinces")
    code = models.CharField(max_length=6, unique=True)
    kind = models.CharField(max_length=10, choices=[("province", _("province")), ("prefecture", _("prefecture"))])
    name = models.CharField(max_length=80)
    chief_town = models.CharField(max_length=80)
    latitude = models.DecimalField(max_digits=6, decimal_places=3)
    longitude = models.DecimalField(max_digits=6, decimal_places=3)
    postal_prefix = models.CharField(max_length=5, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    postal_confidence = models.CharField(max_length=6, blank=True)
    zone_code = models.CharField(max_length=8)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="communes")
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["province_id", "code"]

    def __str__(self) -> str:
        return self.name


class Country(AbstractCountry):
    pass


class Holiday(models.Model):
    """Days on which Morocco rests because the moon says so, or once only. Fixed ones stand in ``kernel.workdays``.

    From ``first_day`` until ``until``, that day excluded. ``expected`` until the moon was seen.
    """

    class Feast(models.TextChoices):
        FITR = "fitr", _("Eid al-Fitr")
        ADHA = "adha", _("Eid al-Adha")
        MUHARRAM = "muharram", _("1 Muharram")
        MAWLID = "mawlid", _("Mawlid")
        OTHER = "other", _("another day off")

    feast = models.CharField(_("feast"), max_length=10, choices=Feast)
    first_day = models.DateField(_("first day"))
    until = models.DateField(_("until, that day excluded"))
    expected = models.BooleanField(_("expected, not announced yet"), default=False)
    note = models.CharField(_("source or reason"), max_length=200, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(name="holiday_ends_after_it_begins", condition=Q(until__gt=F("first_day"))),
            models.CheckConstraint(name="holiday_within_ten_days", condition=Q(until__lte=F("first_day") + 10)),
            ExclusionConstraint(
                name="holiday_never_two", expressions=[(DayRange("first_day", "until"), RangeOperators.OVERLAPS)]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feast} {self.first_day}"

    def validate_constraints(self, exclude: object = None) -> None:
        """Leave them to the database: ``operations.write_holiday`` names the other row."""


class PlaceInMorocco(models.Model):
    """What a courier in Morocco needs: province, commune, douar or district, landmark. Empty for addresses abroad."""

    province = models.ForeignKey(
        Province, verbose_name=_("province"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    commune = models.ForeignKey(
        Commune, verbose_name=_("commune"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    locality = models.CharField(_("douar or district"), max_length=120, blank=True)
    landmark = models.CharField(_("landmark"), max_length=200, blank=True)

    class Meta:
        abstract = True


class UserAddress(PlaceInMorocco, AbstractUserAddress):
    """An entry of someone's address book. The whole name stands in ``last_name``; no postal code is ever refused."""

    class Meta(AbstractUserAddress.Meta):
        pass

    def __str__(self) -> str:
        return str(self.summary)

    def ensure_postcode_is_valid_for_country(self) -> None:
        """Accept any postal code: many Moroccan ones are unknown, and the courier calls."""


from oscar.apps.address.models import *
