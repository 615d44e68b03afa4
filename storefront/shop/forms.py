"""What visitors ask of a list, and how they wish to shop."""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue.search.policies import tidy
from fulfilment.shipping.queries import is_served

SORTS = {
    "newest": _("Newest first"),
    "price": _("Cheapest first"),
    "-price": _("Dearest first"),
}


@dataclass(frozen=True)
class Wishes:
    """What the address of a list asks for, unread answers dropped; ``unknown`` tells that there were some."""

    q: str
    category: str
    region: str
    cooperative: str
    sort: str
    page: str
    unknown: bool

    def answering(self, name: str, value: str) -> "Wishes":
        """Return these wishes with one answer changed, or the same when no question is named."""
        changes: dict[str, Any] = {name: value} if name else {}
        return replace(self, **changes)

    def address(self, **changes: str) -> str:
        """Return the query string of these wishes with some changed, back on the first page."""
        names = ("q", "category", "region", "cooperative", "sort")
        kept = {name: changes.get(name, getattr(self, name)) for name in names}
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in kept.items() if value})
        return f"?{query.urlencode()}" if query else ""


def read_wishes(query: QueryDict, *, categories: Any, regions: Any, cooperatives: Any) -> Wishes:
    """Read a list's address; answers that are not among the known ones are left out."""
    known = {"category": categories, "region": regions, "cooperative": cooperatives, "sort": SORTS}
    asked = {name: query.get(name, "") for name in known}
    kept = {name: value if value in known[name] else "" for name, value in asked.items()}
    return Wishes(q=tidy(query.get("q", "")), page=query.get("page", "1"), unknown=kept != asked, **kept)


class PreferencesForm(forms.Form):
    """Currency, destination and language; each may be left out."""

    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in settings.CURRENCIES],
        required=False,
        error_messages={"invalid_choice": _("We do not sell in this currency.")},
    )
    destination = forms.CharField(label=_("Delivered to"), max_length=2, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        required=False,
        error_messages={"invalid_choice": _("The shop does not speak this language yet.")},
    )

    def clean_destination(self) -> str:
        destination: str = self.cleaned_data["destination"].upper()
        if destination and not is_served(destination):
            raise forms.ValidationError(_("We do not deliver to this country yet."))
        return destination
