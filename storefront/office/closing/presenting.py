"""A month's figures as pages show them: amounts, names of accounts and journals, where an open point is seen to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfilment.closing.checklist import Item
from fulfilment.closing.figures import Figures
from fulfilment.closing.policies import CODES, Journal
from fulfilment.ledger.chart import CHART
from storefront.office import access

JOURNALS: dict[Journal, str | Promise] = {
    Journal.SALES: pgettext_lazy("journal", "Sales"),
    Journal.PURCHASES: pgettext_lazy("journal", "Purchases"),
    Journal.BANK: pgettext_lazy("journal", "Bank"),
    Journal.OTHER: pgettext_lazy("journal", "Other operations"),
}
SERIES: dict[str, str | Promise] = {"invoices": _("Invoices"), "credit_notes": _("Credit notes")}
SELLERS: dict[str, str | Promise] = {
    "office": pgettext_lazy("seller", "the office"),
    "cooperative": pgettext_lazy("seller", "cooperative"),
}
SIDES: dict[str, str | Promise] = {"home": _("Morocco"), "export": pgettext_lazy("sale", "export")}
PLACES: dict[str, tuple[str, str]] = {
    "earlier": ("closing", access.VIEW_MONTHS),
    "reconciliation": ("reconciliation", access.VIEW_RECONCILIATION),
    "match": ("match", access.VIEW_MATCH),
    "transfers": ("transfers", access.VIEW_TRANSFERS),
    "remittances": ("remittance-differences", access.VIEW_CASH),
    "missing_cash": ("remittance-differences", access.VIEW_CASH),
    "old_cash": ("couriers", access.VIEW_CASH),
    "held": ("orders", access.VIEW_ORDERS),
    "disputes": ("disputes", access.VIEW_DISPUTES),
    "not_invoiced": ("orders", access.VIEW_ORDERS),
    "not_credited": ("refunds", access.VIEW_REFUNDS),
    "exports": ("exports", access.VIEW_EXPORTS),
    "payouts": ("payouts", access.VIEW_PAYOUTS),
    "bank_lines": ("bank-files", access.VIEW_BANK_FILES),
    "under_way": ("late", access.VIEW_PAYOUTS),
    "jobs": ("jobs", access.VIEW_JOBS),
    "other_jobs": ("jobs", access.VIEW_JOBS),
}
"""The page on which an open point is seen to, and the right that opens it."""


@dataclass(frozen=True)
class Point:
    """A line of the list, with where it is seen to, if the reader may go there."""

    item: Item
    url: str


def points(items: list[Item], reader: Any) -> list[Point]:
    return [Point(item, _place(item.key, reader)) for item in items]


def _place(key: str, reader: Any) -> str:
    name, right = PLACES.get(key, ("", ""))
    return reverse(f"office:{name}") if name and reader.has_perm(right) else ""


def shown(figures: Figures) -> dict[str, Any]:
    """Return figures with amounts to be shown and names beside codes."""
    return {
        "vat": [
            _amounts(row, "excl", "tax", "sold_excl", "sold_tax", "credited_excl", "credited_tax", "pct")
            | {"seller": SELLERS.get(row["seller"], row["seller"]), "side": SIDES.get(row["side"], row["side"])}
            for row in figures["vat"]
        ],
        "vat_total": sum((Decimal(row["tax"]) for row in figures["vat"]), Decimal(0)),
        "vat_in_ledger": Decimal(figures["vat_in_ledger"]),
        "duty": _amounts(figures["stamp_duty"], *figures["stamp_duty"]),
        "series": [row | {"name": SERIES[row["kind"]]} for row in figures["series"]],
        "journals": [
            _amounts(row, "debit", "credit")
            | {"name": JOURNALS[Journal(row["journal"])], "code": CODES[Journal(row["journal"])]}
            for row in figures["journals"]
        ],
        "accounts": [
            _amounts(row, "opening", "debit", "credit", "closing")
            | {"title": CHART[row["code"]].name, "number": CHART[row["code"]].number}
            for row in figures["accounts"]
            if row["code"] in CHART
        ],
    }


def _amounts(row: Figures, *names: str) -> Figures:
    return row | {name: Decimal(row[name]) for name in names}
