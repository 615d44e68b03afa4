"""What office pages are asked for: periods and filters, all optional, all kept in the address."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.cooperatives.models import Partner
from catalogue.kernel.money import MAD
from catalogue.kernel.periods import Period
from catalogue.kernel.photos import NotAPhoto, Photo, take_in
from catalogue.lots.models import Place
from catalogue.pricing.models import Currency
from fulfilment.orders.models import ConfirmationCall, Order
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment, DeliveryAttempt
from storefront.basket.forms import SomeOfField
from storefront.customer.fields import DayField, LineField, NumberField

LONGEST_DAYS = 366
ANY = ("", _("all"))


class BackForm(forms.Form):
    """How many pieces of each row are given back or came back, all of them to begin with; the other fields follow."""

    back_field: type[SomeOfField]

    def __init__(self, rows: Iterable[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        back = {f"back-{row.line_id}": self.back_field(row, most=row.quantity, initial=row.quantity) for row in rows}
        self.fields = back | self.fields

    @property
    def pieces(self) -> dict[int, int]:
        """Return pieces by order line."""
        return {
            field.row.line_id: self.cleaned_data[name]
            for name, field in self.fields.items()
            if isinstance(field, SomeOfField)
        }


class PhotoField(forms.FileField):
    """One photo, as it will be kept; nothing where none was sent."""

    widget = forms.FileInput(attrs={"accept": "image/*"})

    def clean(self, data: Any, initial: Any = None) -> Photo | None:
        sent = super().clean(data, initial)
        try:
            return take_in(sent) if sent else None
        except NotAPhoto as error:
            raise forms.ValidationError(str(error)) from None


class PeriodForm(forms.Form):
    from_day = DayField(label=pgettext_lazy("day", "From"))
    to_day = DayField(label=_("To, included"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("to_day")
        if first and last:
            if last < first:
                self.add_error("to_day", _("This day is before the first one."))
            elif (last - first).days >= LONGEST_DAYS:
                self.add_error("to_day", _("Choose one year at most."))
        return data

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["from_day"], self.cleaned_data["to_day"] + timedelta(days=1))


class RateForm(forms.Form):
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, name) for code, name in Currency.choices if code != MAD]
    )
    day = DayField(label=_("Day"))
    mad_per_unit = NumberField(label=_("Dirhams for one unit"), places=6)


class GroundsForm(forms.Form):
    """Why a person decides as they do."""

    note = LineField(label=pgettext_lazy("decision", "Why"), max_length=200)


class AtForm(forms.Form):
    at = DayField(label=_("At the end of"), required=False)


class OrderFilter(forms.Form):
    q = forms.CharField(label=_("Number, phone or name"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *Order.Status.choices])
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=[ANY, *Currency.choices])
    country = forms.CharField(
        label=_("Country"), required=False, max_length=2, widget=forms.TextInput(attrs={"size": 4, "placeholder": "MA"})
    )
    from_day = DayField(label=pgettext_lazy("day", "From"), required=False)
    to_day = DayField(label=_("To, included"), required=False)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class ConsignmentFilter(forms.Form):
    q = forms.CharField(label=_("Parcel or order number"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("open", _("all that waits")), ("all", _("all")), *Consignment.State.choices],
    )
    cooperative = forms.ModelChoiceField(
        label=_("Cooperative"),
        required=False,
        queryset=Partner.objects.order_by("name"),
        to_field_name="slug",
        empty_label=ANY[1],
    )


class PackedFilter(forms.Form):
    origin = forms.ModelChoiceField(
        label=pgettext_lazy("parcel", "From"),
        required=False,
        queryset=Place.objects.filter(consignments__state=Consignment.State.PACKED).distinct().order_by("name"),
        to_field_name="code",
        empty_label=ANY[1],
    )


class HandOverForm(forms.Form):
    courier = forms.ModelChoiceField(
        label=_("Courier"), queryset=Courier.objects.filter(is_active=True).order_by("kind", "name", "pk")
    )


class CallForm(forms.Form):
    """How a call of the desk ended; a buyer who does not want the order says why."""

    number = forms.IntegerField(min_value=1)
    outcome = forms.ChoiceField(choices=ConfirmationCall.Outcome.choices)
    note = LineField(max_length=200, required=False)


class DoorForm(forms.Form):
    """How a visit of the courier ended. ``number``: which visit whoever fills it in has before them."""

    number = forms.IntegerField(min_value=1)
    outcome = forms.ChoiceField(choices=DeliveryAttempt.Outcome.choices)
    reason = forms.ChoiceField(choices=[("", ""), *DeliveryAttempt.Reason.choices], required=False)


class RemitForm(forms.Form):
    amount = NumberField(label=_("Amount handed in"), places=2, currency="MAD")
    received_on = DayField(label=_("Received on"))
    reference = LineField(label=_("Reference of the receipt"), max_length=60)

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(_("Write an amount above zero."))
        return amount
