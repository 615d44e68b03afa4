"""What is asked of goods before they are sold: rows, so that the office may ask more tomorrow."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Checklist(models.Model):
    """Questions for some kinds of product, or some families; a lot is asked every list that fits it.

    ``kinds`` and ``families`` are codes: a list may be there before its families are.
    """

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    kinds = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    families = ArrayField(models.CharField(max_length=30), default=list, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One thing to look at. Its code stands in the answers that decisions keep, so it is never used again."""

    class Answer(models.TextChoices):
        YES = "yes", _("must be yes")
        NUMBER = "number", _("number within bounds")
        CHOICE = "choice", _("one of several")

    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="questions")
    code = models.SlugField(max_length=40, unique=True)
    text = models.CharField(max_length=160)
    answer = models.CharField(max_length=6, choices=Answer)
    minimum = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=12, blank=True)
    choices = models.JSONField(default=list, blank=True, help_text="code, ar, fr, en, and whether it is good")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["checklist", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="question_bounds_a_number",
                condition=~Q(answer="number") | Q(minimum__isnull=False) | Q(maximum__isnull=False),
            ),
            models.CheckConstraint(
                name="question_bounds_leave_room",
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(minimum__lte=F("maximum")),
            ),
            models.CheckConstraint(name="question_offers_choices", condition=~Q(answer="choice") | ~Q(choices=[])),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def options(self) -> list[tuple[str, str]]:
        language = (get_language() or "fr")[:2]
        return [(option["code"], option[language]) for option in self.choices]
