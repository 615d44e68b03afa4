"""What is held on a card, until when, and what was answered."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Hold(models.Model):
    """An amount held on a card for goods made to order, from the bank's yes until an answer.

    There is one answer: whoever writes it first decides, and a trigger refuses to change it. ``answer_by`` is the last
    moment for it, a while before the bank lets the hold go by itself (``capture_before``).
    """

    class Answer(models.TextChoices):
        ACCEPTED = "ACCEPTED", pgettext_lazy("hold", "accepted")
        REFUSED = "REFUSED", pgettext_lazy("hold", "refused")
        WITHDRAWN = "WITHDRAWN", _("cancelled by the buyer")
        LAPSED = "LAPSED", _("not answered in time")

    attempt = models.OneToOneField("payment.PaymentAttempt", on_delete=models.PROTECT, related_name="held_card")
    held_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    capture_before = models.DateTimeField(help_text="as the provider says")
    answer = models.CharField(max_length=9, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["answer_by", "pk"]
        indexes = [models.Index(name="hold_open", fields=["answer_by"], condition=Q(answer=""))]
        constraints = [
            models.CheckConstraint(
                name="hold_answer_has_its_time",
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(name="hold_refusal_has_a_reason", condition=~Q(answer="REFUSED") | ~Q(reason="")),
            models.CheckConstraint(
                name="hold_is_answered_before_it_ends",
                condition=Q(answer_by__gt=F("held_at"), answer_by__lte=F("capture_before")),
            ),
        ]

    def __str__(self) -> str:
        return f"hold-{self.pk}"
