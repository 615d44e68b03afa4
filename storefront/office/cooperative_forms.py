"""What the office types about a cooperative: how it is reached, who owns its pages, why it is closed."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.cooperatives.operations import CONTACT
from storefront.customer.fields import LineField, PhoneField
from storefront.joining.forms import mobile

CHANNELS = (
    ("sms", _("SMS")),
    ("whatsapp", _("WhatsApp, in writing")),
    ("whatsapp_voice", _("WhatsApp, spoken")),
    ("voice_call", _("a call")),
    ("web", _("its pages here")),
    ("field_agent", _("somebody who visits it")),
)
LANGUAGES = (
    ("darija", pgettext_lazy("language", "Darija")),
    ("tachelhit", pgettext_lazy("language", "Tachelhit")),
    ("tamazight", pgettext_lazy("language", "Tamazight")),
    ("tarifit", pgettext_lazy("language", "Tarifit")),
    ("hassaniya", pgettext_lazy("language", "Hassaniya")),
    ("ar", pgettext_lazy("language", "Arabic")),
    ("fr", pgettext_lazy("language", "French")),
)


def _why() -> LineField:
    return LineField(label=pgettext_lazy("decision", "Why"), max_length=200)


class FindForm(forms.Form):
    q = LineField(label=_("Name or number"), required=False, max_length=80)


class ContactForm(forms.Form):
    """How a cooperative is reached; a choice that is not known here stays until another is made."""

    phone = PhoneField(label=_("Phone"))
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"dir": "ltr"}))
    landline = PhoneField(label=_("Landline"), required=False)
    contact_channel = forms.ChoiceField(label=_("How it is best reached"))
    spoken_language = forms.ChoiceField(label=_("Spoken language"))
    reason = _why()

    def __init__(self, *args: object, now: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, initial=now, **kwargs)  # type: ignore[arg-type]
        for name, known in (("contact_channel", CHANNELS), ("spoken_language", LANGUAGES)):
            other = [] if now[name] in dict(known) else [(now[name], now[name])]
            self.fields[name].choices = [*other, *known]  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, str]:
        """Return what ``operations.change_contact`` takes."""
        return {name: self.cleaned_data[name] for name in CONTACT}


class OwnerForm(forms.Form):
    """Who is to own a cooperative's pages."""

    name = LineField(label=_("Name"), max_length=120)
    phone = PhoneField(label=_("Mobile phone"))
    reason = _why()

    def clean_phone(self) -> str:
        return mobile(self.cleaned_data["phone"])


class WhyForm(forms.Form):
    reason = _why()
