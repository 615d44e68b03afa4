"""Goods as they really lie somewhere: lots, where they are, and every change of them.

The database keeps the sums: what a place has of a lot is the sum of its movements, what a stock record has in stock
and promised is the sum of its released lots at places that sell online (migration ``0002_sums_are_kept``).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.cooperatives.models import Partner, StockRecord


class Place(models.Model):
    """Where goods lie and leave from: a hub, a solidarity shop, or a cooperative's own store."""

    class Kind(models.TextChoices):
        HUB = "hub", _("hub")
        SHOP = "shop", _("solidarity shop")
        COOPERATIVE = "cooperative", _("cooperative")

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    cooperative = models.OneToOneField(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="place", help_text="whose store it is"
    )
    name = models.CharField(_("name"), max_length=128)
    province = models.ForeignKey("address.Province", on_delete=models.PROTECT, related_name="stock_places")
    town = models.CharField(_("town"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5)
    sells_online = models.BooleanField(
        _("sells online"), default=True, help_text=_("What lies here is part of what the site offers.")
    )
    is_active = models.BooleanField(_("open"), default=True)

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.CheckConstraint(
                name="place_of_a_cooperative_or_ours",
                condition=Q(kind="cooperative", cooperative__isnull=False)
                | (~Q(kind="cooperative") & Q(cooperative__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Lot(models.Model):
    """Goods made together by one cooperative, or by several of its union (``LotShare``).

    ``best_before`` is empty for what does not age; the words on the jar tell which date it is (``Product.date_type``).
    """

    class State(models.TextChoices):
        AWAITING = "AWAITING", _("awaiting its check")
        RELEASED = "RELEASED", _("released")
        BLOCKED = "BLOCKED", pgettext_lazy("lot", "blocked")
        RECALLED = "RECALLED", _("recalled")

    number = models.CharField(_("lot number"), max_length=40, unique=True)
    stockrecord = models.ForeignKey(StockRecord, on_delete=models.PROTECT, related_name="lots")
    produced_on = models.DateField(_("produced on"))
    best_before = models.DateField(_("best before"), null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.AWAITING)
    made_known_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        permissions = [("decide_lot", "Can release and block lots")]
        constraints = [
            models.CheckConstraint(
                name="lot_lasts_beyond_its_making", condition=Q(best_before=None) | Q(best_before__gt=F("produced_on"))
            ),
            models.CheckConstraint(name="lot_has_a_number", condition=~Q(number="")),
        ]
        indexes = [models.Index(name="lot_by_best_before", fields=["best_before"], condition=Q(state="RELEASED"))]

    def __str__(self) -> str:
        return self.number


class LotShare(models.Model):
    """What one cooperative made of a lot that several of a union made, of a thousand parts. None: it is one's own.

    Triggers hold that the shares of a lot come to a thousand and are of members of its cooperative's union, and that
    they stay once a piece of it is promised (migration ``0007_shares_add_up``).
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="shares", db_index=False)
    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="lot_shares")
    per_mille = models.PositiveSmallIntegerField()
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["lot", "cooperative"]
        constraints = [
            models.UniqueConstraint(name="lot_share_once", fields=["lot", "cooperative"]),
            models.CheckConstraint(name="lot_share_of_a_thousand", condition=Q(per_mille__gt=0, per_mille__lte=1000)),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.per_mille} of 1000 by {self.cooperative_id}"


class QualityDecision(models.Model):
    """What someone, or a date, decided of a lot, and what the checklist said. Rows are only added."""

    class Reason(models.TextChoices):
        CHECKED = "checked", _("checked on arrival")
        TOO_OLD = "too_old", _("too near its date to be sold")
        FAULT = "fault", _("a fault was found")
        COMPLAINTS = "complaints", _("buyers complained")
        AUTHORITY = "authority", _("asked by the authorities")
        COOPERATIVE = "cooperative", _("asked by the cooperative")
        CLEARED = "cleared", _("looked at again, and good")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="decisions")
    state = models.CharField(max_length=8, choices=Lot.State)
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=300, blank=True)
    answers = models.JSONField(default=dict, blank=True, help_text="question code: answer")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.state}"


class LotStock(models.Model):
    """What one place has of one lot, in pieces. ``held`` of them are promised to orders."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="stock")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="stock")
    on_hand = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    shelf = models.CharField(_("shelf"), max_length=20, blank=True, help_text="where in the place, for the pick list")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lot_stock_once_per_place", fields=["lot", "place"]),
            models.CheckConstraint(name="lot_stock_holds_what_is_there", condition=Q(held__lte=F("on_hand"))),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} @ {self.place_id}"

    @property
    def free(self) -> int:
        """How many may still be promised."""
        return self.on_hand - self.held


class StockMovement(models.Model):
    """One change of what a place has of a lot. Rows are only added; each is applied by the database as it is added.

    ``key`` comes from a form or a job: the same twice is one movement. ``reference`` names what caused it: a parcel,
    a delivery of a cooperative, a count.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("there at the beginning")
        RECEIVED = "received", _("received")
        SOLD = "sold", _("left with a parcel or a buyer")
        CAME_BACK = "came_back", _("came back")
        MOVED_OUT = "moved_out", _("left for another place")
        MOVED_IN = "moved_in", _("came from another place")
        COUNTED = "counted", _("counted otherwise")
        ADJUSTED = "adjusted", _("adjusted")
        WRITTEN_OFF = "written_off", _("written off")

    stock = models.ForeignKey(LotStock, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind)
    change = models.IntegerField(help_text="pieces; less than nothing when they leave")
    reason = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    key = models.UUIDField(null=True, blank=True, unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="movement_moves", condition=~Q(change=0)),
            models.CheckConstraint(
                name="movement_goes_its_way",
                condition=Q(kind__in=("opening", "received", "came_back", "moved_in"), change__gt=0)
                | Q(kind__in=("sold", "moved_out", "written_off"), change__lt=0)
                | Q(kind__in=("counted", "adjusted")),
            ),
            models.CheckConstraint(
                name="movement_says_why", condition=~Q(kind__in=("adjusted", "written_off")) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(name="movement_by_reference", fields=["reference"], condition=~Q(reference=""))]

    def __str__(self) -> str:
        return f"{self.stock_id} {self.change:+d} {self.kind}"
