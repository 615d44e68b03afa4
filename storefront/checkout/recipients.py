"""Someone else receives it: the fields of the checkout that say who, and what they shall read and see."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import phones
from catalogue.kernel.text import strip_controls
from catalogue.places.names import country_names
from fulfilment.orders.policies import CASH, Recipient
from fulfilment.orders.recipients import GIFT_MESSAGE_LENGTH
from fulfilment.shipping import queries as shipping
from storefront.customer.addresses.forms import LineField
from storefront.customer.fields import NOT_A_PHONE, PhoneField

LANGUAGE_NAMES = (("ar", "العربية"), ("fr", "Français"), ("en", "English"))


class PhoneThere(PhoneField):
    """A phone whose national writing is that of a country."""

    def __init__(self, *, region: str, **kwargs: Any) -> None:
        self.region = region
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        written = forms.CharField.clean(self, value)
        try:
            return phones.normalise(written, self.region) if written else ""
        except phones.NotAPhone:
            raise ValidationError(NOT_A_PHONE) from None


class WordsField(forms.CharField):
    """A few lines of plain text; marks that turn text around are dropped, as is any other invisible sign."""

    def to_python(self, value: Any) -> str:
        written = str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return strip_controls(written, multiline=True).strip()


class RecipientFields(forms.Form):
    """Left empty, the payer receives it. Anything written here wants the recipient's name."""

    recipient_name = LineField(label=_("Name of the person who receives it"), max_length=150, required=False)
    recipient_phone = PhoneField(
        label=_("Phone of the person who receives it"),
        required=False,
        help_text=_("The courier calls it, and we announce the parcel there. Without one, the courier calls you."),
    )
    recipient_language = forms.ChoiceField(
        label=_("Language of the person who receives it"), choices=LANGUAGE_NAMES, required=False
    )
    gift_message = WordsField(
        label=_("Message to put into the parcel"),
        required=False,
        max_length=GIFT_MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    prices_hidden = forms.BooleanField(
        label=_("It is a gift: do not show prices"),
        required=False,
        help_text=_("Cash is asked at the door from whoever receives it; with prices hidden you pay by card."),
    )
    phone_country = forms.ChoiceField(
        label=_("Country of your own phone"),
        required=False,
        help_text=_("For a number written without its country code."),
    )

    RECIPIENT = (
        "recipient_name",
        "recipient_phone",
        "recipient_language",
        "gift_message",
        "prices_hidden",
        "phone_country",
    )
    GIVEN = ("recipient_name", "recipient_phone", "gift_message", "prices_hidden")

    def prepare(self, country: str) -> None:
        """Fit the fields to the destination; called once the form stands."""
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "dir": "ltr", "autocomplete": "off"})
        there = self.fields["recipient_phone"]
        self.fields["recipient_phone"] = PhoneThere(
            region=country, label=there.label, required=False, help_text=there.help_text, widget=widget
        )
        self.fields["recipient_name"].widget.attrs["autocomplete"] = "off"
        self.fields["recipient_language"].initial = language
        countries = country_names(language, tuple(shipping.destinations()))
        self.fields["phone_country"].choices = [("", _("the same as the parcel's")), *countries]

    def recipient_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.RECIPIENT]

    @property
    def names_someone(self) -> bool:
        """Whether anything was written about another person, so that the section stands open."""
        return any(self[name].value() for name in self.GIVEN) or any(self[name].errors for name in self.RECIPIENT)

    @property
    def hides_prices(self) -> bool:
        return bool(self["prices_hidden"].value())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("recipient_name") and any(cleaned.get(name) for name in self.GIVEN):
            self.add_error("recipient_name", _("Write the name of the person who receives it."))
        if cleaned.get("prices_hidden") and cleaned.get("payment") == CASH:
            self.add_error("payment", _("Cash is asked from whoever receives it. To hide the prices, pay by card."))
        return cleaned

    def recipient(self) -> Recipient | None:
        """Return who receives it, of a valid form; nobody when that is the payer."""
        given = self.cleaned_data
        if not given["recipient_name"]:
            return None
        return Recipient(
            name=given["recipient_name"],
            language=given["recipient_language"] or (get_language() or settings.LANGUAGE_CODE)[:2],
            phone=given["recipient_phone"],
            gift_message=given["gift_message"],
            prices_hidden=given["prices_hidden"],
        )


def told_apart(person: dict[str, str], address: dict[str, Any]) -> dict[str, Any]:
    """Prefill a form from an account and an address of its book: one with another name and phone is another's."""
    written = {name: value for name, value in address.items() if value}
    name, phone = written.get("name"), written.get("phone")
    if not (person["name"] and person["phone"] and phone) or person["name"] == name or _same(person["phone"], phone):
        return person | written
    return written | person | {"recipient_name": name, "recipient_phone": phone}


def _same(one: str, other: str) -> bool:
    try:
        return phones.normalise(one) == phones.normalise(other)
    except phones.NotAPhone:
        return False
