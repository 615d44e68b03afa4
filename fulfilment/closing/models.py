"""Months of the books: looked over, signed by two persons, locked; opened again by two persons. With all that was done.

What the triggers hold stands in ``migrations/0002_locked_months``: among it that nothing is added to a locked month.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.kernel import periods
from catalogue.kernel.periods import Period


class Month(models.Model):
    """A calendar month in Casablanca. One without a row is open.

    ``sha256`` is of the ``figures`` (JSON) that were signed: the first signature is of these, and the second of the
    very same. ``locked_at`` is when the second one was given.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("month", "open")
        CHECKED = "CHECKED", _("signed once")
        LOCKED = "LOCKED", _("locked")

    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    sha256 = models.CharField(max_length=64, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    first_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "-month"]
        constraints = [
            models.UniqueConstraint(name="closing_month_once", fields=["year", "month"]),
            models.CheckConstraint(
                name="closing_month_of_a_calendar", condition=Q(month__gte=1, month__lte=12, year__gte=2000)
            ),
            models.CheckConstraint(
                name="closing_month_two_persons",
                condition=Q(first_by=None) | Q(second_by=None) | ~Q(second_by=F("first_by")),
            ),
            models.CheckConstraint(
                name="closing_month_signed_as_it_says",
                condition=Q(state="OPEN", sha256="", first_by=None, first_at=None, second_by=None, locked_at=None)
                | Q(
                    state="CHECKED",
                    sha256__regex="^[0-9a-f]{64}$",
                    first_by__isnull=False,
                    first_at__isnull=False,
                    second_by=None,
                    locked_at=None,
                )
                | Q(
                    state="LOCKED",
                    sha256__regex="^[0-9a-f]{64}$",
                    first_by__isnull=False,
                    first_at__isnull=False,
                    second_by__isnull=False,
                    locked_at__isnull=False,
                ),
            ),
        ]
        permissions = [
            ("sign_month", "Can look a month over and sign it first"),
            ("lock_month", "Can sign a month second, which locks it, and let it be opened again"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def period(self) -> Period:
        return periods.month(self.first_day)


class Reopening(models.Model):
    """Someone asks to open a locked month again, and why; a second person lets it be, or does not.

    Whoever asked may only take it back.
    """

    class Answer(models.TextChoices):
        OPENED = "OPENED", _("opened again")
        DECLINED = "DECLINED", pgettext_lazy("reopening", "declined")
        DROPPED = "DROPPED", pgettext_lazy("reopening", "taken back")

    month = models.ForeignKey(Month, on_delete=models.PROTECT, related_name="reopenings")
    of_lock = models.DateTimeField(help_text="the month's locked_at")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="closing_reopening_asked_once", fields=["month"], condition=Q(answer="")),
            models.CheckConstraint(name="closing_reopening_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="closing_reopening_two_persons",
                condition=Q(answered_by=None)
                | Q(answer="DROPPED", answered_by=F("asked_by"))
                | ~Q(answer="DROPPED") & ~Q(answered_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="closing_reopening_answered_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month_id}: {self.reason}"


class MonthEvent(models.Model):
    """What was done with a month. Rows are only added. ``sha256`` is of the figures of that moment."""

    class Kind(models.TextChoices):
        SIGNED = "SIGNED", _("signed first")
        VOIDED = "VOIDED", _("the figures changed: the signature is void")
        LOCKED = "LOCKED", _("signed second, and locked")
        ASKED = "ASKED", _("asked to be opened again")
        DECLINED = "DECLINED", _("not opened again")
        DROPPED = "DROPPED", _("not asked for any more")
        OPENED = "OPENED", _("opened again")

    month = models.ForeignKey(Month, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.month_id} {self.kind}"
