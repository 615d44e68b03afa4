"""Rows that hold from one day until another and are never edited: they are ended, and another begins."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.ranges import DayRange


class DatedQuerySet(QuerySet[Any]):
    def on(self, day: Any) -> "DatedQuerySet":
        """Rows that hold on a day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day)


class Dated(models.Model):
    """Holds from ``valid_from`` until ``valid_until`` (that day excluded; open while null).

    A trigger refuses every change but the ending, once. One that ends on its first day never held.
    """

    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until, that day excluded"), null=True, blank=True)
    note = models.CharField(_("source or reason"), max_length=200, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Leave them to the database: ``operations.add_row`` names the other row, a form puts it beside its field."""


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name, condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))
    )


def never_two(name: str, *same: Any) -> ExclusionConstraint:
    """Refuse two rows that agree in ``same`` and hold on the same day."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((expression, RangeOperators.EQUAL) for expression in same),
            (DayRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
        ],
    )
