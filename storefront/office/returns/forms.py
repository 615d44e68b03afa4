"""What was found of goods that came back."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from fulfilment.orders.inspecting.models import Returned
from fulfilment.orders.inspecting.operations import Found
from storefront.announcing.forms import PiecesField
from storefront.office.forms import LineField, PhotoField

TOO_MANY = ngettext_lazy("Only %(n)s piece came back.", "Only %(n)s pieces came back.", "n")


class InspectForm(forms.Form):
    """One lot of one line: how many are as new, and why the others are not. All are, unless told otherwise."""

    use_required_attribute = False
    good = PiecesField(label=gettext_lazy("As new, back into the lot"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why the others are written off"),
        required=False,
        choices=[("", "–"), *Returned.Reason.choices],
    )
    note = LineField(label=gettext_lazy("Note"), required=False, max_length=150)
    photo = PhotoField(label=gettext_lazy("Photo"), required=False)

    def __init__(self, row: Returned, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"row-{row.pk}", initial={"good": row.quantity}, **kwargs)
        self.row = row

    def clean_good(self) -> int:
        good: int = self.cleaned_data["good"]
        if good > self.row.quantity:
            raise forms.ValidationError(TOO_MANY % {"n": self.row.quantity})
        return good

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "good" in data and "reason" in data and bool(data["reason"]) != (data["good"] < self.row.quantity):
            words = _("Nothing is written off: leave the reason empty.") if data["reason"] else _("Say why.")
            self.add_error("reason", words)
        return data

    @property
    def found(self) -> Found:
        return Found(**self.cleaned_data)
