"""What visitors ask of a list, and how they wish to shop."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.money import quantize
from catalogue.kernel.numerals import NotANumber, parse_decimal
from catalogue.kernel.text import squash, strip_controls
from catalogue.search.policies import tidy
from fulfilment.shipping.queries import is_served

SORTS = {
    "newest": _("Newest first"),
    "price": _("Cheapest first"),
    "-price": _("Dearest first"),
}


LABELS = {
    "organic": _("Organic"),
    "protected": _("Protected name (IGP, AOP)"),
    "fair": _("Fair trade"),
}
YES = "yes"
TOGGLES = ("stock", "women", "sent")
ANSWERS = ("category", "region", "cooperative", "label", *TOGGLES, "price_from", "price_to")
"""Questions that narrow a list; each answer stands in its address under the question's name."""

MOST = Decimal("9999999")


@dataclass(frozen=True)
class Wishes:
    """What the address of a list asks for, unread answers dropped.

    ``unknown`` tells that there were some; ``notes`` say of prices why. Prices are in ``currency``, written plainly.
    """

    q: str
    category: str
    region: str
    cooperative: str
    label: str
    stock: str
    women: str
    sent: str
    price_from: str
    price_to: str
    currency: str
    sort: str
    page: str
    unknown: bool
    notes: tuple[str, ...] = ()

    def answering(self, name: str, value: str) -> "Wishes":
        """Return these wishes with one answer changed, or the same when no question is named."""
        changes: dict[str, Any] = {name: value} if name else {}
        return replace(self, **changes)

    def answers(self, **changes: str) -> dict[str, str]:
        """Return what an address or a form carries of these wishes, with some changed; prices name their currency."""
        kept = {name: changes.get(name, getattr(self, name)) for name in ("q", *ANSWERS, "sort")}
        priced = kept["price_from"] or kept["price_to"]
        return {name: value for name, value in (kept | {"currency": self.currency if priced else ""}).items() if value}

    def address(self, **changes: str) -> str:
        """Return the query string of these wishes with some changed, back on the first page."""
        query = QueryDict(mutable=True)
        query.update(self.answers(**changes))
        return f"?{query.urlencode()}" if query else ""

    @property
    def bare(self) -> str:
        """Return the query string of the words looked for alone."""
        return self.address(**dict.fromkeys((*ANSWERS, "sort"), ""))


def read_wishes(
    query: QueryDict, *, categories: Any, regions: Any, cooperatives: Any, currency: str, abroad: bool
) -> Wishes:
    """Read a list's address; answers that are not among the known ones are left out."""
    toggles = {name: (YES,) if name != "sent" or abroad else () for name in TOGGLES}
    known = {
        "category": categories,
        "region": regions,
        "cooperative": cooperatives,
        "label": LABELS,
        "sort": SORTS,
        **toggles,
    }
    asked = {name: query.get(name, "") for name in known}
    kept = {name: value if value in known[name] else "" for name, value in asked.items()}
    prices, notes = _read_prices(query, currency)
    asked |= {name: query.get(name, "") for name in ("price_from", "price_to", "currency")}
    wishes = Wishes(
        q=tidy(query.get("q", "")),
        page=query.get("page", "1"),
        currency=currency,
        unknown=False,
        notes=notes,
        **kept,
        **prices,
    )
    shown = {"price_from": "", "price_to": "", "currency": "", **kept} | wishes.answers()
    return replace(wishes, unknown=any(shown.get(name, "") != value for name, value in asked.items()))


def _read_prices(query: QueryDict, currency: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read both ends of the price filter as plain figures, and say why one was left out.

    Prices asked in another currency than the visitor's are dropped, not converted: lists are published in each
    currency with a rounding of its own, so that no bound in one is the same line in another.
    """
    typed = {name: query.get(name, "").strip() for name in ("price_from", "price_to")}
    written_in = query.get("currency", "") or currency
    nothing = {"price_from": "", "price_to": ""}
    if written_in != currency:
        told = [
            gettext("Prices are now in %(new)s: the price filter was for %(old)s and was taken away.")
            % {"new": currency, "old": written_in}
        ]
        return nothing, tuple(told if any(typed.values()) and written_in in settings.CURRENCIES else ())
    found: dict[str, Decimal] = {}
    notes = []
    for name, value in typed.items():
        try:
            number = parse_decimal(value, currency=currency) if value else None
        except NotANumber as refused:
            notes.append(f"“{squash(strip_controls(value))[:40]}”: {refused}")
            continue
        if number is not None and 0 < number <= MOST:
            found[name] = number
    if len(found) == len(typed) and found["price_from"] > found["price_to"]:
        return nothing, (gettext("The lowest price is above the highest: both were left out."),)
    return nothing | {name: _plain(number) for name, number in found.items()}, tuple(notes)


def _plain(number: Decimal) -> str:
    """Write a price for an address: 50 or 12.50."""
    text = f"{quantize(number):f}"
    return text.removesuffix(".00")


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
