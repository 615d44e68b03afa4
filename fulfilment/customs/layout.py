"""Lays a declaration out on its papers. Captions stand in French and English in the templates, as on such forms."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.kernel import formats
from catalogue.places.names import country_name
from fulfilment.documents.runs import run

from .content import Content
from .models import CustomsPaper

Kind = CustomsPaper.Kind
TEMPLATES = {Kind.CN22: "cn22", Kind.CN23: "cn23", Kind.COMMERCIAL_INVOICE: "commercial_invoice"}
SELLER_NUMBERS = {"EU": "IOSS", "GB": "VAT GB", "EFTA": "VOEC"}
MAROC = "MAROC / MOROCCO"


def sheet_of(kind: str, content: Content) -> dict[str, Any]:
    """Return what the template of this kind takes."""
    made_on = date.fromisoformat(content["made_on"])
    listed = content["items"] if kind == Kind.COMMERCIAL_INVOICE else content["rows"]
    return {
        "language": "fr",
        "dir": "ltr",
        "date": [made_on.year, made_on.month, made_on.day],
        "title": f"{Kind(kind).label} {content['consignment']}",
        "reference": run(content["consignment"]),
        "facts": _facts(content),
        "sender": _sender(content["seller"]),
        "recipient": _recipient(content),
        "seller_number": run(_seller_number(content)),
        "rows": [_row(row, content["currency"]) for row in listed],
        "net": run(_kilograms(content["net_g"])),
        "gross": run(_kilograms(content["gross_g"])),
        "value": _money(content["value"], content["currency"]),
        "postage": _money(content["postage"], content["currency"]),
        "total": _money(content["total"], content["currency"]),
        "net_is_gross": any(row["net_is_gross"] for row in content["rows"]),
        "origin_declared": content["origin_declared"],
        "invoice": run(content["invoice"]),
        "note": run(content["seller"]["note"]),
    }


def _facts(content: Content) -> list[dict[str, Any]]:
    facts = [
        ("Date", content["made_on"]),
        ("Colis / Parcel", content["consignment"]),
        ("Commande / Order", content["order"]),
        ("Facture / Invoice", content["invoice"]),
        ("Monnaie / Currency", content["currency"]),
    ]
    return [{"name": run(name), "value": run(value)} for name, value in facts if value]


def _sender(seller: Content) -> dict[str, Any]:
    names = (("ice", "ICE"), ("tax_id", "IF"), ("trade_register", "RC"))
    numbers = " · ".join(f"{name} {seller[key]}" for key, name in names if seller[key])
    lines = [seller["address"], MAROC, numbers, seller["phone"]]
    return {"name": run(seller["name"]), "lines": [run(line) for line in lines if line]}


def _recipient(content: Content) -> dict[str, Any]:
    to, code = content["recipient"], content["destination"]
    country = f"{country_name('fr', code)} / {country_name('en', code)} ({code})".upper()
    return {"name": run(to["name"]), "lines": [run(line) for line in (*to["lines"], country, to["phone"]) if line]}


def _seller_number(content: Content) -> str:
    found = content["seller_number"]
    if not found:
        return "–"
    number = f"{SELLER_NUMBERS.get(content['block'], 'No')} {found['number']}"
    return f"{number} (≤ {found['currency']} {found['limit']})" if found["limit"] else number


def _row(row: Content, currency: str) -> dict[str, Any]:
    mention = f" – {row['mention']}" if row["mention"] else ""
    return {
        "title": run(row.get("title") or row["family_fr"]),
        "second": run(row["family_en"]),
        "quantity": run(str(row["quantity"])),
        "net": run(_kilograms(row["net_g"]) + ("*" if row["net_is_gross"] else "")),
        "value": _money(row["value"], currency),
        "heading": run(row["heading"]),
        "origin": run(f"MA – {row['province']}{mention}"),
    }


def _kilograms(grams: int) -> str:
    return f"{Decimal(grams) / 1000:.3f}"


def _money(amount: str, currency: str) -> dict[str, Any]:
    return run(formats.money(Decimal(amount), currency, "en"))
