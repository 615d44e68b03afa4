"""Another phone for the contact of an application: whoever has it opens the pages, so two people stand behind it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from .applications import Application


class PhoneChange(models.Model):
    """A phone that one person of the office proposed and another decides on; decided once, never edited."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", pgettext_lazy("phone", "waits for a second person")
        AGREED = "AGREED", pgettext_lazy("phone", "agreed to")
        REFUSED = "REFUSED", pgettext_lazy("phone", "refused")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="phone_changes")
    former_phone = models.CharField(max_length=16)
    phone = models.CharField(max_length=16, help_text="E.164, can receive SMS")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="phone_change_one_open", fields=["application"], condition=Q(state="PROPOSED")
            ),
            models.CheckConstraint(name="phone_change_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="phone_change_to_another", condition=~Q(phone=F("former_phone"))),
            models.CheckConstraint(
                name="phone_change_another_agrees", condition=~Q(state="AGREED") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="phone_change_decided_whole",
                condition=Q(state="PROPOSED", decided_by=None, decided_at=None)
                | ~Q(state="PROPOSED") & Q(decided_by__isnull=False, decided_at__gte=F("proposed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.state}"
