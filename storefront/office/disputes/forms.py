"""What the office types about a dispute: its explanation to the bank, and who bears a loss."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_EXPLANATION = 6000


class AnswerForm(forms.Form):
    explanation = forms.CharField(
        label=_("What happened, for the buyer's bank"),
        help_text=_("In English or French. The facts below are added by themselves."),
        max_length=LONGEST_EXPLANATION,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )
    read = forms.BooleanField(label=_("I have read all of it. It can be sent only once."), required=False)

    def __init__(self, *arguments: Any, sends: bool = False, **options: Any) -> None:
        self.sends = sends
        super().__init__(*arguments, **options)

    def clean_read(self) -> bool:
        if self.sends and not self.cleaned_data["read"]:
            raise forms.ValidationError(_("Nothing was sent. Tick this after reading, then send."))
        return bool(self.cleaned_data["read"])


class ChargeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the cooperatives bear it"),
        help_text=_("The article of the contract, and what happened."),
        min_length=10,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
