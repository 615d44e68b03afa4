"""Who makes and sells: cooperatives, their people, their stock. A cooperative is Oscar's *partner*."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from oscar.apps.partner.abstract_models import AbstractPartner, AbstractStockRecord


class Union(models.Model):
    """A union or economic interest group that cooperatives belong to."""

    code = models.CharField(max_length=8, unique=True)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=160)

    def __str__(self) -> str:
        return self.name


class Partner(AbstractPartner):
    """A cooperative. ``code`` is its number in the data (COOP-001)."""

    short_name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    fictional = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="it left, or never opened: its numbers are free")
    legal_form = models.CharField(max_length=20)
    sector = models.CharField(max_length=30)
    sector_name = models.CharField(max_length=80)
    province = models.ForeignKey("address.Province", on_delete=models.PROTECT, related_name="cooperatives")
    commune_name = models.CharField(max_length=120)
    postal_code = models.CharField(max_length=5, blank=True)
    latitude = models.DecimalField(max_digits=6, decimal_places=3)
    longitude = models.DecimalField(max_digits=6, decimal_places=3)
    founded_year = models.PositiveSmallIntegerField()
    members = models.PositiveIntegerField()
    women_members = models.PositiveIntegerField()
    is_womens = models.BooleanField(default=False)
    indh_supported = models.BooleanField(default=False)
    union = models.ForeignKey(Union, null=True, blank=True, on_delete=models.PROTECT, related_name="cooperatives")
    register_no = models.CharField(max_length=40)
    ice = models.CharField(max_length=15, help_text="company number, 15 digits, divisible by 97")
    tax_id = models.CharField(max_length=20)
    onssa_no = models.CharField(max_length=30, blank=True)
    onssa_status = models.CharField(max_length=20)
    labels = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    vat_regime = models.CharField(max_length=30)
    annual_turnover_mad = models.DecimalField(max_digits=14, decimal_places=2)
    payout_method = models.CharField(
        max_length=20,
        choices=[
            ("bank_transfer", _("bank transfer")),
            ("cash_at_agency", _("cash at an agency")),
            ("cheque", _("cheque")),
        ],
    )
    payout_cycle = models.CharField(
        max_length=12,
        choices=[("weekly", _("weekly")), ("fortnightly", _("twice a month")), ("monthly", _("monthly"))],
    )
    phone = models.CharField(max_length=16)
    landline = models.CharField(max_length=16, blank=True)
    email = models.EmailField(blank=True)
    connectivity = models.CharField(max_length=20)
    contact_channel = models.CharField(max_length=20)
    spoken_language = models.CharField(max_length=20)
    reads_arabic = models.CharField(max_length=10)
    lead_days = models.PositiveSmallIntegerField()

    class Meta(AbstractPartner.Meta):
        verbose_name = _("cooperative")
        verbose_name_plural = _("cooperatives")
        permissions = [
            *AbstractPartner.Meta.permissions,
            ("close_partner", "Can close a cooperative, and open it again"),
        ]
        constraints = [
            models.CheckConstraint(name="cooperative_women_are_members", condition=Q(women_members__lte=F("members"))),
            models.CheckConstraint(name="cooperative_ice_digits", condition=Q(ice__regex=r"^[0-9]{15}$")),
            models.CheckConstraint(
                name="cooperative_closed_is_not_active", condition=Q(closed_at=None) | Q(is_active=False)
            ),
            models.UniqueConstraint(name="cooperative_ice_once", fields=["ice"], condition=Q(closed_at=None)),
        ]

    def get_absolute_url(self) -> str:
        return reverse("shop:cooperative", kwargs={"slug": self.slug})


class Membership(models.Model):
    """Someone who works for a cooperative here: an owner (also bank account and people) or a clerk (stock, parcels)."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        CLERK = "clerk", _("clerk")

    cooperative = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=5, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(name="membership_once", fields=["cooperative", "user"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Appointment(models.Model):
    """Someone who is to be an owner of a cooperative's pages, by phone: proposed by one person, agreed to by another.

    An owner may propose accounts, so nobody of the office makes one alone. Decided once, never edited.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", pgettext_lazy("owner", "waits for a second person")
        AGREED = "AGREED", pgettext_lazy("owner", "agreed to")
        REFUSED = "REFUSED", pgettext_lazy("owner", "refused")

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="appointments")
    phone = models.CharField(max_length=16, help_text="E.164, can receive SMS")
    name = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        default_permissions = ("add",)
        permissions = [("approve_appointment", "Can agree to an owner that somebody else proposed")]
        constraints = [
            models.UniqueConstraint(name="appointment_one_open", fields=["cooperative"], condition=Q(state="PROPOSED")),
            models.CheckConstraint(name="appointment_says_why", condition=~Q(reason="") & ~Q(name="")),
            models.CheckConstraint(
                name="appointment_another_agrees", condition=~Q(state="AGREED") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="appointment_decided_whole",
                condition=Q(state="PROPOSED", decided_by=None, decided_at=None)
                | ~Q(state="PROPOSED") & Q(decided_by__isnull=False, decided_at__gte=F("proposed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative_id}: {self.name}"


class CooperativeStep(models.Model):
    """What the office did with a cooperative, who, when and why. Rows are only added.

    ``changed`` says it of each field: {"phone": ["+212600000001", "+212600000002"]}, before and after.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Contact changed")
        OWNER_ASKED = "owner_ask", _("An owner was proposed")
        OWNER_MADE = "owner_made", _("An owner was agreed to")
        OWNER_REFUSED = "owner_no", _("An owner was refused")
        LEFT = "left", _("Someone works for it no more")
        CLOSED = "closed", _("Closed")
        OPENED = "opened", _("Opened again")

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    changed = models.JSONField(default=dict)
    about = models.CharField(max_length=160, blank=True, help_text="whom it is about: name and phone")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(name="cooperative_step_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.cooperative_id}: {self.kind}"


class StockRecord(AbstractStockRecord):
    """What one cooperative has of one product, and what it gets for it.

    ``farm_gate_price``: what the cooperative receives per unit, MAD, excluding tax.
    Oscar's ``price`` (MAD, tax included) is the public price that the opening price list keeps.
    """

    farm_gate_price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta(AbstractStockRecord.Meta):
        constraints = [
            models.UniqueConstraint(name="stockrecord_once_per_seller", fields=["product", "partner"]),
            models.CheckConstraint(name="stockrecord_farm_gate_not_negative", condition=Q(farm_gate_price__gte=0)),
            models.CheckConstraint(name="stockrecord_price_in_mad", condition=Q(price_currency="MAD")),
            models.CheckConstraint(
                name="stockrecord_promises_only_what_is_there",
                condition=Q(num_allocated__gte=0, num_allocated__lte=F("num_in_stock")),
            ),
        ]

    @property
    def on_offer(self) -> int:
        """How many may still be promised."""
        return (self.num_in_stock or 0) - (self.num_allocated or 0)


class DiscountAgreement(models.Model):
    """How much of its farm-gate amount a cooperative agreed to give up in offers, for one stock record or for all.

    Without one in force nothing may be taken. A stock record's own counts before the cooperative's; of several the
    latest noted. Rows are only added and ended.
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="discount_agreements")
    stockrecord = models.ForeignKey(
        StockRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="discount_agreements"
    )
    gives_up_pct = models.DecimalField(max_digits=5, decimal_places=2, help_text="of the farm-gate amount, at most")
    from_day = models.DateField()
    until_day = models.DateField(null=True, blank=True, help_text="excluded")
    agreed_by = models.CharField(max_length=120, help_text="who agreed at the cooperative")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["-noted_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="agreement_share", condition=Q(gives_up_pct__gt=0, gives_up_pct__lte=100)),
            models.CheckConstraint(
                name="agreement_ends_after_start", condition=Q(until_day__isnull=True) | Q(until_day__gte=F("from_day"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative_id}: {self.gives_up_pct} %"


class StockCount(models.Model):
    """What someone counted on the shelf, and what the shop thought was there. Rows are only added.

    ``key`` comes from the form: the same form sent twice is one count.
    """

    key = models.UUIDField(unique=True)
    stockrecord = models.ForeignKey(StockRecord, on_delete=models.PROTECT, related_name="counts")
    before = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ["-counted_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.stockrecord_id}: {self.counted}"


from oscar.apps.partner.models import *
