"""When a solidarity shop is open: its week, and days or weeks on which it keeps other hours or none."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.ranges import ClockRange, DayRange
from catalogue.lots.models import Place


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """One stretch of a weekday on which a place is open; a day with a long noon has two."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ["place_id", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(name="opening_hours_on_a_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(name="opening_hours_close_later", condition=Q(closes__gt=F("opens"))),
            ExclusionConstraint(
                name="opening_hours_never_overlap",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (ClockRange("opens", "closes"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.weekday} {self.opens}-{self.closes}"


class OtherHours(models.Model):
    """Days on which the week does not count, such as Ramadan; a row without hours closes the place.

    From ``first_day`` until ``until``, that day excluded. Several rows of the same days are several stretches.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="other_hours")
    first_day = models.DateField(_("first day"))
    until = models.DateField(_("until, that day excluded"))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        ordering = ["place_id", "first_day", "opens"]
        constraints = [
            models.CheckConstraint(name="other_hours_end_after_they_begin", condition=Q(until__gt=F("first_day"))),
            models.CheckConstraint(
                name="other_hours_whole_or_none",
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False, closes__gt=F("opens")),
            ),
            ExclusionConstraint(
                name="other_hours_never_overlap",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    (DayRange("first_day", "until"), RangeOperators.OVERLAPS),
                    (ClockRange("opens", "closes"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.first_day}-{self.until} {self.opens}-{self.closes}"
