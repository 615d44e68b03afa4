"""Accounts, entries and their lines: what happened to money, written once. The database refuses any change.

Amounts are integer minor units (centimes, cents), a debit positive and a credit negative. An entry adds up to nothing
in each of its currencies. What the triggers hold stands in ``migrations/0002_written_for_ever``.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.money import from_minor

from . import chart
from .policies import LEAST_LEGS


class Account(models.Model):
    """One account in one currency; a cooperative's own accounts name it. Opened when first used (``chart``)."""

    class Kind(models.TextChoices):
        ASSET = "asset", _("asset")
        LIABILITY = "liability", _("liability")
        INCOME = "income", _("income")
        EXPENSE = "expense", _("expense")
        TRADING = "trading", _("conversion")

    code = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    cooperative = models.ForeignKey(
        "partner.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="ledger_accounts"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["code", "currency", "cooperative_id"]
        constraints = [
            models.UniqueConstraint(
                name="ledger_account_once", fields=["code", "currency", "cooperative"], nulls_distinct=False
            ),
            models.CheckConstraint(name="ledger_account_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(name="ledger_account_has_code", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency}" + (f" {self.cooperative_id}" if self.cooperative_id else "")

    @property
    def title(self) -> str | Promise:
        """The account's name in the language of the page."""
        known = chart.CHART.get(self.code)
        return known.name if known else self.name

    @property
    def number(self) -> str:
        """The account of the Moroccan chart that this one is summed up in."""
        known = chart.CHART.get(self.code)
        return known.number if known else ""


class Entry(models.Model):
    """One money event. ``legs`` is the number of its lines, so that none can be added later.

    ``source`` and ``external_id`` name the event; the same event is written once. A mistake is put right by an entry
    that ``reverses`` it, line by line. ``order_number`` is for reading only: the ledger knows nothing of orders.
    ``occurred_at`` is when it happened, ``booked_on`` the day it counts on in the books. The database writes it: the
    shop's day of ``occurred_at``, or the first day after what is locked (``docs/decisions/a-locked-month-stays.md``).
    """

    source = models.CharField(max_length=20)
    external_id = models.CharField(max_length=160)
    memo = models.CharField(max_length=200, blank=True)
    order_number = models.CharField(max_length=128, blank=True)
    legs = models.PositiveSmallIntegerField()
    occurred_at = models.DateTimeField()
    booked_on = models.DateField(editable=False, help_text="written by the database")
    posted_at = models.DateTimeField()
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")

    class Meta:
        ordering = ["occurred_at", "pk"]
        verbose_name_plural = "entries"
        indexes = [
            models.Index(name="ledger_entry_by_time", fields=["occurred_at", "id"]),
            models.Index(name="ledger_entry_by_booking", fields=["booked_on", "id"]),
            models.Index(name="ledger_entry_of_order", fields=["order_number"], condition=~Q(order_number="")),
        ]
        constraints = [
            models.UniqueConstraint(name="ledger_entry_once", fields=["source", "external_id"]),
            models.CheckConstraint(name="ledger_entry_has_source", condition=~Q(source="") & ~Q(external_id="")),
            models.CheckConstraint(name="ledger_entry_two_legs", condition=Q(legs__gte=LEAST_LEGS)),
            models.CheckConstraint(
                name="ledger_entry_not_its_own_reverse", condition=Q(reverses=None) | ~Q(reverses=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"

    @property
    def title(self) -> str | Promise:
        """The kind of event in the language of the page."""
        return chart.SOURCES.get(self.source, self.source)


class Line(models.Model):
    """One leg of an entry. ``order_line`` is a number for reading, no key."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines", db_index=False)
    currency = models.CharField(max_length=3, help_text="the account's; a key of the database holds them together")
    amount_minor = models.BigIntegerField()
    order_line = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["entry_id", "pk"]
        indexes = [
            models.Index(name="ledger_line_of_account", fields=["account", "entry"], include=["amount_minor"]),
        ]
        constraints = [models.CheckConstraint(name="ledger_line_not_nothing", condition=~Q(amount_minor=0))]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount} {self.currency}"

    @property
    def amount(self) -> Decimal:
        return from_minor(self.amount_minor)

    @property
    def debit(self) -> Decimal | None:
        return self.amount if self.amount_minor > 0 else None

    @property
    def credit(self) -> Decimal | None:
        return -self.amount if self.amount_minor < 0 else None
