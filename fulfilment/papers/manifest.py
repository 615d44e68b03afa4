"""What stands on a hand-over manifest: the office's paper and the courier's, so it names what is to be collected."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.money import MAD, ZERO
from catalogue.kernel.periods import day_of
from fulfilment.documents.runs import page_direction, run
from fulfilment.warehouse.queries import town_of

from . import queries
from .label import recipient_of
from .models import Manifest, ManifestLine

Data = dict[str, Any]


def manifest_of(manifest: Manifest) -> Data:
    """Return what ``templates/documents/manifest.typ`` takes; ``codes`` are still to be drawn."""
    lines, made_on = queries.lines_of(manifest), day_of(manifest.made_at)
    with translation.override(manifest.language):
        return {
            "language": manifest.language,
            "dir": page_direction(manifest.language),
            "date": [made_on.year, made_on.month, made_on.day],
            "title": _("Hand-over manifest"),
            "shop": run(_("Bilad Al Khair")),
            "number": run(manifest.number),
            "facts": _facts(manifest, lines),
            "columns": ["", _("Parcel"), _("Recipient"), _("Weight"), _("To collect")],
            "rows": [_row(line, manifest.language) for line in lines],
            "note": run(_("Of an order in several parcels, the delivery is asked with the first one accepted.")),
            "signatures": [_("Handed over by"), _("Received by the courier")],
            "sign": [_("Name"), _("Date and time"), _("Signature")],
            "codes": {"bars": manifest.number},
        }


def _facts(manifest: Manifest, lines: list[ManifestLine]) -> list[Data]:
    language = manifest.language
    weight = sum(line.weight_g or 0 for line in lines)
    cash = sum((line.cash_mad or ZERO for line in lines), ZERO)
    facts = [
        (_("Courier"), manifest.courier.name),
        (_("Handed over on"), formats.moment(manifest.made_at, language)),
        (_("Parcels"), formats.number(manifest.parcels, language)),
        (_("Weight"), formats.weight(weight, language)),
        (_("To collect"), formats.money(cash, MAD, language)),
    ]
    return [{"name": run(name), "value": run(value)} for name, value in facts]


def _row(line: ManifestLine, language: str) -> Data:
    parcel = line.consignment
    cash = formats.money(line.cash_mad, MAD, language) if line.cash_mad is not None else "–"
    return {
        "place": run(formats.number(line.place, language)),
        "reference": run(parcel.reference),
        "origin": run(parcel.origin.name),
        "name": run(recipient_of(parcel)),
        "town": run(town_of(parcel.order.shipping_address)),
        "weight": run(formats.weight(line.weight_g, language) if line.weight_g else "–"),
        "cash": run(cash),
    }
