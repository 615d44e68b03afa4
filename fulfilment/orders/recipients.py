"""Someone else receives what was bought: who, in which language, with what words, and whether prices show."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

GIFT_MESSAGE_LENGTH = 300
DIRECTION_MARKS = "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
NOBODY_ELSE = Q(recipient_name="", recipient_phone="", recipient_language="", gift_message="", prices_hidden=False)


class ForSomeone(models.Model):
    """The recipient of an order when that is not the payer; all empty otherwise.

    Without a phone of the recipient's own the courier calls the payer's. ``gift_message`` is plain text, printed on
    the slip in the parcel. With ``prices_hidden`` nothing the recipient gets or opens shows an amount.
    """

    recipient_name = models.CharField(_("recipient"), max_length=150, blank=True)
    recipient_phone = models.CharField(max_length=16, blank=True)
    recipient_language = models.CharField(max_length=2, blank=True, choices=settings.LANGUAGES)
    gift_message = models.CharField(max_length=GIFT_MESSAGE_LENGTH, blank=True)
    prices_hidden = models.BooleanField(default=False)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="order_recipient_has_a_name",
                condition=NOBODY_ELSE | (~Q(recipient_name="") & ~Q(recipient_language="")),
            ),
            models.CheckConstraint(
                name="order_recipient_phone_is_e164",
                condition=Q(recipient_phone="") | Q(recipient_phone__regex=r"^\+[1-9][0-9]{6,14}$"),
            ),
            models.CheckConstraint(
                name="order_gift_message_is_plain", condition=~Q(gift_message__regex=DIRECTION_MARKS)
            ),
        ]

    @property
    def for_someone_else(self) -> bool:
        return bool(self.recipient_name)

    @property
    def door_phone(self) -> str:
        """The number the courier calls."""
        return self.recipient_phone or self.phone
