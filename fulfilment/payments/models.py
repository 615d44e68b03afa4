"""Attempts to be paid, money given back, and what the provider told. Keys are stored before the provider is called."""

from typing import Any
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.kernel.money import ZERO
from catalogue.pricing.models import Currency
from fulfilment.orders.models import Order

from .gateways.base import Payment


PROVIDERS = [
    ("stripe", "Stripe"),
    ("cash", _("cash on delivery")),
    ("transfer", _("bank transfer")),
    ("acquirer", _("acquirer in Morocco")),
]


def _person(did: str) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text=did
    )


class PaymentAttempt(models.Model):
    class State(models.TextChoices):
        STARTED = "STARTED", _("started")
        REQUIRES_ACTION = "REQUIRES_ACTION", _("waiting for the buyer")
        PROCESSING = "PROCESSING", _("in progress")
        AUTHORISED = "AUTHORISED", _("authorised")
        SUCCEEDED = "SUCCEEDED", _("paid")
        FAILED = "FAILED", _("failed")
        CANCELLED = "CANCELLED", _("cancelled")
        QUARANTINED = "QUARANTINED", _("held for a person to look at")

    OPEN_STATES = (State.STARTED, State.REQUIRES_ACTION, State.PROCESSING, State.AUTHORISED)
    WAITING_STATES = (*OPEN_STATES, State.FAILED)
    """A declined card leaves the same payment open for another card."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payment_attempts")
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=20, choices=PROVIDERS)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, choices=Currency)
    state = models.CharField(max_length=16, choices=State, default=State.STARTED)
    idempotency_key = models.CharField(max_length=120, unique=True)
    intent_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    last_error = models.CharField(max_length=300, blank=True)
    receipt_email = models.EmailField(blank=True, help_text="frozen: what is asked under a key never varies")
    charge_id = models.CharField(max_length=120, blank=True)
    captured = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="what came in, in currency")
    fee = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="the provider's")
    net = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    settled_currency = models.CharField(max_length=3, blank=True, help_text="of fee and net")
    hold = models.BooleanField(default=False, db_default=False, help_text="frozen: hold the card, capture later")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["order_id", "number"]
        constraints = [
            models.UniqueConstraint(name="attempt_number_once", fields=["order", "number"]),
            models.UniqueConstraint(
                name="attempt_one_success_per_order", fields=["order"], condition=Q(state="SUCCEEDED")
            ),
            models.CheckConstraint(name="attempt_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="attempt_captured_not_negative", condition=Q(captured__gte=0)),
            models.CheckConstraint(name="attempt_cash_is_not_held", condition=~Q(provider="cash", hold=True)),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    def as_payment(self) -> Payment:
        """Say what our own rows know of it: all that is known where nobody else can be asked."""
        lines = list(self.credits.filter(state=BankCredit.State.SETTLED).order_by("pk"))
        received = sum((line.amount for line in lines), ZERO) or self.captured
        return Payment(
            id=self.idempotency_key,
            state=self.State.SUCCEEDED if lines else self.state,
            amount=self.amount,
            currency=self.currency,
            received=received,
            metadata={"order_number": self.order.number, "attempt": str(self.number)},
            charge_id=lines[0].reference if lines else "",
        )


class BankCredit(models.Model):
    """A line of our bank's statement: money that someone sent. ``reference`` is the bank's own, so it counts once.

    ``attempt`` is the payment it pays for or, while it waits, the one that its ``message`` names. A trigger keeps what
    the bank said as it was said; only what a person decides is written later.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("waits for a person")
        SETTLED = "SETTLED", _("paid an order")
        RETURNED = "RETURNED", _("sent back")

    class Why(models.TextChoices):
        UNKNOWN = "UNKNOWN", _("It names no order that we know.")
        NOT_BY_TRANSFER = "NOT_BY_TRANSFER", _("The order it names is not paid by transfer.")
        PAID_ALREADY = "PAID_ALREADY", _("The order it names is paid already.")
        ENDED = "ENDED", _("The order it names has ended, and cannot be taken up again.")
        OTHER_CURRENCY = "OTHER_CURRENCY", _("The order it names is in another currency.")
        OTHER_AMOUNT = "OTHER_AMOUNT", _("The order it names is for another amount.")

    reference = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, choices=Currency)
    value_on = models.DateField()
    payer_name = models.CharField(max_length=150)
    message = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(max_length=16, choices=Why, blank=True)
    attempt = models.ForeignKey(PaymentAttempt, null=True, blank=True, on_delete=models.PROTECT, related_name="credits")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_as = models.CharField(
        max_length=40, null=True, blank=True, unique=True, help_text="the bank's reference of the way back"
    )

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(name="bank_credit_waiting", fields=["recorded_at"], condition=Q(state="WAITING"))]
        constraints = [
            models.UniqueConstraint(name="bank_credit_once", fields=["reference"]),
            models.CheckConstraint(name="bank_credit_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="bank_credit_reference_is_plain", condition=Q(reference__regex=r"^[0-9A-Z./-]+$")
            ),
            models.CheckConstraint(name="bank_credit_says_why_it_waits", condition=~Q(state="WAITING") | ~Q(why="")),
            models.CheckConstraint(
                name="bank_credit_settles_something", condition=~Q(state="SETTLED") | Q(attempt__isnull=False)
            ),
            models.CheckConstraint(
                name="bank_credit_returned_with_a_reference",
                condition=Q(state="RETURNED", returned_as__isnull=False)
                | (~Q(state="RETURNED") & Q(returned_as__isnull=True)),
            ),
            models.CheckConstraint(
                name="bank_credit_decided_at", condition=Q(state="WAITING") | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class AcquirerNotice(models.Model):
    """Something the acquirer's signed callback told, once by its transaction. A hint only, as Stripe's events are."""

    transaction = models.CharField(max_length=64, unique=True)
    payment_id = models.CharField(max_length=120)
    result = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.transaction


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


class CashRemittance(models.Model):
    """Cash that a courier handed in, as it was counted or came to the bank. Written once.

    What it comes to more or less than the collections it pays stays between us and the courier, in plain sight.
    """

    courier = models.ForeignKey("shipping.Courier", on_delete=models.PROTECT, related_name="remittances")
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="MAD")
    received_on = models.DateField()
    reference = models.CharField(max_length=60, help_text="of the receipt or of the bank")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="cash_remittance_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="cash_remittance_has_reference", condition=~Q(reference="")),
            models.UniqueConstraint(name="cash_remittance_once_per_reference", fields=["courier", "reference"]),
        ]
        permissions = [("remit_cash", "Can record cash that a courier handed in")]

    def __str__(self) -> str:
        return f"cash-{self.pk}"


