"""Who, where, how: the checkout form. Its address fields follow the country (storefront.customer.addresses)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.places.models import Province
from catalogue.places.queries import communes_of
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.policies import COLLECT
from storefront.customer.addresses.forms import AddressForm

from .invoicing import InvoiceFields
from .recipients import PhoneThere, RecipientFields

ABROAD_HINT = _("The courier calls this number. Write it with its country code, such as +33, if it is from elsewhere.")


class CheckoutForm(InvoiceFields, RecipientFields, AddressForm):
    """Contact and address, and the chosen ways to send and to pay (checked again when the order is placed)."""

    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Without one, the confirmation comes by SMS."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    delivery = forms.CharField(required=False, max_length=40, label=_("Delivery"))
    payment = forms.CharField(required=False, max_length=10, label=_("Payment"))

    CONTACT = ("name", "phone", "email")
    CHOICES = ("delivery", "payment")

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, country=country, **kwargs)
        self.prepare(country)
        called_in = str(self["phone_country"].value() or country)
        if called_in != HOME_COUNTRY:
            region = called_in if shipping.is_served(called_in) else country
            self.fields["phone"] = PhoneThere(region=region, help_text=ABROAD_HINT)
        if "commune" in self.fields:
            self.fields["commune"].widget.attrs["list"] = "communes"
        if self.is_fetched:
            for field in self.address_fields():
                field.field.required = False

    @property
    def is_fetched(self) -> bool:
        """Whether the buyer chose to fetch it in a shop: then no address is asked for."""
        return self.country == HOME_COUNTRY and str(self["delivery"].value() or "").startswith(f"{COLLECT}:")

    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CONTACT]

    def address_fields(self) -> list[forms.BoundField]:
        elsewhere = (*self.CONTACT, *self.CHOICES, *self.RECIPIENT, *self.INVOICE)
        return [self[name] for name in self.fields if name not in elsewhere]

    def clean_delivery(self) -> str:
        if not self.cleaned_data["delivery"]:
            raise ValidationError(_("Choose how it should be sent."))
        return str(self.cleaned_data["delivery"])

    def clean_payment(self) -> str:
        if not self.cleaned_data["payment"]:
            raise ValidationError(_("Choose how you would like to pay."))
        return str(self.cleaned_data["payment"])

    def phone_given(self) -> str:
        """Return the phone typed so far, if it is one: offers for each customer once are counted by it."""
        try:
            return self.fields["phone"].clean(self["phone"].value() or "")
        except ValidationError:
            return ""

    def province_given(self) -> Province | None:
        """Return the province chosen so far, whether the form was checked or only shown."""
        if self.country != HOME_COUNTRY:
            return None
        value = self["province"].value()
        return Province.objects.filter(pk=value).first() if str(value or "").isdigit() else None


def commune_names(province: Province | None) -> list[str]:
    """Return the communes of a province to suggest, in the page's language."""
    return [commune.name for commune in communes_of(province.pk)] if province else []
