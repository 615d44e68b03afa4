"""What people who prepare parcels type or scan."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.lots.models import Place
from fulfilment.orders.allocating.models import Allocation
from fulfilment.warehouse.models import Shortage
from fulfilment.warehouse.packing.policies import MOST_BOXES, MOST_GRAMS, Item
from fulfilment.warehouse.shortages.policies import Choice
from storefront.announcing.forms import CodeField, PiecesField

from .queries import places_to_pick_at


class PickFilter(forms.Form):
    place = forms.ModelChoiceField(
        label=pgettext_lazy("of stock", "Place"),
        required=False,
        queryset=Place.objects.none(),
        to_field_name="code",
        empty_label=None,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places_to_pick_at()


class PackingForm(forms.Form):
    """How many of each line were counted, and what the closed parcel weighs; a scan needs no weight yet."""

    use_required_attribute = False
    code = CodeField(label=_("Scan a piece"), required=False, max_length=300)
    weight_g = PiecesField(label=_("Weight in grams"), min_value=1, max_value=MOST_GRAMS)
    boxes = PiecesField(label=_("Boxes"), min_value=1, max_value=MOST_BOXES, initial=1)
    confirmed = forms.BooleanField(label=_("I weighed it again: this is what it weighs"), required=False)

    def __init__(self, *args: Any, items: Iterable[Item], is_scan: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True
        for item in items:
            self.fields[_name(item.line)] = PiecesField(label=item.title, required=False)
        for name in ("weight_g", "boxes"):
            self.fields[name].required = not is_scan

    @property
    def counted(self) -> dict[int, int]:
        """How many of each line (id) were counted so far; what was not typed is none."""
        names = {name: int(name.removeprefix("count_")) for name in self.fields if name.startswith("count_")}
        return {line: self.cleaned_data.get(name) or 0 for name, line in names.items()}

    def rows(self, items: Iterable[Item]) -> list[tuple[Item, forms.BoundField]]:
        return [(item, self[_name(item.line)]) for item in items]


def _name(line: int) -> str:
    return f"count_{line}"


def counts(counted: dict[int, int]) -> dict[str, int]:
    """Return counts as the form's own fields begin with them."""
    return {_name(line): pieces for line, pieces in counted.items() if pieces}


class MissingForm(forms.Form):
    """Which pieces are not there. ``kept`` names line, lot and how many were kept when the page was made."""

    use_required_attribute = False
    kept = forms.ChoiceField(label=_("What is missing"))
    missing = PiecesField(label=_("How many are missing"), min_value=1)
    reason = forms.ChoiceField(label=pgettext_lazy("decision", "Why"))

    def __init__(self, *args: Any, kept: Sequence[Allocation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = [
            (
                f"{row.line_id}-{row.stock_id}-{row.quantity}",
                f"{row.quantity} × {row.line.title_here} · {row.stock.lot.number}",
            )
            for row in kept
        ]
        found = (Shortage.Reason.NOT_FOUND, Shortage.Reason.DAMAGED)
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in found]

    def said(self) -> dict[str, Any]:
        line, stock, of = (int(part) for part in self.cleaned_data["kept"].split("-"))
        common = {"missing": self.cleaned_data["missing"], "reason": self.cleaned_data["reason"]}
        return {"order_line_id": line, "stock_id": stock, "of": of, **common}


class ChoiceForm(forms.Form):
    choice = forms.TypedChoiceField(choices=[(choice.value, "") for choice in Choice], coerce=Choice)
