"""What the office answers to a report of missing or broken goods."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfilment.complaints.models import Decision
from storefront.basket.forms import SomeOfField

from .forms import BackForm, LineField


class BackField(SomeOfField):
    """Of how many reported pieces the price goes back."""

    default_error_messages = {"over": _("Only %(n)s of these were reported.")}


class GiveBackForm(BackForm):
    """Pieces whose price goes back, line by line, as owed or as a gesture."""

    back_field = BackField

    outcome = forms.ChoiceField(
        label=_("Why"),
        choices=[
            (Decision.Outcome.REFUND, pgettext_lazy("complaint", "The report is right")),
            (Decision.Outcome.GOODWILL, pgettext_lazy("complaint", "As a gesture")),
        ],
    )
    answer = LineField(label=_("What the buyer should know besides"), max_length=300, required=False)


class RejectForm(forms.Form):
    rejection = forms.ChoiceField(label=_("Reason"), choices=Decision.Rejection.choices)
    answer = LineField(label=_("What the buyer should know besides"), max_length=300, required=False)
