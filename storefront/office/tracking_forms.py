"""What the office says of couriers: how we speak with each, what their words mean, which parcel they meant."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import sheets
from fulfilment.shipping.models import Courier
from fulfilment.tracking.gateways import Columns
from fulfilment.tracking.models import CourierProfile, StatusWord
from fulfilment.tracking.policies import WITH_REASON, folded
from fulfilment.warehouse.models import DeliveryAttempt
from storefront.customer.fields import DayField

from .forms import LineField

COLUMNS = ("parcel", "word", "at", "key", "note")


def _left_to_right(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"} | attrs)


class ProfileForm(forms.Form):
    code = forms.RegexField(
        regex=r"^[a-z0-9][a-z0-9-]{0,39}$",
        label=_("Code"),
        help_text=_("In the address that its machine calls. Small letters, digits and dashes."),
        error_messages={"invalid": _("Write small letters, digits and dashes only.")},
        widget=_left_to_right(),
    )
    gateway = forms.ChoiceField(label=_("How it tells us"), choices=CourierProfile.Gateway.choices)
    parcel = LineField(
        label=_("Its column of the parcel"),
        max_length=60,
        required=False,
        help_text=_("Only if its files name it otherwise than “parcel”, “tracking” or “colis”."),
    )
    word = LineField(label=_("Its column of the status"), max_length=60, required=False)
    at = LineField(label=_("Its column of day and hour"), max_length=60, required=False)
    key = LineField(label=_("Its column of the event's number"), max_length=60, required=False)
    note = LineField(label=_("Its column of the note"), max_length=60, required=False)

    def values(self) -> dict[str, Any]:
        """Return what ``tracking.operations.set_up`` takes."""
        data = self.cleaned_data
        columns = Columns(**{name: data[name] for name in COLUMNS})
        return {"code": data["code"], "gateway": data["gateway"], "columns": columns}

    @staticmethod
    def initial_of(profile: CourierProfile | None) -> dict[str, Any]:
        if profile is None:
            return {}
        columns = {name: getattr(profile, f"{name}_column") for name in COLUMNS}
        return {"code": profile.code, "gateway": profile.gateway} | columns


class CourierForm(forms.Form):
    name = LineField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=Courier.Kind.choices, initial=Courier.Kind.PARTNER)


class StatusesForm(forms.Form):
    file = forms.FileField(
        label=_("File of statuses"),
        help_text=_("CSV in UTF-8 or XLSX, with a column for the parcel, the status, and its day and hour."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > sheets.LARGEST:
            raise ValidationError(_("The file is larger than 10 MiB. Split it into several."))
        return file


class DayForm(forms.Form):
    day = DayField(label=_("Handed over on"), required=False)


class WordForm(forms.Form):
    """What a status means. ``reason`` goes with a visit that ended without the parcel handed in."""

    word = LineField(label=_("Status, as the courier writes it"), max_length=80)
    courier = forms.ModelChoiceField(
        label=_("Courier"), queryset=Courier.objects.order_by("name"), required=False, empty_label=_("any courier")
    )
    meaning = forms.ChoiceField(label=_("Means for us"), choices=StatusWord.Meaning.choices)
    reason = forms.ChoiceField(
        label=_("Why it was not handed in"),
        choices=[("", "–"), *DeliveryAttempt.Reason.choices],
        required=False,
        help_text=_("Only where nobody was there or it was refused."),
    )

    def clean_word(self) -> str:
        if not folded(self.cleaned_data["word"]):
            raise ValidationError(_("Write the status with letters or digits."))
        return str(self.cleaned_data["word"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("meaning") in WITH_REASON and not data.get("reason"):
            self.add_error("reason", _("Choose why it was not handed in."))
        elif data.get("meaning") not in WITH_REASON:
            data["reason"] = ""
        return data


class ParcelForm(forms.Form):
    reference = LineField(label=_("Our parcel"), max_length=40, widget=_left_to_right())


class AsideForm(forms.Form):
    remark = LineField(label=_("Why it is left as it is"), max_length=200)


class LostForm(forms.Form):
    why = LineField(label=_("How it was lost"), max_length=200)
