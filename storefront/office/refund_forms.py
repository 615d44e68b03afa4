"""What refunds are asked with: pieces of each line, the delivery, why; and that a transfer went."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.text import fold_digits
from fulfilment.ledger.policies import THE_DELIVERY
from fulfilment.orders.models import Line
from fulfilment.payments.models import Refund

Reason = Refund.Reason
CHOSEN = [reason for reason in Reason if reason not in (Reason.PAID_TOO_LATE, Reason.CANCELLED, Reason.LOST)]


class PiecesField(forms.IntegerField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(fold_digits(value) if isinstance(value, str) else value)


class RefundForm(forms.Form):
    """One field a line, with at most what is left of it to give back."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[(reason.value, reason.label) for reason in CHOSEN])
    delivery = forms.BooleanField(label=_("also what was paid for delivery"), required=False)
    note = forms.CharField(label=_("Note for the office"), max_length=300, required=False)

    def __init__(self, *args: Any, lines: list[Line], left: Mapping[int | None, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if left.get(line.pk)]
        pieces: dict[str, forms.Field] = {
            f"line_{line.pk}": PiecesField(
                label=line.title_here,
                min_value=0,
                max_value=left[line.pk],
                initial=0,
                required=False,
                help_text=_("pieces, %(left)s at most") % {"left": left[line.pk]},
            )
            for line in self.lines
        }
        self.fields = pieces | self.fields
        if not left.get(THE_DELIVERY):
            del self.fields["delivery"]

    @property
    def quantities(self) -> dict[int, int]:
        found = {line.pk: self.cleaned_data.get(f"line_{line.pk}") or 0 for line in self.lines}
        return {pk: pieces for pk, pieces in found.items() if pieces}

    @property
    def asked(self) -> dict[str, Any]:
        return {"quantities": self.quantities, "delivery": bool(self.cleaned_data.get("delivery"))}


class ReferenceForm(forms.Form):
    reference = forms.CharField(label=_("The bank's reference"), max_length=60)


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=300)
