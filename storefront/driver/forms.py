"""What a driver types: a phone number and a PIN, and how it went at the door."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.kernel import numerals, phones, photos, text
from catalogue.kernel.money import MAD, ZERO
from fulfilment.rounds.models import MOST_CASH_MAD
from fulfilment.warehouse.models import DeliveryAttempt

Outcome, Reason = DeliveryAttempt.Outcome, DeliveryAttempt.Reason
REASONS = {
    Outcome.ABSENT: (Reason.NO_ANSWER, Reason.WRONG_ADDRESS, Reason.ANOTHER_DAY),
    Outcome.REFUSED: (Reason.CHANGED_MIND, Reason.NO_MONEY, Reason.DAMAGED, Reason.NOT_ORDERED),
}


class PinForm(forms.Form):
    phone = forms.CharField(
        label=_("Your phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )
    pin = forms.CharField(
        label=_("PIN"),
        max_length=12,
        help_text=_("The figures that the office gave you."),
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
    )

    def clean_phone(self) -> str:
        try:
            return phones.normalise(self.cleaned_data["phone"])
        except phones.NotAPhone:
            raise forms.ValidationError(_("We cannot read this as a phone number. Example: 06 12 34 56 78.")) from None

    def clean_pin(self) -> str:
        pin = text.fold_digits(text.strip_controls(self.cleaned_data["pin"])).replace(" ", "")
        if not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 6):
            raise forms.ValidationError(_("A PIN has four to six figures."))
        return pin


class CashField(forms.CharField):
    """An amount in dirhams, in any of the usual ways to write one; nothing typed is nothing collected."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"})
        super().__init__(max_length=40, required=False, widget=widget, **options)

    def clean(self, value: Any) -> Decimal:
        typed = super().clean(value)
        if not typed:
            return ZERO
        try:
            amount = numerals.parse_decimal(typed, 2, currency=MAD)
        except numerals.NotANumber as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if not 0 <= amount <= MOST_CASH_MAD:
            raise forms.ValidationError(_("No driver collects such an amount at one door. Look again."))
        return amount


class DoorForm(forms.Form):
    """One report. ``key`` is the phone's own; ``ago`` says for how many seconds it waited there."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(choices=Outcome.choices, widget=forms.HiddenInput)
    ago = forms.IntegerField(required=False, widget=forms.HiddenInput)
    driver = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_ago(self) -> int:
        return min(max(self.cleaned_data["ago"] or 0, 0), 10**9)


class DeliveredForm(DoorForm):
    received_by = forms.CharField(
        label=_("Who took it in"),
        max_length=120,
        required=False,
        help_text=_("The name, or a photo of where you left it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    cash = CashField(label=_("Cash you were given, in dirhams"))

    def __init__(self, *args: Any, due: Decimal = ZERO, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due = due
        if due:
            self.fields["cash"].widget.attrs["required"] = True
        for field in self.fields.values():
            field.one_of_these = True  # none of them is marked as optional: one always has to be there

    def clean_received_by(self) -> str:
        return text.squash(text.strip_controls(self.cleaned_data["received_by"]))

    def clean_photo(self) -> photos.Photo | None:
        sent = self.cleaned_data["photo"]
        if not sent:
            return None
        try:
            return photos.take_in(sent)
        except photos.NotAPhoto as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.due and not self.data.get("cash", "").strip():
            self.add_error("cash", _("Say how much you were given; 0 if nothing."))
        if "photo" in data and not (data["photo"] or data.get("received_by")):
            self.add_error("received_by", _("Write who took it in, or take a photo."))
        return data


class NotTakenForm(DoorForm):
    reason = forms.ChoiceField(label=pgettext_lazy("at the door", "Why"))

    def __init__(self, *args: Any, outcome: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["reason"]
        chosen.choices = [("", "–"), *((one.value, one.label) for one in REASONS[Outcome(outcome)])]