class CashCollected(models.Model):
    """What a courier was paid at the door for one parcel of an order.

    ``with_delivery`` says that the delivery, and all else that is of no single line, was paid with it: with the first
    parcel that the buyer of an order accepts. ``remittance`` is the one that paid for it in full; none while it is
    owed.
    """

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="collections")
    parcel = models.CharField(max_length=40, unique=True, help_text="reference of the consignment")
    courier = models.ForeignKey(
        "shipping.Courier", null=True, blank=True, on_delete=models.PROTECT, related_name="collections"
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="MAD")
    with_delivery = models.BooleanField()
    collected_at = models.DateTimeField()
    remittance = models.ForeignKey(
        CashRemittance, null=True, blank=True, on_delete=models.PROTECT, related_name="collections"
    )

    class Meta:
        ordering = ["collected_at", "pk"]
        constraints = [
            models.CheckConstraint(name="cash_collected_not_negative", condition=Q(amount__gte=0)),
            models.UniqueConstraint(
                name="cash_delivery_collected_once", fields=["attempt"], condition=Q(with_delivery=True)
            ),
        ]
        indexes = [models.Index(name="cash_not_remitted", fields=["courier"], condition=Q(remittance__isnull=True))]

    def __str__(self) -> str:
        return self.parcel


class StripeEvent(models.Model):
    """Something Stripe told, once by its id. A hint only: a worker asks Stripe for the object itself.

    ``payload`` holds the few fields that say what it is about, nothing of a card or a person. Rows are forgotten
    ninety days after they were processed.
    """

    class Source(models.TextChoices):
        WEBHOOK = "webhook"
        LIST = "list"

    event_id = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=120)
    api_version = models.CharField(max_length=40, blank=True)
    livemode = models.BooleanField()
    payload = models.JSONField(default=dict)
    source = models.CharField(max_length=8, choices=Source)
    created_at = models.DateTimeField(help_text="at Stripe")
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(name="stripe_event_open", fields=["created_at"], condition=Q(processed_at__isnull=True)),
            models.Index(name="stripe_event_processed", fields=["processed_at"]),
        ]

    def __str__(self) -> str:
        return self.event_id


from oscar.apps.payment.models import *

from .holding.models import Hold as Hold
from .reconciliation.models import Discrepancy as Discrepancy
from .reconciliation.models import DiscrepancyNote as DiscrepancyNote
from .reconciliation.models import ReconciliationRow as ReconciliationRow
from .reconciliation.models import ReconciliationRun as ReconciliationRun
