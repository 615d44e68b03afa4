"""People in Oscar's dashboard: found by phone, too, and never switched off from here."""

from typing import Any

from django.db.models import QuerySet
from oscar.apps.dashboard.users import views as upstream

from catalogue.kernel.phones import NotAPhone, normalise
from catalogue.people.models import User
from fulfilment.reports.queries import ordered_by


class IndexView(upstream.IndexView):
    """The list of people, without switching accounts on and off in bulk."""

    actions = ()

    def apply_search_filters(self, queryset: "QuerySet[User]", data: dict[str, Any]) -> "QuerySet[User]":
        """Read the e-mail field as a phone when it is one, in any usual writing."""
        try:
            phone = normalise(data["email"])
        except NotAPhone:
            return super().apply_search_filters(queryset, data)
        return super().apply_search_filters(queryset.filter(phone=phone), data | {"email": ""})


class UserDetailView(upstream.UserDetailView):
    """One person, with what they ordered in each currency instead of a sum over all of them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"ordered": ordered_by(self.object.pk)}
