"""Money given back. Keys are stored before the provider is called."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.pricing.models import Currency

from .attempts import PaymentAttempt


def _person(did: str) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text=did
    )


class Refund(models.Model):
    """Money of one attempt given back. The row, and with it the key, is there before anyone is asked.

    Triggers keep the sum of an attempt's refunds, those that failed or were declined left out, within what was
    captured; the terms of a refund, and its end when it failed or was declined, never change. One that failed is
    tried again, or another way, as a refund of its own that ``follows`` it, once.
    """

    class State(models.TextChoices):
        ASKED = "ASKED", _("waits for a second person")
        DUE = "DUE", _("to be sent")
        PENDING = "PENDING", _("under way")
        SUCCEEDED = "SUCCEEDED", _("given back")
        FAILED = "FAILED", _("failed: a person must see to it")
        DECLINED = "DECLINED", pgettext_lazy("refund", "declined")

    class Reason(models.TextChoices):
        PAID_TOO_LATE = "PAID_TOO_LATE", _("paid when the order had ended")
        CANCELLED = "CANCELLED", _("the order was cancelled")
        WITHDRAWN = "WITHDRAWN", _("sent back by the buyer")
        DAMAGED = "DAMAGED", _("arrived damaged")
        MISSING = "MISSING", _("missing from the parcel")
        REFUSED = "REFUSED", _("refused at the door")
        LOST = "LOST", _("lost on the way")
        GOODWILL = "GOODWILL", _("a gesture of the office")
        DISPUTED = "DISPUTED", _("disputed at the buyer's bank")

    class Way(models.TextChoices):
        CARD = "card", _("to the card")
        TRANSFER = "transfer", _("by bank transfer")

    OPEN_STATES = (State.DUE, State.PENDING)
    NULL_STATES = (State.FAILED, State.DECLINED)
    """Nothing was given back: what they were for can be given back by another."""

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, choices=Currency)
    reason = models.CharField(max_length=20, choices=Reason)
    way = models.CharField(max_length=10, choices=Way, default=Way.CARD, db_default=Way.CARD)
    delivery = models.BooleanField(default=False, db_default=False, help_text="with what was paid for delivery")
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    asked_by = _person("asked for it; nobody where it follows from an order's own life")
    decided_by = _person("the second person")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="why declined")
    follows = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by", help_text="it failed"
    )
    provider_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(name="refund_not_over", fields=["state", "created_at"], condition=~Q(state="SUCCEEDED")),
        ]
        constraints = [
            models.CheckConstraint(name="refund_amount_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                name="refund_delivery_once",
                fields=["attempt"],
                condition=Q(delivery=True) & ~Q(state__in=["FAILED", "DECLINED"]),
            ),
            models.CheckConstraint(
                name="refund_second_person",
                condition=Q(decided_by=None) | Q(asked_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="refund_decided_whole",
                condition=Q(decided_by=None, decided_at=None) | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="refund_declined_by_someone", condition=~Q(state="DECLINED") | Q(decided_by__isnull=False)
            ),
            models.CheckConstraint(
                name="refund_of_late_money_is_whole", condition=~Q(reason="PAID_TOO_LATE") | Q(delivery=False)
            ),
        ]
        permissions = [
            ("approve_refund", "Can be the second person of a refund"),
            ("transfer_refund", "Can say that a refund went by bank transfer"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return f"refund-{self.pk}"

    @property
    def of_held_money(self) -> bool:
        """Tell whether it gives back money that never became a sale: it has no lines, and nothing is taken back."""
        return self.reason == self.Reason.PAID_TOO_LATE

    @property
    def waits_for_account(self) -> bool:
        """Tell whether it goes by transfer and nobody has said where to."""
        return self.way == self.Way.TRANSFER and self.state == self.State.DUE and not hasattr(self, "transfer")


class RefundLine(models.Model):
    """Pieces of one order line that a refund gives back: ``pieces`` of them from number ``first_piece`` (0 and up).

    Each piece of a line has its own cents, so that whichever are given back, in any order, all of them together come
    to exactly what was paid. A trigger keeps any piece from being given back twice; rows never change.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="refund_lines")
    first_piece = models.PositiveIntegerField()
    pieces = models.PositiveIntegerField()

    class Meta:
        ordering = ["refund_id", "order_line_id", "first_piece"]
        constraints = [
            models.UniqueConstraint(name="refund_line_once", fields=["refund", "order_line", "first_piece"]),
            models.CheckConstraint(name="refund_line_has_pieces", condition=Q(pieces__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}: {self.pieces} of {self.order_line_id}"


class RefundTransfer(models.Model):
    """Where a refund by bank transfer goes, and that it went.

    Holder and number are sealed, and forgotten once the money went; the last four digits stay. ``given_by`` nobody:
    the buyer, through the order's own link. Who typed an account at the office does not say that the money went there.
    """

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="transfer")
    sealed = models.TextField(blank=True, help_text="holder and number; empty once the money went")
    last_four = models.CharField(max_length=4)
    given_by = _person("typed it at the office; nobody: the buyer gave it")
    given_at = models.DateTimeField()
    made_by = _person("made the transfer")
    made_at = models.DateTimeField(null=True, blank=True)
    bank_reference = models.CharField(max_length=60, null=True, blank=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="refund_transfer_two_persons",
                condition=Q(given_by=None) | Q(made_by=None) | ~Q(given_by=F("made_by")),
            ),
            models.CheckConstraint(
                name="refund_transfer_made_whole",
                condition=Q(made_by=None, made_at=None, bank_reference=None)
                | Q(made_by__isnull=False, made_at__isnull=False, bank_reference__isnull=False, sealed=""),
            ),
            models.CheckConstraint(name="refund_transfer_last_four", condition=Q(last_four__regex=r"^[0-9A-Z]{4}$")),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}: …{self.last_four}"
