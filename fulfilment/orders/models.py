"""What someone bought, for how much, and how far it is. An order says for ever what it said when it was placed."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Mod
from django.db.models.lookups import Exact
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from oscar.apps.address.abstract_models import AbstractShippingAddress
from oscar.apps.order.abstract_models import AbstractLine, AbstractOrder, AbstractOrderLineDiscount

from catalogue.kernel.money import ZERO
from catalogue.places.models import PlaceInMorocco
from catalogue.pricing.models import Currency, Seller, Side

from .cash_terms import CashTerms
from .fetched import FetchedInShop
from .policies import HOLDING, NamedAmount, by_name
from .recipients import ForSomeone


class Order(ForSomeone, FetchedInShop, CashTerms, AbstractOrder):
    """Oscar's order with its frozen currency, rate, price list, language and destination.

    ``mad_per_unit`` is the rate of the price list (1 for MAD). Totals are in ``currency``.
    ``buyer_name``, ``phone`` (E.164) and ``guest_email`` (may be empty) are the payer's; whoever else receives it
    stands in the recipient's fields. ``made_to_order``: something of it is made once the order is accepted, so a card
    is only held until then. A trigger refuses to change what was agreed, whoever asks.
    """

    class Status(models.TextChoices):
        PENDING_PAYMENT = "PENDING_PAYMENT", _("waiting for payment")
        PENDING_CONFIRMATION = "PENDING_CONFIRMATION", _("waiting for confirmation")
        PAID = "PAID", pgettext_lazy("order", "paid")
        CONFIRMED = "CONFIRMED", _("confirmed")
        PREPARING = "PREPARING", _("being prepared")
        SHIPPED = "SHIPPED", _("on its way")
        DELIVERED = "DELIVERED", pgettext_lazy("order", "delivered")
        COMPLETED = "COMPLETED", _("completed")
        EXPIRED = "EXPIRED", _("not paid in time")
        CANCELLED = "CANCELLED", pgettext_lazy("order", "cancelled")
        REFUSED = "REFUSED", _("refused at the door")
        RETURNED = "RETURNED", pgettext_lazy("order", "returned")

    class Channel(models.TextChoices):
        WEB_MA = "web_ma", _("web, Morocco")
        WEB_ABROAD = "web_abroad", _("web, abroad")
        SHOP = "shop", _("counter of a solidarity shop")

    class PaymentMethod(models.TextChoices):
        CARD = "card", _("card")
        CASH = "cash", _("cash on delivery")
        TRANSFER = "transfer", _("bank transfer")

    status = models.CharField(_("status"), max_length=30, choices=Status, default=Status.PENDING_PAYMENT)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.WEB_MA)
    payment_method = models.CharField(max_length=10, choices=PaymentMethod)
    mad_per_unit = models.DecimalField(max_digits=12, decimal_places=6)
    price_list = models.ForeignKey("pricing.PriceList", on_delete=models.PROTECT, related_name="orders")
    side = models.CharField(max_length=6, choices=Side)
    destination = models.CharField(max_length=2, help_text="country, ISO 3166-1")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    buyer_name = models.CharField(max_length=200)
    phone = models.CharField(max_length=16)
    basket_reference = models.BigIntegerField(unique=True, null=True, help_text="one order per basket, ever")
    reserved_until = models.DateTimeField(null=True, blank=True, help_text="unpaid orders hold stock until then")
    shipping_vat_pct = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(0), db_default=Decimal(0), help_text="within the delivery"
    )
    promised_first = models.DateField(null=True, blank=True, help_text="the day from which it may arrive, as promised")
    promised_last = models.DateField(null=True, blank=True, help_text="the day by which it should have arrived")
    made_to_order = models.BooleanField(default=False, db_default=False)

    class Meta(AbstractOrder.Meta):
        indexes = [models.Index(name="order_by_phone", fields=["phone", "-date_placed"])]
        constraints = [
            models.CheckConstraint(name="order_currency_known", condition=Q(currency__in=Currency.values)),
            models.CheckConstraint(name="order_rate_positive", condition=Q(mad_per_unit__gt=0)),
            models.CheckConstraint(name="order_mad_rate_is_one", condition=~Q(currency="MAD") | Q(mad_per_unit=1)),
            models.CheckConstraint(name="order_phone_is_e164", condition=Q(phone__regex=r"^\+[1-9][0-9]{6,14}$")),
            models.CheckConstraint(
                name="order_side_follows_destination",
                condition=Q(destination="MA", side="home") | (~Q(destination="MA") & Q(side="export")),
            ),
            *FetchedInShop.Meta.constraints,
            *ForSomeone.Meta.constraints,
            *CashTerms.Meta.constraints,
            models.CheckConstraint(
                name="order_promise_is_a_span",
                condition=Q(promised_first__isnull=True, promised_last__isnull=True)
                | Q(promised_first__isnull=False, promised_last__gte=F("promised_first")),
            ),
            models.CheckConstraint(
                name="order_cash_hides_no_price", condition=~Q(prices_hidden=True, payment_method="cash")
            ),
        ]

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    @property
    def may_still_arrive(self) -> bool:
        return self.status in HOLDING

    @property
    def goods_before_discounts(self) -> Decimal:
        """What its lines cost at their published prices."""
        return sum((line.line_price_before_discounts_incl_tax for line in self.lines.all()), ZERO)

    @property
    def goods_discounts(self) -> list[NamedAmount]:
        """What offers and a voucher took off the goods, by name, in the order they were taken."""
        rows = [row for line in self.lines.all() for row in line.discounts.all()]
        return by_name(sorted(rows, key=lambda row: row.pk))

    @property
    def off_delivery(self) -> list[NamedAmount]:
        return by_name(self.delivery_discounts.all())

    @property
    def delivery_before_discounts(self) -> Decimal:
        """What the delivery cost before offers."""
        off = sum((row.amount for row in self.delivery_discounts.all()), ZERO)
        return Decimal(self.shipping_incl_tax) + off

    @property
    def email(self) -> str:
        return self.guest_email or (self.user.email if self.user else None) or ""


class Line(AbstractLine):
    """One product of one cooperative. ``price`` is the published row it was sold at; ``farm_gate_mad`` is per unit.

    ``given_mad`` is what its discounts take of the cooperative's part, ``floor_mad`` the least a unit that it agreed to
    (none: nothing may be taken). ``title`` is in the order's language; ``titles`` keeps the product's name of that day
    in each language, for those who read another. Neither changes when the product is renamed or goes.
    """

    titles = models.JSONField(default=dict, blank=True)
    price = models.ForeignKey("pricing.Price", on_delete=models.PROTECT, related_name="order_lines")
    farm_gate_mad = models.DecimalField(max_digits=12, decimal_places=2)
    seller_of_record = models.CharField(max_length=12, choices=Seller, default=Seller.OFFICE)
    withdrawal_period = models.ForeignKey("order.WithdrawalPeriod", on_delete=models.PROTECT, related_name="+")
    given_mad = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    floor_mad = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta(AbstractLine.Meta):
        constraints = [
            models.CheckConstraint(name="order_line_quantity_positive", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="order_line_is_unit_times_quantity",
                condition=Q(line_price_before_discounts_incl_tax=F("unit_price_incl_tax") * F("quantity")),
            ),
            models.CheckConstraint(
                name="order_line_discounted_within_its_price",
                condition=Q(
                    line_price_excl_tax__gte=0,
                    line_price_incl_tax__gte=F("line_price_excl_tax"),
                    line_price_incl_tax__lte=F("line_price_before_discounts_incl_tax"),
                ),
            ),
            models.CheckConstraint(
                name="order_line_never_below_the_floor",
                condition=Q(given_mad=0)
                | Q(
                    floor_mad__isnull=False,  # a comparison with nothing would not refuse
                    floor_mad__gte=0,
                    given_mad__gt=0,
                    given_mad__lte=(F("farm_gate_mad") - F("floor_mad")) * F("quantity"),
                ),
            ),
        ]

    @property
    def owed_mad(self) -> Any:
        """What the cooperative earns on this line, MAD, excluding tax."""
        return self.farm_gate_mad * self.quantity - self.given_mad

    @property
    def title_here(self) -> str:
        """The frozen title in the reader's language."""
        return self.titles.get((get_language() or "")[:2]) or self.title


