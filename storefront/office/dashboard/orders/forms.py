from typing import Any

from django import forms
from oscar.apps.dashboard.orders import forms as upstream

from storefront.customer.fields import YEARS


class OrderSearchForm(upstream.OrderSearchForm):
    """Oscar's search, for days that exist in this shop: it adds a day to the last of the calendar otherwise."""

    def _clean_day(self, name: str) -> Any:
        day = self.cleaned_data.get(name)
        if day and day.year not in YEARS:
            raise forms.ValidationError(self.fields[name].error_messages["invalid"], code="invalid")
        return day

    def clean_date_from(self) -> Any:
        return self._clean_day("date_from")

    def clean_date_to(self) -> Any:
        return self._clean_day("date_to")
