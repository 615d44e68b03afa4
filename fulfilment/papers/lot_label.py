"""QR labels for the jars of a lot: a sheet to print and cut, each with the address where its lot is traced."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.lots.models import Lot
from catalogue.products.models import Product
from fulfilment.documents.codes import qr
from fulfilment.documents.rendering import render
from fulfilment.documents.runs import page_direction, run

A_PAGE, MOST = 24, 480


def trace_url(number: str) -> str:
    """Return what the QR opens: the lot's page in the language of whoever scans it."""
    return f"{settings.BASE_URL.rstrip('/')}/trace/{quote(number, safe='')}/"


def lot_labels(lot: Lot, number: int, language: str) -> bytes:
    """Return a PDF of so many labels of a loaded lot, a page full at a time."""
    return render("lot_labels", data_of(lot, number, language) | {"qr": qr(trace_url(lot.number))})


def data_of(lot: Lot, number: int, language: str) -> dict[str, Any]:
    """Return what ``templates/documents/lot_labels.typ`` takes, but for the code."""
    product, cooperative = lot.stockrecord.product, lot.stockrecord.partner
    with translation.override(language):
        last = _("Use by") if product.date_type == Product.DateType.USE_BY else _("Best before")
        facts = [(_("Lot"), lot.number), (_("Made on"), formats.day(lot.produced_on, language))]
        facts += [(last, formats.day(lot.best_before, language))] if lot.best_before else []
        return {
            "language": language,
            "dir": page_direction(language),
            "date": [lot.made_known_at.year, lot.made_known_at.month, lot.made_known_at.day],
            "title": lot.number,
            "product": run(product.title),
            "maker": run(cooperative.short_name),
            "facts": [{"name": name, "value": run(value)} for name, value in facts],
            "number": number,
        }
