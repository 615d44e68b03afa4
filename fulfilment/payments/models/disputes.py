"""Payments that a buyer's bank takes back, what moved for them, and what the shop answered. Kept beside the payment."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SOON = timedelta(days=3)
"""So long before its due date a dispute that nobody answered is shown as pressing."""


class Dispute(models.Model):
    """What the provider says of a dispute of one payment, of a part of it or all: looked up there, never believed."""

    class State(models.TextChoices):
        WARNING_NEEDS_RESPONSE = "WARNING_NEEDS_RESPONSE", _("the bank asks: to be answered")
        WARNING_UNDER_REVIEW = "WARNING_UNDER_REVIEW", _("the bank asked: answered")
        WARNING_CLOSED = "WARNING_CLOSED", _("the bank asked: closed, nothing was taken")
        NEEDS_RESPONSE = "NEEDS_RESPONSE", _("to be answered")
        UNDER_REVIEW = "UNDER_REVIEW", _("the bank decides")
        PREVENTED = "PREVENTED", _("settled before it began")
        LOST = "LOST", pgettext_lazy("dispute", "lost")
        WON = "WON", pgettext_lazy("dispute", "won")

    class Bearer(models.TextChoices):
        OFFICE = "OFFICE", _("the office")
        COOPERATIVES = "COOPERATIVES", _("the cooperatives, by contract")

    WARNINGS = (State.WARNING_NEEDS_RESPONSE, State.WARNING_UNDER_REVIEW, State.WARNING_CLOSED)
    """The bank only asks. It may go on to take the money, which is answered on its own."""

    TO_ANSWER = (State.WARNING_NEEDS_RESPONSE, State.NEEDS_RESPONSE)
    OPEN_STATES = (*TO_ANSWER, State.WARNING_UNDER_REVIEW, State.UNDER_REVIEW)
    MONEY_AT_STAKE = (State.NEEDS_RESPONSE, State.UNDER_REVIEW)
    """While it lasts nothing else of the payment is given back; a bank that only asks may be satisfied by a refund."""

    KEEPS_MONEY = (*MONEY_AT_STAKE, State.LOST)
    """What was disputed is at the buyer's bank, for now or for good."""

    attempt = models.ForeignKey("payment.PaymentAttempt", on_delete=models.PROTECT, related_name="disputes")
    provider_id = models.CharField(max_length=120, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40, blank=True, help_text="the provider's code")
    state = models.CharField(max_length=24, choices=State)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    submissions = models.PositiveSmallIntegerField(default=0, help_text="how often the provider was answered")
    opened_at = models.DateTimeField(help_text="at the provider")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reinstated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    explanation = models.TextField(blank=True, help_text="what a person writes, until it is sent")
    bearer = models.CharField(max_length=12, choices=Bearer, blank=True)
    bearer_reason = models.CharField(max_length=300, blank=True)
    bearer_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    bearer_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["evidence_due_at", "pk"]
        indexes = [
            models.Index(
                name="dispute_to_answer",
                fields=["evidence_due_at"],
                condition=Q(state__in=["WARNING_NEEDS_RESPONSE", "NEEDS_RESPONSE"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="dispute_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="dispute_closed_has_time",
                condition=Q(closed_at__isnull=False, state__in=["WARNING_CLOSED", "PREVENTED", "LOST", "WON"])
                | Q(closed_at=None) & ~Q(state__in=["WARNING_CLOSED", "PREVENTED", "LOST", "WON"]),
            ),
            models.CheckConstraint(
                name="dispute_lost_is_borne",
                condition=Q(state="LOST") & ~Q(bearer="") | ~Q(state="LOST") & Q(bearer=""),
            ),
            models.CheckConstraint(
                name="dispute_charged_back_by_someone",
                condition=~Q(bearer="COOPERATIVES")
                | Q(bearer_by__isnull=False, bearer_at__isnull=False) & ~Q(bearer_reason=""),
            ),
        ]
        permissions = [
            ("answer_dispute", "Can send the bank an answer to a dispute"),
            ("charge_back_dispute", "Can decide who bears a dispute that was lost"),
        ]

    def __str__(self) -> str:
        return self.provider_id

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def at_stake(self) -> bool:
        """Tell whether the buyer's bank holds the money and may keep it."""
        return self.state in self.MONEY_AT_STAKE

    @property
    def needs_answer(self) -> bool:
        return self.state in self.TO_ANSWER

    @property
    def is_warning(self) -> bool:
        return self.state in self.WARNINGS

    def is_answered(self) -> bool:
        """Tell whether the bank has its answer to what it says now, or it is on its way (reads ``answers``).

        An answer to its warning is none to the dispute that came of it.
        """
        kept = [one for one in self.answers.all() if one.state != DisputeAnswer.State.FAILED]
        before = [one for one in kept if one.to_warning != self.is_warning]
        return len(kept) > len(before) or self.submissions > len(before)

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it should have been answered by now."""
        return self.needs_answer and self.evidence_due_at is not None and self.evidence_due_at <= now

    def presses(self, now: datetime) -> bool:
        return self.needs_answer and self.evidence_due_at is not None and self.evidence_due_at <= now + SOON


class DisputeMovement(models.Model):
    """Money that moved on the provider's account for a dispute, and the fee with it. Never changed."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="movements")
    provider_id = models.CharField(max_length=120, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="taken: below nothing")
    fee = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="returned: below nothing")
    currency = models.CharField(max_length=3, help_text="that the provider settles in")
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["moved_at", "pk"]

    def __str__(self) -> str:
        return self.provider_id

    @property
    def size(self) -> Decimal:
        """How much moved, whichever way."""
        return abs(self.amount)

    @property
    def fee_size(self) -> Decimal:
        return abs(self.fee)


class DisputeAnswer(models.Model):
    """What was sent to the bank for a dispute: the words and their hash are here before the call.

    One is sent to its warning, if it asked first, and one to the dispute, ever. One that the provider refused may be
    followed by another.
    """

    class State(models.TextChoices):
        DUE = "DUE", _("to be sent")
        SENT = "SENT", _("sent to the bank")
        FAILED = "FAILED", _("the bank refused it")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="answers")
    to_warning = models.BooleanField(default=False, help_text="the bank only asked")
    state = models.CharField(max_length=6, choices=State, default=State.DUE)
    evidence = models.JSONField(help_text="the provider's fields by name, all of them text")
    sha256 = models.CharField(max_length=64)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="dispute_answered_once",
                fields=["dispute", "to_warning"],
                condition=Q(state__in=["DUE", "SENT"]),
            ),
            models.CheckConstraint(
                name="dispute_answer_sent_has_time", condition=~Q(state="SENT") | Q(sent_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return f"{self.dispute.provider_id}-answer-{self.pk}"
