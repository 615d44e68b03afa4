"""A company buys: the fields of the checkout that say whom the invoice is made out to."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.text import fold_digits
from fulfilment.orders.invoicing import InvoiceTo, is_company_number
from storefront.customer.addresses.forms import LineField

ICE_LENGTH = 15


class IceField(forms.CharField):
    """A company's number in Morocco, typed in any digits and any groups."""

    def to_python(self, value: Any) -> str:
        typed = fold_digits(str(super().to_python(value) or ""))
        return "".join(character for character in typed if character not in " .-\u00a0\u202f\t")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and len(value) != ICE_LENGTH:
            raise ValidationError(_("An ICE has fifteen digits."))
        if value and not is_company_number(value):
            raise ValidationError(_("The check digits of this ICE are wrong: please look at it again."))


class InvoiceFields(forms.Form):
    """Left empty, no company is named. Anything written here wants the company's name."""

    company = LineField(label=_("Name of the company"), max_length=150, required=False)
    ice = IceField(
        label=_("ICE"),
        required=False,
        max_length=40,
        help_text=_("Fifteen digits. A company outside Morocco has none: leave it empty."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )
    company_address = LineField(label=_("Address of the company"), max_length=200, required=False)

    INVOICE = ("company", "ice", "company_address")

    def invoice_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.INVOICE]

    @property
    def names_a_company(self) -> bool:
        """Whether anything was written about a company, so that the section stands open."""
        return any(self[name].value() or self[name].errors for name in self.INVOICE)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("company") and any(cleaned.get(name) for name in self.INVOICE):
            self.add_error("company", _("Write the name of the company."))
        return cleaned

    def invoice_to(self) -> InvoiceTo | None:
        """Return the company of a valid form, if one is named."""
        given = self.cleaned_data
        if not given["company"]:
            return None
        return InvoiceTo(name=given["company"], ice=given["ice"] or None, address=given["company_address"])
