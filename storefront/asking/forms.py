"""What is written about a line of a statement, by either side."""

from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.text import strip_controls
from fulfilment.questions.policies import LONGEST


class MessageForm(forms.Form):
    """A few sentences. ``key`` came with the page, so that a second press finds the first."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a few words.")},
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text = strip_controls(self.cleaned_data["text"].replace("\r\n", "\n"), multiline=True).strip()
        if not text:
            raise forms.ValidationError(_("Write a few words."))
        return text

    def clean_key(self) -> UUID:
        return self.cleaned_data["key"] or uuid4()


def new_form() -> MessageForm:
    return MessageForm(initial={"key": uuid4()})
