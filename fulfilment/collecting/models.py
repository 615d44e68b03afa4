"""Orders that wait in a shop, sales over its counter, who keeps it, and whose hands its cash is in."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.ranges import DayRange

MOST_WRONG, MOST_CODES = 5, 4


class Till(models.Model):
    """What a shop takes in cash, it owes like a courier until it is handed in; no parcel is ever given to it."""

    place = models.OneToOneField("lots.Place", on_delete=models.PROTECT, related_name="till")
    courier = models.OneToOneField("shipping.Courier", on_delete=models.PROTECT, related_name="till")

    def __str__(self) -> str:
        return f"{self.courier}"


class ShopMandate(models.Model):
    """Someone may keep a shop's counter for some days; the office gives it, and may end it early."""

    place = models.ForeignKey("lots.Place", on_delete=models.PROTECT, related_name="mandates")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shop_mandates")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until, that day excluded"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["place_id", "-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(name="mandate_ends_after_it_begins", condition=Q(valid_until__gte=F("valid_from"))),
            models.CheckConstraint(
                name="mandate_within_two_years", condition=Q(valid_until__lte=F("valid_from") + 731)
            ),
            ExclusionConstraint(
                name="mandate_once_at_a_time",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (DayRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.place_id}"


class Collection(models.Model):
    """An order that stands packed in its shop. Its code is worked out (``codes``) and never stored.

    It ends handed over, or let go once nobody came: its goods are on the shelf again and its money goes back.
    """

    class Paid(models.TextChoices):
        BEFORE = "before", _("paid before")
        CASH = "cash", _("cash at the shop")

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="collection")
    place = models.ForeignKey("lots.Place", on_delete=models.PROTECT, related_name="collections")
    ready_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    code_number = models.PositiveSmallIntegerField(default=1, help_text="counts the codes given; the last one opens")
    wrong_codes = models.PositiveSmallIntegerField(default=0, help_text="tried in vain since the last code was given")
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    paid_how = models.CharField(max_length=6, choices=Paid, blank=True)
    let_go_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["expires_at", "pk"]
        constraints = [
            models.CheckConstraint(name="collection_expires_later", condition=Q(expires_at__gt=F("ready_at"))),
            models.CheckConstraint(
                name="collection_ends_once", condition=Q(handed_over_at__isnull=True) | Q(let_go_at__isnull=True)
            ),
            models.CheckConstraint(name="collection_codes_few", condition=Q(code_number__gte=1, code_number__lte=4)),
            models.CheckConstraint(name="collection_wrong_codes_few", condition=Q(wrong_codes__lte=5)),
            models.CheckConstraint(
                name="collection_says_how_it_was_paid",
                condition=Q(handed_over_at__isnull=True, paid_how="")
                | (Q(handed_over_at__isnull=False) & ~Q(paid_how="")),
            ),
        ]
        indexes = [
            models.Index(
                name="collection_waiting",
                fields=["expires_at"],
                condition=Q(handed_over_at__isnull=True, let_go_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} @ {self.place_id}"

    @property
    def is_waiting(self) -> bool:
        return self.handed_over_at is None and self.let_go_at is None

    @property
    def is_locked(self) -> bool:
        """So many codes were wrong that none opens it before a new one is sent."""
        return self.wrong_codes >= MOST_WRONG


class CounterSale(models.Model):
    """An order that was placed, paid and carried away at a counter. ``key`` comes from the form: pressed once."""

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="counter_sale")
    place = models.ForeignKey("lots.Place", on_delete=models.PROTECT, related_name="counter_sales")
    key = models.UUIDField(unique=True)
    names_buyer = models.BooleanField(help_text="false for a walk-in: the order bears the shop's own phone")
    sold_at = models.DateTimeField()
    sold_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-sold_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.order_id} @ {self.place_id}"
