"""Where a cooperative's money goes: accounts as they were proposed, agreed to and ended, never edited.

What the triggers hold stands in ``migrations/0003_accounts_stay``.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from catalogue.banking.policies import WAIT, masked


class Bank(models.Model):
    """A bank of Morocco by the three digits that its accounts begin with."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=80)
    bic = models.CharField(max_length=11, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(name="bank_code_digits", condition=Q(code__regex=r"^[0-9]{3}$"))]

    def __str__(self) -> str:
        return self.name


class BankAccount(models.Model):
    """One account of one cooperative, from its proposal to its end. At most one proposal of a cooperative is open.

    ``state`` is what people decided; whether an approved account still waits, is paid to or was replaced depends on
    the hour (``queries.history``). The opening account came with the cooperative itself: nobody approved it.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("proposed")
        APPROVED = "APPROVED", _("approved")
        REFUSED = "REFUSED", _("refused")
        WITHDRAWN = "WITHDRAWN", _("withdrawn")
        BLOCKED = "BLOCKED", _("blocked")

    class Route(models.TextChoices):
        OPENING = "opening", _("with the cooperative's first data")
        PORTAL = "portal", _("by the cooperative, on its pages")
        OFFICE = "office", _("by the office, on the cooperative's behalf")
        IMPORT = "import", _("by a file of cooperatives")

    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="bank_accounts")
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="accounts")
    rib = models.CharField(max_length=24, help_text="24 digits: bank 3, place 3, account 16, key 2")
    holder_name = models.CharField(max_length=140)
    former = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="in force when proposed"
    )
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    route = models.CharField(max_length=7, choices=Route)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    usable_from = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True, help_text="refused, withdrawn or blocked")
    reason = models.CharField(max_length=300, blank=True)
    former_kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    former_kept_at = models.DateTimeField(
        null=True, blank=True, help_text="from then on the former account is paid to until this one is"
    )

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        default_permissions = ("view", "add", "change")
        permissions = [("approve_bankaccount", "Can approve an account that somebody else proposed")]
        constraints = [
            models.UniqueConstraint(
                name="account_one_open_proposal", fields=["cooperative"], condition=Q(state="PROPOSED")
            ),
            models.UniqueConstraint(name="account_one_opening", fields=["cooperative"], condition=Q(route="opening")),
            models.CheckConstraint(
                name="account_rib_digits", condition=Q(rib__regex=r"^[0-9]{22}(0[1-9]|[1-8][0-9]|9[0-7])$")
            ),
            models.CheckConstraint(name="account_of_its_bank", condition=Q(bank=Left("rib", 3))),
            models.CheckConstraint(name="account_has_holder", condition=~Q(holder_name="")),
            models.CheckConstraint(
                name="account_another_approves",
                condition=Q(approved_by=None) | Q(proposed_by=None) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="account_waits",
                condition=Q(route="opening") | Q(usable_from=None) | Q(usable_from__gte=F("approved_at") + Value(WAIT)),
            ),
            models.CheckConstraint(
                name="account_approved_whole",
                condition=Q(
                    state__in=["PROPOSED", "REFUSED", "WITHDRAWN"], approved_at=None, usable_from=None, approved_by=None
                )
                | Q(
                    state__in=["APPROVED", "BLOCKED"],
                    approved_at__gte=F("proposed_at"),
                    usable_from__gte=F("approved_at"),
                ),
            ),
            models.CheckConstraint(
                name="account_approved_by_someone",
                condition=Q(route="opening", proposed_by=None, approved_by=None)
                | ~Q(route="opening") & (Q(approved_at=None) | Q(approved_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="account_ended_with_reason",
                condition=Q(state__in=["PROPOSED", "APPROVED"], ended_at=None, ended_by=None, reason="")
                | Q(state="WITHDRAWN", ended_at__gte=F("proposed_at"))
                | Q(state__in=["REFUSED", "BLOCKED"], ended_at__gte=F("proposed_at")) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="account_former_kept_by_another",
                condition=Q(former_kept_at=None, former_kept_by=None)
                | Q(former_kept_at__gte=F("proposed_at"), former_kept_by__isnull=False, former__isnull=False)
                & (Q(proposed_by=None) | ~Q(former_kept_by=F("proposed_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_id} {self.masked}"

    @property
    def iban(self) -> str:
        return f"MA64{self.rib}"

    @property
    def masked(self) -> str:
        """What pages, letters and logs may show of it."""
        return masked(self.rib)

    def was_used_at(self, at: datetime) -> bool:
        """Tell whether it had become the account to be paid at a moment; one blocked before its hour never did."""
        begun = self.usable_from is not None and self.usable_from <= at
        return begun and (self.ended_at is None or self.usable_from < self.ended_at)  # type: ignore[operator]

    def is_blocked_at(self, at: datetime) -> bool:
        return self.state == self.State.BLOCKED and self.ended_at is not None and self.ended_at <= at

    def is_coming_at(self, at: datetime) -> bool:
        """Tell whether it was proposed or waited for its hour at a moment."""
        ended = self.ended_at is not None and self.ended_at <= at
        return self.proposed_at <= at and not ended and (self.usable_from is None or self.usable_from > at)

    def former_is_kept_at(self, at: datetime) -> bool:
        return self.former_kept_at is not None and self.former_kept_at <= at


class AccountEvent(models.Model):
    """Who did what to an account, with both numbers. Rows are only added; the numbers are for the database alone."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("was there from the beginning")
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        MISTYPED = "mistyped", _("another number was typed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        BLOCKED = "blocked", _("blocked")
        FORMER_KEPT = "former_kept", _("former account kept meanwhile")

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=11, choices=Kind)
    old_rib = models.CharField(max_length=24, blank=True)
    new_rib = models.CharField(max_length=24)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["made_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.account_id}: {self.kind}"


class FormerContact(models.Model):
    """How a cooperative was reached before its phone or mail changed; the database writes it, whatever way it came."""

    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="former_contacts")
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.cooperative_id}: until {self.changed_at}"
