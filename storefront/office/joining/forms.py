"""What the office types about cooperatives that ask to join, and about how one is paid."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.joining.models import Application
from catalogue.joining.models.agreements import CYCLES, METHODS
from storefront.customer.fields import DayField, LineField, PhoneField
from storefront.joining.forms import mobile


class FilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("under way")), *Application.State.choices]
    )


class WordsForm(forms.Form):
    """What the applicant reads: what is missing, or why not."""

    words = LineField(label=_("In words that the applicant reads"), max_length=300)


class PhoneChangeForm(forms.Form):
    """Another phone for the contact: the former one is told, and another person agrees."""

    phone = PhoneField(label=_("Mobile phone"))
    reason = LineField(label=pgettext_lazy("decision", "Why"), max_length=200)

    def clean_phone(self) -> str:
        return mobile(self.cleaned_data["phone"])


class ApprovalForm(forms.Form):
    with_account = forms.BooleanField(
        label=_("Propose its bank account as well: another person decides on it"), required=False, initial=True
    )


class PayoutTermsForm(forms.Form):
    method = forms.ChoiceField(label=_("How it is paid"), choices=METHODS)
    cycle = forms.ChoiceField(label=_("How often"), choices=CYCLES)
    reason = LineField(label=pgettext_lazy("decision", "Why"), max_length=200)


class TermsForm(forms.Form):
    """Terms for a cooperative to agree to; the fees are those of the schedule on the first day."""

    valid_from = DayField(label=_("They hold from"))
    method = forms.ChoiceField(label=_("How it is paid"), choices=METHODS)
    cycle = forms.ChoiceField(label=_("How often"), choices=CYCLES, initial="fortnightly")
    words = LineField(label=_("Also agreed"), max_length=200, required=False)
