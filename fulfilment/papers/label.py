"""What stands on a parcel's label: where it goes, what to mind, and codes. No phone, no mail, no amount."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalogue.kernel import formats
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.places.names import country_name
from fulfilment.documents.runs import page_direction, run
from fulfilment.orders.policies import CASH
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.queries import gross_weight_g, town_of

from . import links, queries

Data = dict[str, Any]


def language_of(parcel: Consignment) -> str:
    """Return the language of whoever receives the parcel."""
    return parcel.order.recipient_language or parcel.order.language


def label_of(parcel: Consignment) -> Data:
    """Return what ``templates/documents/label.typ`` takes; ``codes`` are still to be drawn."""
    language = language_of(parcel)
    with translation.override(language):
        return {
            **sheet_of(parcel, language, _("Label")),
            "shop": run(_("Bilad Al Khair")),
            "captions": {
                "from": pgettext("parcel", "From"),
                "to": pgettext("parcel", "To"),
                "landmark": _("Landmark"),
                "order": _("Order"),
            },
            "origin": [run(text) for text in (parcel.origin.name, parcel.origin.town) if text],
            "to": _destination(parcel, language),
            "count": run(_count(parcel, language)),
            "marks": _marks(parcel),
            "facts": _facts(parcel, language),
            "order": run(parcel.order.number),
            "codes": {"qr": links.behind_qr(parcel), "bars": parcel.reference},
        }


def sheet_of(parcel: Consignment, language: str, title: str) -> Data:
    """Return what every paper of a parcel begins with. Its day is the one on which the parcel was opened."""
    opened_on = day_of(parcel.opened_at)
    return {
        "language": language,
        "dir": page_direction(language),
        "date": [opened_on.year, opened_on.month, opened_on.day],
        "title": title,
        "reference": run(parcel.reference),
    }


def recipient_of(parcel: Consignment) -> str:
    address = parcel.order.shipping_address
    return str(address.last_name if address else parcel.order.buyer_name)


def _destination(parcel: Consignment, language: str) -> Data:
    address, country = parcel.order.shipping_address, parcel.order.destination
    town = town_of(address)
    place = {"name": run(recipient_of(parcel)), "lines": [], "landmark": run(""), "town": run(town), "region": run("")}
    if address is None:
        return place
    street = dict.fromkeys((address.line1, address.line2, address.line3, address.locality))
    region = [
        address.postcode,
        address.line4 if address.line4 != town else "",
        address.province and address.province.name,
    ]
    if country != HOME_COUNTRY:
        region.append(country_name(language, country))
    named = dict.fromkeys(text for text in region if text and text != town)
    return place | {
        "lines": [run(line) for line in street if line],
        "landmark": run(address.landmark),
        "region": run(_(", ").join(named)),
    }


def _count(parcel: Consignment, language: str) -> str:
    place, number = (formats.number(value, language) for value in queries.place_in_order(parcel))
    return _("Parcel %(place)s of %(number)s") % {"place": place, "number": number}


def _marks(parcel: Consignment) -> list[Data]:
    """Name what to mind, each with a drawing of its own. That cash is asked is said, how much is not."""
    products = [line.order_line.product for line in parcel.lines.all() if line.order_line.product]
    marks = (
        ("fragile", _("Fragile"), any(product.fragile for product in products)),
        ("cold", _("Keep cold"), any(product.cold_chain for product in products)),
        ("cash", _("Cash to collect"), parcel.order.payment_method == CASH),
    )
    return [{"icon": name, "words": run(words)} for name, words, holds in marks if holds]


def _facts(parcel: Consignment, language: str) -> list[Data]:
    weight = gross_weight_g(parcel.lines.all())
    facts = [(_("Weight"), formats.weight(weight, language))] if weight else []
    facts += [(_("Carried by"), parcel.courier.name)] if parcel.courier else []
    return [{"name": name, "value": run(value)} for name, value in facts]
