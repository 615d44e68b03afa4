"""Payout runs: drafted, submitted by one person, approved by another, sent, and over once each payout has its end."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.banking.policies import masked
from catalogue.cooperatives.models import Partner

PERSON: dict[str, Any] = {"null": True, "blank": True, "on_delete": models.PROTECT, "related_name": "+"}
BEFORE_CYCLES = Q(cycle="", from_day=None, until_day=None, pay_on=None)
"""A run of before there were cycles: it paid from the bank at once."""

WITH_ACCOUNT = Q(method="bank_transfer")
OUT_OF_HAND = {"EXPORTED": pgettext_lazy("payout", "on its way"), "RETURNED": pgettext_lazy("payout", "came back")}
"""States of what is paid without a transfer, where the bank's word does not fit."""
METHODS: dict[str, str | Promise] = dict(Partner._meta.get_field("payout_method").flatchoices)
"""How a cooperative may be paid, in words."""


class PayoutRun(models.Model):
    """One cycle's payments for one period, of what was due when it ended in Casablanca (``cut_off_at``).

    ``content_sha256`` is a fingerprint of the whole content, taken when it was submitted; the approval is of that.
    ``pay_on`` is the day planned, ``executes_on`` the one that the bank was given.
    """

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", pgettext_lazy("payout run", "drafted")
        SUBMITTED = "SUBMITTED", pgettext_lazy("payout run", "waits for approval")
        APPROVED = "APPROVED", pgettext_lazy("payout run", "approved")
        EXPORTED = "EXPORTED", pgettext_lazy("payout run", "under way")
        CLOSED = "CLOSED", pgettext_lazy("payout run", "over")
        CANCELLED = "CANCELLED", pgettext_lazy("payout run", "thrown away")

    class Cycle(models.TextChoices):
        WEEKLY = "weekly", _("weekly")
        FORTNIGHTLY = "fortnightly", _("twice a month")
        MONTHLY = "monthly", _("monthly")

    reference = models.CharField(max_length=30, unique=True)
    cycle = models.CharField(max_length=12, choices=Cycle, blank=True)
    from_day = models.DateField(null=True, blank=True)
    until_day = models.DateField(null=True, blank=True, help_text="excluded")
    currency = models.CharField(max_length=3, default="MAD")
    cut_off_at = models.DateTimeField()
    pay_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFTED)
    run_at = models.DateTimeField()
    run_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    content_sha256 = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    approved_sha256 = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    exported_at = models.DateTimeField(null=True, blank=True)
    exported_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    executes_on = models.DateField(null=True, blank=True)

    class Meta:
        permissions = [
            ("approve_payoutrun", "Can approve what someone else submitted"),
            ("export_payoutrun", "Can make and fetch the files for the bank"),
        ]
        constraints = [
            models.CheckConstraint(name="payout_run_currency", condition=Q(currency="MAD")),
            models.CheckConstraint(
                name="payout_run_has_period",
                condition=BEFORE_CYCLES | (~Q(cycle="") & Q(until_day__gt=F("from_day"), pay_on__gte=F("until_day"))),
            ),
            models.CheckConstraint(
                name="payout_run_submitted_by_someone",
                condition=Q(state__in=("DRAFTED", "CANCELLED"), submitted_at=None, submitted_by=None, content_sha256="")
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, content_sha256__regex=r"^[0-9a-f]{64}$")
                | Q(cycle=""),
            ),
            models.CheckConstraint(
                name="payout_run_approved_as_submitted",
                condition=Q(state__in=("DRAFTED", "SUBMITTED", "CANCELLED"), approved_at=None, approved_by=None)
                & Q(approved_sha256="")
                | Q(approved_at__isnull=False, approved_by__isnull=False, approved_sha256=F("content_sha256"))
                | Q(cycle=""),
            ),
            models.CheckConstraint(
                name="payout_run_approved_by_another",
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("submitted_by")) & (Q(run_by=None) | ~Q(approved_by=F("run_by")))),
            ),
            models.CheckConstraint(
                name="payout_run_exported_at",
                condition=Q(state__in=("EXPORTED", "CLOSED"), exported_at__isnull=False, executes_on__isnull=False)
                | (~Q(state__in=("EXPORTED", "CLOSED")) & Q(exported_at=None, executes_on=None, exported_by=None))
                | Q(cycle=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Payout(models.Model):
    """One payment to one cooperative in one run. ``amount_mad`` is what its ``lines`` cover, less ``deducted_mad``.

    What is deducted for advances is the sum of its ``repayments``; triggers hold both. A member of its union may
    receive it: then ``account`` is another cooperative's. Who gets it, how, how much and on which account is never
    changed. ``proof`` names what says that it was paid: a line of the bank's statement, a receipt, a cheque.
    """

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("drafted")
        APPROVED = "APPROVED", _("approved")
        EXPORTED = "EXPORTED", _("sent to the bank")
        SETTLED = "SETTLED", _("paid")
        RETURNED = "RETURNED", _("returned by the bank")
        CANCELLED = "CANCELLED", pgettext_lazy("payout", "thrown away")

    NOT_SENT = (State.DRAFTED, State.APPROVED)
    SENT = (State.EXPORTED, State.SETTLED, State.RETURNED)

    reference = models.CharField(max_length=35, unique=True)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payouts")
    from_day = models.DateField(null=True, blank=True)
    until_day = models.DateField(null=True, blank=True, help_text="excluded")
    currency = models.CharField(max_length=3, default="MAD")
    amount_mad = models.DecimalField(max_digits=14, decimal_places=2)
    deducted_mad = models.DecimalField(max_digits=14, decimal_places=2, default=0, help_text="for advances")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFTED)
    method = models.CharField(max_length=20)
    rib = models.CharField(max_length=24, blank=True, help_text="the account it is paid to, frozen")
    holder = models.CharField(max_length=140, blank=True, help_text="whose account it is, frozen")
    account = models.ForeignKey(
        "banking.BankAccount", null=True, blank=True, on_delete=models.PROTECT, related_name="payouts"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    proof = models.CharField(max_length=80, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=140, blank=True)

    class Meta:
        ordering = ["-pk"]
        permissions = [("settle_payout", "Can note what was paid at an agency or by cheque")]
        constraints = [
            models.UniqueConstraint(name="payout_once_per_run", fields=["run", "cooperative"]),
            models.UniqueConstraint(
                name="payout_once_per_period",
                fields=["cooperative", "from_day", "until_day", "currency"],
                condition=~Q(state="CANCELLED"),
            ),
            models.CheckConstraint(name="payout_positive", condition=Q(amount_mad__gt=0)),
            models.CheckConstraint(name="payout_deduction_not_negative", condition=Q(deducted_mad__gte=0)),
            models.CheckConstraint(name="payout_currency", condition=Q(currency="MAD")),
            models.CheckConstraint(
                name="payout_has_account",
                condition=~WITH_ACCOUNT
                | Q(rib__regex=r"^[0-9]{24}$") & ~Q(holder="") & Q(account__isnull=False)
                | Q(from_day=None),
            ),
            models.CheckConstraint(
                name="payout_settled_has_time", condition=~Q(state="SETTLED") | Q(settled_at__isnull=False)
            ),
            models.CheckConstraint(
                name="payout_returned_has_time", condition=Q(state="RETURNED") ^ Q(returned_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_transfer(self) -> bool:
        return self.method == "bank_transfer"

    @property
    def is_for_member(self) -> bool:
        """Tell whether another member of the cooperative's union receives it."""
        return self.account is not None and self.account.cooperative_id != self.cooperative_id

    @property
    def receiver(self) -> Partner | None:
        """Who receives it for the cooperative, where someone else does."""
        return self.account.cooperative if self.account is not None and self.is_for_member else None

    @property
    def said_method(self) -> str | Promise:
        """How it is paid, as it was frozen."""
        return METHODS.get(self.method, self.method)

    @property
    def said_state(self) -> str | Promise:
        """How far it is. What is fetched at an agency, or a cheque, is no matter of the bank's."""
        return self.get_state_display() if self.is_transfer else OUT_OF_HAND.get(self.state, self.get_state_display())

    @property
    def masked(self) -> str:
        """What pages and papers may show of the account."""
        return masked(self.rib) if self.rib else ""

    @property
    def is_under_way(self) -> bool:
        return self.state == self.State.EXPORTED


class PayoutLine(models.Model):
    """One leg of the ledger that a payout covers, once; the amount is the leg's. A draft that is thrown away frees it.

    A payout that is booked covers its own leg too, so that all it covers comes to nothing: what stands on a
    cooperative's account is always the sum of the legs that nothing covers, or only what is not sent yet.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    ledger_line = models.OneToOneField("ledger.Line", on_delete=models.PROTECT, related_name="payout_line")

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.ledger_line_id}"


class PayoutFile(models.Model):
    """What a run gave the bank, an agency or the cashier: made once, kept, and the same bytes whoever asks again."""

    class Kind(models.TextChoices):
        PAIN001 = "pain001", _("transfers for the bank (pain.001)")
        TRANSFERS = "transfers", _("transfers as a table")
        AGENCY = "agency", _("list for the agency")
        CHEQUES = "cheques", _("list of cheques")

    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    payouts = models.PositiveIntegerField()
    amount_mad = models.DecimalField(max_digits=14, decimal_places=2)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="payout_file_once", fields=["run", "kind"])]

    def __str__(self) -> str:
        return self.name


class PayoutEvent(models.Model):
    """A step of a run, or of one of its payouts: who did it and when. Rows are only added."""

    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="events")
    payout = models.ForeignKey(Payout, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.kind}"


class PayoutMinimum(models.Model):
    """From a day on nobody is paid less than this; what is below it is carried over. Rows are only added."""

    from_day = models.DateField(unique=True)
    amount_mad = models.DecimalField(max_digits=8, decimal_places=2)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-from_day"]
        constraints = [models.CheckConstraint(name="payout_minimum_not_negative", condition=Q(amount_mad__gte=0))]

    def __str__(self) -> str:
        return f"{self.amount_mad} MAD from {self.from_day}"
