"""What the office writes of a solidarity shop: how it is reached, its hours, who keeps it."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import phones
from catalogue.kernel.text import fold_digits
from catalogue.people.models import User
from catalogue.shops.models import Weekday
from storefront.customer.fields import DayField, PhoneField
from storefront.office.forms import LineField


class HourField(forms.TimeField):
    """An hour of the day such as 09:30, in any digits; empty where it may be."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "dir": "ltr"})
        super().__init__(required=False, widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **kwargs)

    def to_python(self, value: Any) -> time | None:
        return super().to_python(fold_digits(value) if isinstance(value, str) else value)


class PlaceForm(forms.Form):
    phone = PhoneField(label=_("Phone"), required=False)
    sells_online = forms.BooleanField(
        label=_("Sells online"), required=False, help_text=_("What lies here is part of what the site offers.")
    )
    is_active = forms.BooleanField(
        label=_("Open to the public"),
        required=False,
        help_text=_("A closed shop is not shown, and nothing is fetched there."),
    )


class WeekForm(forms.Form):
    """Two stretches for each weekday; an empty one is not kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday in Weekday:
            for number in (1, 2):
                words = {"day": weekday.label}
                self.fields[f"opens_{weekday}_{number}"] = HourField(label=_("%(day)s, opens") % words)
                self.fields[f"closes_{weekday}_{number}"] = HourField(label=_("%(day)s, closes") % words)

    def days(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """Return the fields by day, for a table."""
        return [
            (
                str(weekday.label),
                [(self[f"opens_{weekday}_{number}"], self[f"closes_{weekday}_{number}"]) for number in (1, 2)],
            )
            for weekday in Weekday
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for weekday in Weekday:
            for number in (1, 2):
                opens, closes = data.get(f"opens_{weekday}_{number}"), data.get(f"closes_{weekday}_{number}")
                if bool(opens) != bool(closes) or (opens and closes and closes <= opens):
                    text = _("%(day)s: write when it opens, and a later hour when it closes.")
                    self.add_error(f"opens_{weekday}_{number}", text % {"day": weekday.label})
        return data

    def spans(self) -> list[tuple[int, time, time]]:
        data = self.cleaned_data
        found = ((day, data[f"opens_{day}_{n}"], data[f"closes_{day}_{n}"]) for day in Weekday for n in (1, 2))
        return [(int(day), opens, closes) for day, opens, closes in found if opens and closes]


class OtherHoursForm(forms.Form):
    first_day = DayField(label=_("First day"))
    until = DayField(label=_("Until, that day excluded"))
    opens = HourField(label=_("Opens"), help_text=_("Leave both hours empty where it stays closed."))
    closes = HourField(label=_("Closes"))
    reason = LineField(label=_("Reason"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first_day, until, opens, closes = (data.get(name) for name in ("first_day", "until", "opens", "closes"))
        if first_day and until and until <= first_day:
            self.add_error("until", _("The last day must come after the first; it is not part of it."))
        if bool(opens) != bool(closes) or (opens and closes and closes <= opens):
            self.add_error("closes", _("Write when it opens, and a later hour when it closes, or neither."))
        return data


class KeeperForm(forms.Form):
    """Who keeps the counter: someone with an account, named by phone or e-mail."""

    who = LineField(label=_("Phone or e-mail of their account"), max_length=254)
    valid_from = DayField(label=_("From"))
    valid_until = DayField(label=_("Until, that day excluded"))

    def clean_who(self) -> User:
        written = str(self.cleaned_data["who"]).strip()
        user = User.objects.filter(email__iexact=written).first() if "@" in written else _by_phone(written)
        if user is None or not user.is_active:
            raise ValidationError(_("No account has this phone or e-mail. They sign up first, as any buyer does."))
        return user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first_day, until = data.get("valid_from"), data.get("valid_until")
        if first_day and until and not 0 < (until - first_day).days <= 731:
            self.add_error("valid_until", _("A mandate lasts a day at least, and two years at most."))
        return data


def _by_phone(written: str) -> User | None:
    try:
        return User.objects.filter(phone=phones.normalise(written)).first()
    except phones.NotAPhone:
        return None
