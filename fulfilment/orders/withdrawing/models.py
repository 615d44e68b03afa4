"""Withdrawal: how long it may be declared, as dated rows; what buyers declared, and what came of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.pricing.models.dated import Dated, ends_after_start, never_two


class WithdrawalPeriod(Dated):
    """How many days a buyer has, from delivery, to send back a class of goods that went to a destination.

    ``destination`` is a country, a group of countries as customs know them (EU, GB, EFTA …) or ``*`` for everywhere
    else; the nearest row speaks. An order line keeps the row that held on the day it was bought, so neither another row
    nor the end of this one changes what was promised.

    Morocco, law 31-08: 7 days from receipt, 30 where the written confirmation is missing (each order is confirmed in
    writing here); not for what spoils quickly or cannot be sent again by its nature. European Union, directive 2011/83:
    14 days (article 9), not for what spoils quickly nor for sealed goods that were opened (article 16 d, e); since
    2026-06-19 directive 2023/2673 wants a button, a confirmation and a receipt that lasts, which everyone gets.
    """

    class ProductClass(models.TextChoices):
        ORDINARY = "ordinary", _("crafts and other things that keep")
        SEALED = "sealed", _("sealed food and cosmetics")
        PERISHABLE = "perishable", _("what spoils quickly")

    class Excluded(models.TextChoices):
        SPOILS = "spoils", _("it spoils quickly")
        HEALTH = "health", _("it is not taken back for reasons of health")

    destination = models.CharField(_("destination"), max_length=8)
    product_class = models.CharField(_("kind of goods"), max_length=12, choices=ProductClass)
    days = models.PositiveSmallIntegerField(_("days to send it back"))
    excluded = models.CharField(_("why it cannot be sent back"), max_length=12, choices=Excluded, blank=True)
    unopened_only = models.BooleanField(_("only while unopened"), default=False)

    class Meta:
        ordering = ["destination", "product_class", "valid_from"]
        constraints = [
            ends_after_start("withdrawal_period_ends_after_start"),
            never_two("withdrawal_period_once_at_a_time", "destination", "product_class"),
            models.CheckConstraint(name="withdrawal_period_has_destination", condition=~Q(destination="")),
            models.CheckConstraint(
                name="withdrawal_period_days_or_reason",
                condition=Q(days=0, unopened_only=False) & ~Q(excluded="") | Q(days__gte=1, days__lte=90, excluded=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.destination} {self.product_class}: {self.excluded or self.days}"


class Withdrawal(models.Model):
    """What a buyer declared to send back of one order: when, under which name; later what came of it.

    ``confirmation`` is the key that the confirming form carried: pressed twice, it finds the same row. What was
    declared never changes; a trigger keeps it, and what was bought above what is declared in open or accepted rows.
    ``delivery`` says that what was paid for delivery goes back too.
    """

    class State(models.TextChoices):
        DECLARED = "DECLARED", pgettext_lazy("withdrawal", "declared")
        RECEIVED = "RECEIVED", pgettext_lazy("withdrawal", "goods received")
        ACCEPTED = "ACCEPTED", pgettext_lazy("withdrawal", "accepted")
        REJECTED = "REJECTED", pgettext_lazy("withdrawal", "rejected")
        CANCELLED = "CANCELLED", pgettext_lazy("withdrawal", "taken back by the buyer")

    class Rejection(models.TextChoices):
        NOT_SENT = "NOT_SENT", _("the goods did not come back")
        OPENED = "OPENED", _("the seal was broken")
        USED = "USED", _("used or damaged beyond trying")
        OTHER_GOODS = "OTHER_GOODS", _("other goods came back")

    OPEN_STATES = (State.DECLARED, State.RECEIVED)
    VOID_STATES = (State.REJECTED, State.CANCELLED)

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="withdrawals")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 … within its order")
    state = models.CharField(max_length=10, choices=State, default=State.DECLARED)
    confirmation = models.CharField(max_length=40)
    declared_name = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    received_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="accepted, rejected or taken back")
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    rejection = models.CharField(max_length=12, choices=Rejection, blank=True)
    note = models.CharField(max_length=300, blank=True)
    delivery = models.BooleanField(default=False)

    class Meta:
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="withdrawal_number_once", fields=["order", "number"]),
            models.UniqueConstraint(name="withdrawal_confirmed_once", fields=["order", "confirmation"]),
            models.CheckConstraint(name="withdrawal_has_name", condition=~Q(declared_name="")),
            models.CheckConstraint(
                name="withdrawal_state_has_its_times",
                condition=Q(state="DECLARED", received_at=None, ended_at=None)
                | Q(state="RECEIVED", received_at__isnull=False, ended_at=None)
                | Q(state="ACCEPTED", received_at__isnull=False, ended_at__isnull=False)
                | Q(state__in=["REJECTED", "CANCELLED"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="withdrawal_rejected_for_a_reason",
                condition=Q(state="REJECTED") & ~Q(rejection="") | ~Q(state="REJECTED") & Q(rejection=""),
            ),
            models.CheckConstraint(
                name="withdrawal_delivery_only_when_accepted", condition=Q(delivery=False) | Q(state="ACCEPTED")
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"{self.order.number}-R{self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def pieces(self) -> Any:
        return sum(line.quantity for line in self.lines.all())


class WithdrawalLine(models.Model):
    """Pieces of one order line; ``back`` is how many the office accepted."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="withdrawal_lines")
    quantity = models.PositiveIntegerField()
    back = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="withdrawal_line_once", fields=["withdrawal", "line"]),
            models.CheckConstraint(name="withdrawal_line_positive", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="withdrawal_line_back_within_declared",
                condition=Q(back__isnull=True) | Q(back__lte=F("quantity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"
