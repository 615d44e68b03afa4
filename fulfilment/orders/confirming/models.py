"""What is asked before an order in cash is prepared, and who may pay in cash again."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Confirmation(models.Model):
    """That an order waits for its buyer to say yes: by the link sent at ``asked_at``, by a call from ``call_from`` on.

    At ``ends_at`` it is given up.
    """

    class Why(models.TextChoices):
        ALL = "all", _("every order in cash is confirmed")
        FIRST = "first", _("first order of this number")
        LARGE = "large", _("large amount")
        REFUSED = "refused", _("an order of this number was refused")

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="confirmation")
    why = models.CharField(max_length=8, choices=Why)
    by_link = models.BooleanField()
    asked_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    call_from = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="confirmation_times_follow",
                condition=Q(remind_at__gte=F("asked_at"), call_from__gte=F("asked_at"), ends_at__gt=F("call_from")),
            )
        ]
        indexes = [models.Index(name="confirmation_ends", fields=["ends_at"])]
        permissions = [("confirm_order", "Can confirm or call off an order in cash by phone")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.why}"


class ConfirmationCall(models.Model):
    """One call of the desk to a buyer, and how it ended. Rows are only added."""

    MOST = 3

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        NO_ANSWER = "no_answer", _("no answer")
        DECLINED = "declined", _("does not want it")

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="confirmation_calls")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["order_id", "number"]
        constraints = [
            models.UniqueConstraint(name="confirmation_call_number_once", fields=["order", "number"]),
            models.UniqueConstraint(
                name="confirmation_call_ends_once", fields=["order"], condition=~Q(outcome="no_answer")
            ),
            models.CheckConstraint(name="confirmation_call_says_why", condition=~Q(outcome="declined") | ~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.number} {self.outcome}"


class CashAllowed(models.Model):
    """That someone of the office lets the number of an order pay in cash again, and why.

    It names the order, not the number: nothing more of a person is kept than the order says.
    """

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="cash_allowed")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(name="cash_allowed_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"