class OrderLineDiscount(AbstractOrderLineDiscount):
    """Oscar's, which stays empty; it leaves its name on the line to ours."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="oscar_discounts")


class Discount(models.Model):
    """What one offer took off, with its name as the buyer read it. Written once, when the order is placed."""

    name = models.CharField(max_length=128)
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="in the order's currency, tax included")
    offer_id = models.BigIntegerField(null=True, blank=True)
    voucher_code = models.CharField(max_length=32, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}: -{self.amount}"


class LineDiscount(Discount):
    """What one offer took off one line: the ``tax`` within it, and what the cooperative gave up of it (MAD)."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="discounts")
    tax = models.DecimalField(max_digits=12, decimal_places=2)
    cooperative_mad = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="line_discount_once_per_offer", fields=["line", "offer_id"]),
            models.CheckConstraint(name="line_discount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="line_discount_tax_within", condition=Q(tax__gte=0, tax__lte=F("amount"))),
            models.CheckConstraint(name="line_discount_never_gives_to_the_seller", condition=Q(cooperative_mad__gte=0)),
        ]


class DeliveryDiscount(Discount):
    """What one offer took off an order's delivery; ``Order.shipping_incl_tax`` is what was left of it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="delivery_discounts")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="delivery_discount_once_per_offer", fields=["order", "offer_id"]),
            models.CheckConstraint(name="delivery_discount_positive", condition=Q(amount__gt=0)),
        ]


class ShippingAddress(PlaceInMorocco, AbstractShippingAddress):
    """Where the parcel goes and who is called. The whole name stands in ``last_name``."""

    class Meta(AbstractShippingAddress.Meta):
        pass

    def ensure_postcode_is_valid_for_country(self) -> None:
        """Accept any postal code: many Moroccan ones are unknown, and the courier calls."""


class InvoiceParty(models.Model):
    """The company that an order's invoice is made out to, as the buyer wrote it. Never changes, like its order."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="invoice_party")
    name = models.CharField(max_length=150)
    ice = models.CharField(  # noqa: DJ001 - a check that counts with it knows nothing of an empty text
        max_length=15, null=True, blank=True, help_text="15 digits, a multiple of 97"
    )
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="invoice_party_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="invoice_party_ice_is_true",
                condition=Q(ice=None)
                | Q(
                    Exact(Mod(Cast("ice", models.BigIntegerField()), 97), 0),
                    ~Q(ice="0" * 15),
                    ice__regex=r"^[0-9]{15}$",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrderEvent(models.Model):
    """One step in an order's life, for the buyer's timeline and the office. Rows are only added."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


from .allocating.models import Allocation  # noqa: F401
from .inspecting.models import Returned, ReturnedPhoto  # noqa: F401
from .sharing.models import LineShare  # noqa: F401
from .withdrawing.models import Withdrawal, WithdrawalLine, WithdrawalPeriod  # noqa: F401

from oscar.apps.order.models import *

from .confirming.models import CashAllowed, Confirmation, ConfirmationCall  # noqa: F401
