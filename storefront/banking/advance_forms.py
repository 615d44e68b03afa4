"""An advance as an owner or the office asks for it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fulfilment.payouts.policies import MOST_INSTALMENTS
from storefront.customer.fields import CountField, LineField, NumberField


class AdvanceForm(forms.Form):
    amount_mad = NumberField(label=_("How much, in dirhams"), places=2)
    instalments = CountField(
        label=_("Paid back by how many payments"),
        min_value=1,
        max_value=MOST_INSTALMENTS,
        initial=4,
        help_text=_("Each payment after the advance takes one part, and never more than half of what is due."),
    )
    purpose = LineField(label=_("What it is for"), max_length=200)
