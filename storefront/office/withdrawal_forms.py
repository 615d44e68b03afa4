"""What the office says of withdrawals: which ones to show, what came back, why not, and how long buyers have."""

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.places.names import country_name, country_names
from fulfilment.orders.withdrawing.models import Withdrawal, WithdrawalPeriod
from fulfilment.orders.withdrawing.policies import ELSEWHERE
from fulfilment.shipping import queries as shipping
from storefront.basket.forms import QuantityField, SomeOfField
from storefront.customer.fields import DayField

from .forms import ANY, BackForm, LineField
from .sending_forms import BLOCKS

MOST_DAYS = 90
REST = "OTHER"
"""The block of countries without a name of their own; here they are everywhere else."""


def destination_name(code: str) -> str:
    """Name a country, a group of countries, or everywhere else."""
    if code == ELSEWHERE:
        return str(_("everywhere else"))
    if code in BLOCKS:
        return str(BLOCKS[code])
    return country_name((get_language() or "fr")[:2], code)


class WithdrawalFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[ANY, ("open", _("open")), *Withdrawal.State.choices]
    )


class BackField(SomeOfField):
    """How many pieces of a declared line are really back."""

    default_error_messages = {"over": _("Only %(n)s of these were declared.")}


class AcceptForm(BackForm):
    """Pieces that are back, line by line."""

    back_field = BackField

    note = LineField(label=_("Note"), max_length=300, required=False)


class RejectForm(forms.Form):
    rejection = forms.ChoiceField(label=_("Reason"), choices=Withdrawal.Rejection.choices)
    note = LineField(label=_("What the buyer should know besides"), max_length=300, required=False)


class PeriodForm(forms.Form):
    """A row from a day on, taking the place of the one before it."""

    destination = forms.ChoiceField(label=_("Destination"))
    product_class = forms.ChoiceField(label=_("Kind of goods"), choices=WithdrawalPeriod.ProductClass.choices)
    days = QuantityField(label=_("Days to send it back"), minimum=0, required=False)
    excluded = forms.ChoiceField(
        label=_("Cannot be sent back, because"),
        required=False,
        choices=[("", _("it can be sent back")), *WithdrawalPeriod.Excluded.choices],
    )
    unopened_only = forms.BooleanField(label=_("Only while unopened"), required=False)
    valid_from = DayField(label=pgettext_lazy("day", "From"), help_text=_("Tomorrow or later."))
    note = LineField(label=_("Law or reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = (get_language() or "fr")[:2]
        groups = [
            (ELSEWHERE, destination_name(ELSEWHERE)),
            *((code, str(name)) for code, name in BLOCKS.items() if code != REST),
        ]
        countries = country_names(language, tuple(shipping.destinations()))
        self.fields["destination"].choices = [  # type: ignore[attr-defined]
            *groups,
            *((code, name) for code, name in countries if code not in BLOCKS),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        days = data["days"] or 0
        if data["excluded"]:
            data["days"], data["unopened_only"] = 0, False
        elif not 1 <= days <= MOST_DAYS:
            self.add_error("days", forms.ValidationError(_("From 1 to %(most)s days."), params={"most": MOST_DAYS}))
        return data
