"""What the office writes of a shipment abroad, and which of them it looks at."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.kernel import scans
from catalogue.kernel.periods import Period, month
from catalogue.kernel.text import fold_digits
from fulfilment.customs.models import ExportRecord, SdrRate
from fulfilment.shipping.models import Courier
from storefront.customer.fields import DayField
from storefront.office.forms import LineField, NumberField
from storefront.office.price_forms import DatedForm


class ExportFilter(forms.Form):
    """A month, typed as 2026-11, and whether only what misses something is shown."""

    month = forms.CharField(
        label=gettext_lazy("Month"), required=False, max_length=7, widget=forms.TextInput(attrs={"type": "month"})
    )
    all = forms.BooleanField(label=gettext_lazy("also those with everything"), required=False)

    def clean_month(self) -> Period | None:
        typed = fold_digits(self.cleaned_data["month"]).strip()
        if not typed:
            return None
        try:
            return month(date.fromisoformat(f"{typed}-01"))
        except ValueError:
            raise forms.ValidationError(_("Write a month as year and number, such as 2026-11.")) from None


class ExportForm(forms.Form):
    """Everything that is known of a shipment's way out; what is left empty is not known yet."""

    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    courier = forms.ModelChoiceField(
        Courier.objects.order_by("name", "pk"), label=gettext_lazy("Carried by"), required=False, empty_label="–"
    )
    declaration_number = LineField(
        label=gettext_lazy("Number of the customs declaration (DUM)"), required=False, max_length=40
    )
    declared_on = DayField(label=gettext_lazy("Declared on"), required=False)
    proof_kind = forms.ChoiceField(
        label=gettext_lazy("Proof of exit"), required=False, choices=[("", "–"), *ExportRecord.Proof.choices]
    )
    proof_reference = LineField(label=gettext_lazy("Reference of the proof"), required=False, max_length=80)
    proof_on = DayField(label=gettext_lazy("Day of the proof"), required=False)
    scan = forms.FileField(
        label=gettext_lazy("The proof itself"),
        required=False,
        help_text=gettext_lazy("A PDF or a photo of at most 5 MB. Without a new one, the earlier one stays."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_scan(self) -> bytes | None:
        sent = self.cleaned_data["scan"]
        if not sent:
            return None
        content: bytes = sent.read(scans.MOST_BYTES + 1)
        try:
            scans.check(content)
        except scans.NotAScan as refused:
            raise forms.ValidationError(str(refused)) from None
        return content

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        self._need("declaration_number", "declared_on")
        self._need("proof_kind", "proof_reference", "proof_on")
        if data.get("scan") and not data["proof_kind"]:
            self.add_error("proof_kind", _("Say what this file proves."))
        for name in ("declared_on", "proof_on"):
            if data.get(name) and data[name] > self.today:
                self.add_error(name, _("This day has not come yet."))
        if not (data.get("courier") or data["declaration_number"] or data["proof_kind"]):
            self.add_error(None, _("Nothing is filled in, so nothing was written."))
        return data

    def _need(self, *names: str) -> None:
        """Ask for the rest of what belongs together once a part of it is filled in."""
        if any(self.cleaned_data.get(name) for name in names):
            for name in names:
                if not self.cleaned_data.get(name):
                    self.add_error(name, _("This belongs to the rest: fill it in too."))

    def values(self) -> dict[str, Any]:
        """Return what ``operations.record_export`` takes."""
        data = dict(self.cleaned_data)
        courier = data.pop("courier")
        return data | {"courier_id": courier.pk if courier else None}


class SdrRateForm(DatedForm):
    mad_per_sdr = NumberField(label=gettext_lazy("Dirhams for one SDR"), places=6)

    class Meta(DatedForm.Meta):
        model = SdrRate
        fields = ("mad_per_sdr", *DatedForm.Meta.fields)

    def clean_mad_per_sdr(self) -> Any:
        rate = self.cleaned_data["mad_per_sdr"]
        if rate is not None and not 0 < rate < 1000:
            raise forms.ValidationError(_("This cannot be what one SDR is worth."))
        return rate
