"""What an offer needs, checked field by field."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.cooperatives.models import Partner
from catalogue.kernel.money import CURRENCIES, MAD
from catalogue.kernel.periods import day_of, start_of
from catalogue.products.models import Category, Product
from fulfilment.orders.discounting import Kind
from storefront.customer.fields import DayField
from storefront.offers.models import ConditionalOffer, OfferAmount, Range
from storefront.offers.operations import Terms
from storefront.offers.queries import KINDS

from .fields import FigureField, WholeField

KIND_NAMES = {
    Kind.PERCENT: _("a percentage off the products"),
    Kind.UNIT: _("an amount off each piece"),
    Kind.BASKET: _("an amount off the basket"),
    Kind.MULTIBUY: _("so many for the price of fewer"),
    Kind.DELIVERY_PERCENT: _("a percentage off the delivery (100: free)"),
    Kind.DELIVERY_AMOUNT: _("an amount off the delivery"),
}
ROLES = {
    OfferAmount.Role.BENEFIT: _("Taken off"),
    OfferAmount.Role.MINIMUM: _("To be bought at least"),
    OfferAmount.Role.MOST: _("Taken off one order at most"),
}
OF_AMOUNT = (Kind.UNIT, Kind.BASKET, Kind.DELIVERY_AMOUNT)
OF_PERCENT = (Kind.PERCENT, Kind.DELIVERY_PERCENT)
MOST_PRODUCTS = 500
LANGUAGE_NAMES = {"ar": _("Arabic"), "fr": _("French"), "en": _("English")}


class OfferForm(forms.Form):
    name = forms.CharField(label=_("Name for the office"), max_length=120)
    kind = forms.ChoiceField(
        label=_("What it gives"), choices=[(kind.value, name) for kind, name in KIND_NAMES.items()]
    )
    percent = FigureField(label=_("Percentage"), most=Decimal(100))
    take = WholeField(label=_("So many pieces"), most=100)
    pay = WholeField(label=_("for the price of"), most=99)
    amounts_mode = forms.ChoiceField(label=_("Amounts are"), choices=ConditionalOffer.Mode.choices, initial="each")
    min_count = WholeField(label=_("Pieces to be bought at least"), most=1000)
    categories = forms.ModelMultipleChoiceField(
        label=_("Only these shelves"), required=False, queryset=Category.objects.order_by("path")
    )
    cooperatives = forms.ModelMultipleChoiceField(
        label=_("Only products of these cooperatives"), required=False, queryset=Partner.objects.order_by("name")
    )
    products = forms.CharField(
        label=_("Only these products (numbers, one a line)"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )
    for_voucher = forms.BooleanField(label=_("Only with a voucher code"), required=False)
    exclusive = forms.BooleanField(label=_("Not together with other offers on the same product"), required=False)
    priority = WholeField(label=_("Priority (the higher is taken first)"), most=1000)
    cooperative_pct = FigureField(
        label=_("Share borne by the cooperatives, in percent"),
        least=Decimal(0),
        most=Decimal(100),
        help_text=_("Empty: the office bears it all. A cooperative never gives up more than it agreed to."),
    )
    office_covers = forms.BooleanField(
        label=_("Beyond what a cooperative agreed to, the office bears the rest (else the discount is smaller)"),
        required=False,
        initial=True,
    )
    max_uses = WholeField(label=_("Orders in all, at most"))
    max_each = WholeField(label=_("Orders of each customer, at most"))
    budget_mad = FigureField(label=_("Budget in dirhams"))
    starts_on = DayField(label=_("First day"), required=False, help_text=_("Empty: at once, and no change afterwards."))
    ends_on = DayField(label=_("Last day, included"), required=False)

    def __init__(self, *args: Any, offer: ConditionalOffer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        for language, words in LANGUAGE_NAMES.items():
            self.fields[f"title_{language}"] = forms.CharField(
                label=_("Name for buyers (%(language)s)") % {"language": words}, max_length=100
            )
        for role, words in ROLES.items():
            for currency in CURRENCIES:
                self.fields[f"{role}_{currency}"] = FigureField(label=f"{words} ({currency})", currency=currency)
        first = ["name", *(f"title_{language}" for language in LANGUAGE_NAMES), "kind", "percent", "take", "pay"]
        self.order_fields([*first, "amounts_mode", *(f"{role}_{code}" for role in ROLES for code in CURRENCIES)])

    def groups(self) -> list[tuple[Any, list[forms.BoundField], bool]]:
        """Return the fields as the page shows them: title, fields, and whether they stand side by side."""
        titles = [f"title_{language}" for language in LANGUAGE_NAMES]
        amounts = [(words, [f"{role}_{code}" for code in CURRENCIES], True) for role, words in ROLES.items()]
        groups: list[tuple[Any, list[str], bool]] = [
            (_("The offer"), ["name", *titles], False),
            (_("What it gives"), ["kind", "percent", "take", "pay", "amounts_mode"], False),
            *amounts,
            (_("On which products"), ["categories", "cooperatives", "products", "min_count"], False),
            (_("With what else"), ["for_voucher", "exclusive", "priority"], False),
            (_("Who bears it"), ["cooperative_pct", "office_covers"], False),
            (_("Limits"), ["max_uses", "max_each", "budget_mad"], True),
            (_("When"), ["starts_on", "ends_on"], True),
        ]
        return [(words, [self[name] for name in names], inline) for words, names, inline in groups]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = ConditionalOffer.objects.filter(name=name)
        ranges = Range.objects.filter(name=name)
        if self.offer:
            others, ranges = others.exclude(pk=self.offer.pk), ranges.exclude(pk=self.offer.condition.range_id)
        if others.exists() or ranges.exists():
            raise forms.ValidationError(_("Another offer has this name."))
        return name

    def clean_products(self) -> tuple[int, ...]:
        numbers = list(dict.fromkeys(filter(None, re.split(r"[\s,;]+", self.cleaned_data["products"]))))
        if len(numbers) > MOST_PRODUCTS:
            raise forms.ValidationError(_("Name %(most)s products at most.") % {"most": MOST_PRODUCTS})
        found = dict(Product.objects.filter(sku__in=numbers).values_list("sku", "pk"))
        if unknown := [number for number in numbers if number not in found]:
            raise forms.ValidationError(_("No such product: %(numbers)s") % {"numbers": ", ".join(unknown[:5])})
        return tuple(found[number] for number in numbers)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if kind in OF_PERCENT and "percent" not in self.errors and data.get("percent") is None:
            self.add_error("percent", _("Say how many percent."))
        take, pay = data.get("take"), data.get("pay")
        readable = not ({"take", "pay"} & self.errors.keys())
        if kind == Kind.MULTIBUY and readable and not (take and pay and pay < take):
            self.add_error("pay", _("Fewer are paid than taken: 3 for the price of 2."))
        self._check_amounts(data, kind)
        first, last = data.get("starts_on"), data.get("ends_on")
        today = day_of(timezone.now())
        if last and last < max(first or today, today):
            self.add_error("ends_on", _("The last day is not before the first one, nor over."))
        return data

    def _check_amounts(self, data: dict[str, Any], kind: str | None) -> None:
        converted = data.get("amounts_mode") == ConditionalOffer.Mode.CONVERTED
        for role in ROLES:
            names = [f"{role}_{currency}" for currency in CURRENCIES]
            if set(names) & self.errors.keys():
                continue
            given = [name for name in names if data.get(name) is not None]
            needed = role == OfferAmount.Role.BENEFIT and kind in OF_AMOUNT
            if converted and [name for name in given if not name.endswith(MAD)]:
                self.add_error(given[-1], _("Converted amounts are given in dirhams alone."))
            elif (needed and not given) or (converted and needed and names[0] not in given):
                self.add_error(names[0], _("Say how much."))
            elif role == OfferAmount.Role.BENEFIT and given and kind not in OF_AMOUNT:
                self.add_error(given[0], _("This kind of offer takes no amount."))

    def terms(self) -> Terms:
        """Return what was typed as plain terms."""
        data = self.cleaned_data
        kind = Kind(data["kind"])
        amounts = {
            (str(role), currency): data[f"{role}_{currency}"]
            for role in ROLES
            for currency in CURRENCIES
            if data.get(f"{role}_{currency}") is not None
        }
        return Terms(
            name=data["name"],
            titles={language: data[f"title_{language}"] for language in LANGUAGE_NAMES},
            kind=kind,
            percent=data["percent"] if kind in OF_PERCENT else None,
            take=data["take"] if kind is Kind.MULTIBUY else 0,
            pay=data["pay"] if kind is Kind.MULTIBUY else 0,
            min_count=data["min_count"] or 1,
            amounts=amounts,
            converted=data["amounts_mode"] == ConditionalOffer.Mode.CONVERTED,
            category_ids=tuple(category.pk for category in data["categories"]),
            product_ids=data["products"],
            cooperative_ids=tuple(partner.pk for partner in data["cooperatives"]),
            for_voucher=data["for_voucher"],
            exclusive=data["exclusive"],
            priority=data["priority"] or 0,
            cooperative_pct=data["cooperative_pct"] or Decimal(0),
            office_covers=data["office_covers"],
            starts_at=_start(data["starts_on"]),
            ends_at=start_of(data["ends_on"] + timedelta(days=1)) if data["ends_on"] else None,
            max_uses=data["max_uses"],
            max_each=data["max_each"],
            budget_mad=data["budget_mad"],
        )


def _start(day: Any) -> datetime | None:
    """Return when a day begins, or nothing (at once) when it has begun."""
    return start_of(day) if day and start_of(day) > timezone.now() else None


def initial_of(offer: ConditionalOffer) -> dict[str, Any]:
    """Return an offer as its form would have been filled in."""
    kind, chosen = KINDS[offer.benefit.type], offer.condition.range
    multibuy = kind is Kind.MULTIBUY
    found: dict[str, Any] = {
        name: getattr(offer, name)
        for name in ("name", "title_ar", "title_fr", "title_en", "amounts_mode", "exclusive", "office_covers")
    }
    found |= {f"{row.role}_{row.currency}": row.amount for row in offer.amounts.all()}
    return found | {
        "kind": kind.value,
        "percent": offer.benefit.value if kind in OF_PERCENT else None,
        "take": int(offer.condition.value) if multibuy else None,
        "pay": int(offer.benefit.value) if multibuy else None,
        "min_count": None if multibuy or offer.condition.value == 1 else int(offer.condition.value),
        "categories": list(chosen.included_categories.all()),
        "cooperatives": list(chosen.cooperatives.all()),
        "products": "\n".join(product.sku for product in chosen.included_products.order_by("sku")),
        "for_voucher": offer.offer_type == ConditionalOffer.VOUCHER,
        "priority": offer.priority or None,
        "cooperative_pct": offer.cooperative_pct or None,
        "max_uses": offer.max_global_applications,
        "max_each": offer.max_user_applications,
        "budget_mad": offer.budget_mad,
        "starts_on": day_of(offer.start_datetime) if offer.start_datetime else None,
        "ends_on": day_of(offer.end_datetime) - timedelta(days=1) if offer.end_datetime else None,
    }
