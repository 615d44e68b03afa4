"""A stock count as people type it."""

from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from storefront.customer.fields import CountField

MOST = 100_000


class CountForm(forms.Form):
    counted = CountField(
        label=_("How many are there?"),
        min_value=0,
        max_value=MOST,
        attrs={"class": "count-input"},
        error_messages={
            "required": _("Write how many there are. If none is left, write 0."),
            "min_value": _("A count cannot be below 0."),
            "max_value": _("That is more than a shelf can hold. Look at the number again."),
        },
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_key(self) -> UUID:
        return self.cleaned_data["key"] or uuid4()
