"""Lays an invoice's content out on its paper, in the invoice's language."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalogue.kernel import formats
from catalogue.kernel.text import isolate
from catalogue.places.names import country_name
from fulfilment.documents.runs import page_direction, run

from .content import Content
from .models import Invoice

EXEMPT, OUTSIDE = "EXO", "HORS"


def paper_of(invoice: Invoice) -> dict[str, Any]:
    """Return what ``templates/documents/invoice.typ`` takes."""
    with translation.override(invoice.language):
        return Sheet(invoice).data()


class Sheet:
    """An invoice as its paper shows it, in the language in use. What corrects one changes title, facts and notes."""

    def __init__(self, invoice: Any) -> None:
        self.invoice, self.content = invoice, invoice.content
        self.language = invoice.language
        self.issued_on = date.fromisoformat(self.content["issued_on"])

    def money(self, amount: str | Decimal) -> dict[str, Any]:
        return run(formats.money(Decimal(amount), self.invoice.currency, self.language))

    def percent(self, pct: str) -> dict[str, Any]:
        return run(formats.percent(Decimal(pct), self.language) if Decimal(pct) else "–")

    def data(self) -> dict[str, Any]:
        content, day = self.content, self.issued_on
        seller = content["seller"]
        return {
            "language": self.language,
            "dir": page_direction(self.language),
            "date": [day.year, day.month, day.day],
            "title": self.title(),
            "number": run(self.invoice.number),
            "seller": {"name": run(seller["name"]), "lines": [run(line) for line in seller_lines(seller)]},
            "captions": {"buyer": pgettext("invoice", "Buyer")},
            "buyer": self._buyer(content["buyer"]),
            "facts": self.facts(),
            "columns": [_("Product"), _("Quantity"), _("Unit price without tax"), _("VAT"), _("Amount without tax")],
            "rows": [*map(self._row, content["rows"]), *self._delivery(content["delivery"])],
            "sums": self._sums(content),
            "notes": [run(note) for note in self.notes()],
            "footer": [run(text) for text in (seller["name"], seller["note"]) if text],
        }

    def title(self) -> str:
        return _("Invoice")

    def _buyer(self, buyer: Content) -> dict[str, Any]:
        """Name the buyer, with address and ICE. Older invoices say neither ICE nor country."""
        country = buyer.get("country", self.content["order"]["destination"])
        lines = [*buyer["address"]]
        if lines and country:
            lines.append(country_name(self.language, country))
        if buyer.get("ice"):
            lines.append(f"ICE {buyer['ice']}")
        if buyer.get("attention"):
            lines.append(_("For the attention of %(name)s") % {"name": isolate(buyer["attention"])})
        return {"name": run(buyer["name"]), "lines": [run(line) for line in lines]}

    def facts(self) -> list[dict[str, Any]]:
        content = self.content
        placed_on = date.fromisoformat(content["order"]["placed_on"])
        facts = [
            (_("Date"), formats.day(self.issued_on, self.language)),
            (_("Order"), content["order"]["number"]),
            (_("Ordered on"), formats.day(placed_on, self.language)),
        ]
        if self.invoice.currency != "MAD":
            rate = formats.rate(Decimal(content["mad_per_unit"]), self.invoice.currency, self.language)
            facts.append((_("Rate kept for this order"), rate))
        return [named(name, value) for name, value in facts]

    def _row(self, row: Content) -> dict[str, Any]:
        notes = [row["cooperative"], row["sku"]]
        if row["seller_of_record"] == "cooperative":
            notes[0] = _("Sold in the name of %(cooperative)s") % {"cooperative": row["cooperative"]}
        if Decimal(row["discount_excl"]):
            off = formats.money(-Decimal(row["discount_excl"]), self.invoice.currency, self.language)
            notes.append(_("Discount without tax: %(amount)s") % {"amount": off})
        return {
            "title": run(row["title"]),
            "notes": [run(note) for note in notes if note],
            "quantity": run(formats.number(row["quantity"], self.language)),
            "unit": self.money(row["unit_excl"]),
            "tax": self.percent(row["pct"]),
            "amount": self.money(row["excl"]),
        }

    def _delivery(self, delivery: Content) -> list[dict[str, Any]]:
        if not Decimal(delivery["excl"]):
            return []
        once = {"quantity": run(formats.number(1, self.language)), "notes": []}
        price = self.money(delivery["excl"])
        return [
            once | {"title": run(_("Delivery")), "unit": price, "tax": self.percent(delivery["pct"]), "amount": price}
        ]

    def _sums(self, content: Content) -> list[dict[str, Any]]:
        sums = [_sum(_("Total without tax"), self.money(content["excl"]))]
        for tax in content["taxes"]:
            name = _("VAT %(rate)s") % {"rate": formats.percent(Decimal(tax["pct"]), self.language)}
            sums.append(_sum(name, self.money(tax["tax"])))
        for name, amount in _at_the_door(content):
            sums.append(_sum(name, self.money(str(amount))))
        sums.append(_sum(_("Total, tax included"), self.money(content["incl"]), total=True))
        if self.invoice.currency != "MAD":
            in_mad = run(formats.money(Decimal(content["incl_mad"]), "MAD", self.language))
            sums.append(_sum(_("In dirhams, for information"), in_mad))
        return sums

    def notes(self) -> list[str]:
        """Say why something bears no tax, and how it was paid."""
        paid = {"card": _("Paid by card."), "cash": _("Paid in cash at the door."), "transfer": _("Paid by transfer.")}
        return [*self.exemptions(), paid[self.content["order"]["payment_method"]]]

    def exemptions(self) -> list[str]:
        """Say why something bears no tax: the tax code wants to read it."""
        classes = {row["tax_class"] for row in self.content["rows"]}
        if self.content["order"]["side"] == "export":
            return [_("Export: exempt from VAT with right of deduction, article 92 of the tax code.")]
        notes = []
        if EXEMPT in classes:
            notes.append(_("Some goods are exempt from VAT, article 91 of the tax code."))
        if OUTSIDE in classes:
            notes.append(_("Some goods are unprocessed produce, outside the scope of VAT."))
        return notes


def seller_lines(seller: Content) -> list[str]:
    """Return the seller's address and the numbers that the law asks for."""
    names = (("ice", "ICE"), ("tax_id", "IF"), ("business_tax", "TP"), ("trade_register", "RC"), ("cnss", "CNSS"))
    numbers = " · ".join(f"{name} {seller[key]}" for key, name in names if seller[key])
    return [line for line in (seller["address"], numbers) if line]


def named(name: str, value: str) -> dict[str, Any]:
    return {"name": run(name), "value": run(value)}


def _at_the_door(content: Content) -> list[tuple[str, Decimal]]:
    """Name what paying in cash did to the total; older invoices say nothing of it."""
    duty, rounding = (Decimal(content.get(name, 0)) for name in ("stamp_duty", "rounding"))
    rows = ((_("Stamp duty on cash"), duty), (_("Rounded down for cash"), -rounding))
    return [(name, amount) for name, amount in rows if amount]


def _sum(name: str, value: dict[str, Any], *, total: bool = False) -> dict[str, Any]:
    return {"name": run(name), "value": value, "total": total}
