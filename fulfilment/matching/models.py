"""Differences between orders, payments and cash, stock, ledger and bank: each once, with its cause, owner and age."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .policies import DESKS, NEVER_ACCEPTED


class Cause(models.TextChoices):
    """All that a difference may be. What stands against what is said by ``expected`` and ``found``."""

    SALE_MISSING = "sale_missing", _("money came in and no sale is in the ledger")
    SALE_OTHER_AMOUNT = "sale_other_amount", _("the ledger's sale is not what came in")
    SALE_WITHOUT_PAYMENT = "sale_without_payment", _("the ledger has a sale that nobody paid")
    ORDER_UNPAID = "order_unpaid", _("the order says paid and no payment is there")
    CASH_MISSING = "cash_missing", _("delivered against cash and nothing was collected")
    PAYMENT_WITHOUT_ORDER = "payment_without_order", _("money is here for an order that does not stand")
    PAYMENT_OTHER_AMOUNT = "payment_other_amount", _("what was paid is not what the order asks")
    MOVEMENT_MISSING = "movement_missing", _("a parcel left and the stock did not move")
    MOVEMENT_TOO_MANY = "movement_too_many", _("more left the stock than is in the parcel")
    MOVEMENT_UNKNOWN = "movement_unknown", _("goods left the stock for no parcel")
    RETURN_MISSING = "return_missing", _("a parcel came back and the stock did not move")
    DELIVERY_MISSING = "delivery_missing", _("delivered, and not owed to the cooperative in the ledger")
    DELIVERY_OTHER_AMOUNT = "delivery_other_amount", _("the ledger owes another amount for a delivered parcel")
    DELIVERY_UNFOUNDED = "delivery_unfounded", _("the ledger owes for a parcel that was not delivered")
    REFUND_MISSING = "refund_missing", _("money goes back and the ledger does not know")
    REFUND_OTHER_AMOUNT = "refund_other_amount", _("the ledger's refund is not what goes back")
    REFUND_UNFOUNDED = "refund_unfounded", _("the ledger has a refund that is none")
    PAYOUT_NOT_BOOKED = "payout_not_booked", _("the ledger does not say of a payout what became of it")
    PAYOUT_UNFOUNDED = "payout_unfounded", _("the ledger has a payout that is none")
    PAYOUT_NOT_AT_BANK = "payout_not_at_bank", _("the bank's lines do not say of a payout what became of it")
    EXPORT_UNPROVED = "export_unproved", _("an export without proof of exit")


class Difference(models.Model):
    """One difference of one ``subject``: the number of an order, parcel or payout, a refund's key, or an entry's name.

    ``unit`` is of ``expected`` and ``found``: a currency, or ``pieces``. ``since`` is when it came to be. A run closes
    it when it is gone and opens it again when it is back; an acceptance holds for these amounts only.
    """

    PIECES = "pieces"

    cause = models.CharField(max_length=24, choices=Cause)
    subject = models.CharField(max_length=160)
    order = models.ForeignKey("order.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expected = models.DecimalField(max_digits=14, decimal_places=2)
    found = models.DecimalField(max_digits=14, decimal_places=2)
    unit = models.CharField(max_length=6)
    since = models.DateTimeField()
    first_found_at = models.DateTimeField()
    last_found_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owned_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="a run found it no more")

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(name="match_difference_once", fields=["cause", "subject"]),
            models.CheckConstraint(
                name="match_accepted_by_someone",
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="match_proof_is_never_waived",
                condition=~Q(cause__in=sorted(NEVER_ACCEPTED)) | Q(accepted_at=None),
            ),
        ]
        indexes = [models.Index(name="match_difference_open", fields=["since"], condition=Q(closed_at=None))]
        permissions = [("accept_difference", "Can let a difference be, with a reason")]

    def __str__(self) -> str:
        return f"{self.cause} {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.accepted_at is None

    @property
    def in_pieces(self) -> bool:
        return self.unit == self.PIECES

    @property
    def may_be_accepted(self) -> bool:
        return self.is_open and self.cause not in NEVER_ACCEPTED

    @property
    def desk(self) -> str | Promise:
        """Whose it is while nobody took it."""
        return DESK_WORDS[DESKS[self.cause]]


DESK_WORDS = {"finance": _("finance"), "logistics": _("logistics"), "support": _("support")}


class DifferenceNote(models.Model):
    """What became of a difference, and who did it. Rows are only added."""

    class Kind(models.TextChoices):
        FOUND = "FOUND", pgettext_lazy("difference", "found")
        CHANGED = "CHANGED", _("found with other amounts")
        GONE = "GONE", _("found no more")
        BACK = "BACK", _("found again")
        TAKEN = "TAKEN", pgettext_lazy("discrepancy", "taken up")
        ACCEPTED = "ACCEPTED", pgettext_lazy("difference", "accepted")

    difference = models.ForeignKey(Difference, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="match_accepted_with_a_reason", condition=~Q(kind="ACCEPTED") | (~Q(text="") & Q(by__isnull=False))
            )
        ]

    def __str__(self) -> str:
        return f"{self.difference_id} {self.kind}"


class MatchRun(models.Model):
    """One comparison: over which orders, and how many differences it found. Written once."""

    since = models.DateTimeField(help_text="orders to which anything happened from then on, and what was open")
    ran_at = models.DateTimeField()
    orders = models.PositiveIntegerField()
    found = models.PositiveIntegerField()

    class Meta:
        ordering = ["-ran_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}"
