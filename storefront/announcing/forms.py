"""What will be delivered, line by line, as a cooperative or the office for it types it. Empty lines are left out."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel import text
from catalogue.lots.models import Place
from catalogue.receiving.models.delivering import MOST_PIECES
from catalogue.receiving.operations import Announced
from catalogue.receiving.queries import our_places, proposed_number
from storefront.customer.fields import CountField, DayField

ROWS, MOST_ROWS = 3, 30
YEARS = range(2000, 2200)


class PiecesField(CountField):
    """How many, none unless told otherwise."""

    default_error_messages = {"required": gettext_lazy("Write how many.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(attrs={"size": 6}, **{"min_value": 0, "max_value": MOST_PIECES} | options)


class CodeField(forms.CharField):
    """A number as it is scanned or typed: one line, nothing hidden."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr", "spellcheck": "false"}
        defaults: dict[str, Any] = {"max_length": 40, "widget": forms.TextInput(attrs=attrs)}
        super().__init__(**defaults | options)

    def to_python(self, value: Any) -> str:
        return text.squash(text.fold_digits(text.strip_controls(super().to_python(value) or "")))


class RecordField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.product.title)


class LineForm(forms.Form):
    use_required_attribute = False
    record = RecordField(label=gettext_lazy("Product"), queryset=StockRecord.objects.none())
    pieces = PiecesField(label=gettext_lazy("Pieces"), min_value=1)
    lot_number = CodeField(
        label=gettext_lazy("Lot number"), required=False, help_text=gettext_lazy("Empty: we give one for the label.")
    )
    produced_on = DayField(label=gettext_lazy("Made on"), years=YEARS)
    best_before = DayField(
        label=gettext_lazy("Best before"),
        required=False,
        years=YEARS,
        help_text=gettext_lazy("Empty: as long as the product lasts."),
    )

    def __init__(self, *args: Any, cooperative: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = StockRecord.objects.filter(partner=cooperative).exclude(product__status="archived")
        self.fields["record"].queryset = rows.select_related("product").order_by("product__title", "pk")


class AnnouncementForm(forms.Form):
    use_required_attribute = False
    place = forms.ModelChoiceField(label=gettext_lazy("To"), queryset=Place.objects.none(), empty_label=None)
    expected_on = DayField(label=gettext_lazy("Arrives on"), years=YEARS)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = our_places()


class Lines:
    """The lines of an announcement: bound to what was sent, or empty ones to fill in."""

    def __init__(
        self, cooperative: Partner, data: Any = None, *, first: dict[str, Any] | None = None, rows: int = ROWS
    ) -> None:
        if data is not None:
            sent = {name.split("-")[1] for name in data if name.startswith("line-") and name.count("-") == 2}
            rows = max((int(number) + 1 for number in sent if number.isascii() and number.isdecimal()), default=1)
        prefixes = [f"line-{number}" for number in range(min(max(rows, 1), MOST_ROWS))]
        filled = [data is not None and _is_filled(data, prefix) for prefix in prefixes]
        self.forms = [
            LineForm(
                data if is_filled else None,
                prefix=prefix,
                cooperative=cooperative,
                initial=first if number == 0 else None,
                empty_permitted=False,
            )
            for number, (prefix, is_filled) in enumerate(zip(prefixes, filled, strict=True))
        ]

    @property
    def filled(self) -> Sequence[LineForm]:
        return [form for form in self.forms if form.is_bound]

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.filled)

    def announced(self) -> list[Announced]:
        """Return what was typed, with lot numbers and dates given where none were."""
        taken: set[str] = set()
        return [_announced(number, form.cleaned_data, taken) for number, form in enumerate(self.forms) if form.is_bound]

    def refuse(self, reasons: Sequence[tuple[int, str]], form: forms.Form) -> None:
        """Write each reason beside its line, and what is about none at the top."""
        for row, why in reasons:
            if row and self.forms[row - 1].is_bound:
                self.forms[row - 1].add_error(None, why)
            else:
                form.add_error(None, why)


def _is_filled(data: Any, prefix: str) -> bool:
    return any(str(data.get(f"{prefix}-{name}", "")).strip() for name in ("record", "pieces", "lot_number"))


def _announced(number: int, data: dict[str, Any], taken: set[str]) -> Announced:
    record, made_on = data["record"], data["produced_on"]
    lot = data["lot_number"] or proposed_number(record, made_on, taken)
    taken.add(lot)
    return Announced(
        stockrecord_id=record.pk,
        lot_number=lot,
        produced_on=made_on,
        best_before=data["best_before"] or _end(record, made_on),
        pieces=data["pieces"],
        row=number + 1,
    )


def _end(record: StockRecord, made_on: date) -> date | None:
    life = record.product.shelf_life_days
    return made_on + timedelta(days=life) if life else None
