"""Who receives a cooperative's money for it, as its owner or the office types it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.banking.mandates import fellows
from catalogue.cooperatives.models import Partner
from storefront.customer.fields import DayField, LineField


class MandateForm(forms.Form):
    receiver = forms.ModelChoiceField(label=_("Who receives"), queryset=Partner.objects.none())
    signed_by = LineField(
        label=_("Signed by"),
        max_length=140,
        help_text=_("Name and office of who signed it for the cooperative."),
    )
    from_day = DayField(label=pgettext_lazy("day", "From"))
    until_day = DayField(
        label=_("Until, that day not included"),
        required=False,
        help_text=_("Leave it empty if it goes on until someone ends it."),
    )

    def __init__(self, cooperative: Partner, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        receiver = self.fields["receiver"]
        receiver.queryset = fellows(cooperative)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if receiver := found.pop("receiver", None):
            found["receiver_id"] = receiver.pk
        return found
