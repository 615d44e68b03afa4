"""What stands on the slip in a parcel: what is in it, the payer's words, how to send it back. Never a price."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalogue.kernel import formats
from catalogue.kernel.text import isolate
from fulfilment.documents.runs import run
from fulfilment.orders.withdrawing.words import promises
from fulfilment.warehouse.models import Consignment, ConsignmentLine
from fulfilment.warehouse.queries import LotPieces, lots_of, town_of

from .label import language_of, recipient_of, sheet_of

Data = dict[str, Any]


def slip_of(parcel: Consignment) -> Data:
    """Return what ``templates/documents/slip.typ`` takes; ``codes`` are still to be drawn."""
    language = language_of(parcel)
    with translation.override(language):
        lots = lots_of(parcel)
        columns = [_("Product"), *([_("Lot")] if lots else []), _("Quantity")]
        return {
            **sheet_of(parcel, language, _("Packing slip")),
            "seller": {"name": run(settings.SELLER["name"]), "lines": [run(settings.SELLER["address"])]},
            "captions": {"to": pgettext("parcel", "To"), "back": _("Sending something back")},
            "to": [run(text) for text in (recipient_of(parcel), town_of(parcel.order.shipping_address)) if text],
            "facts": _facts(parcel),
            "gift": _gift(parcel),
            "columns": columns,
            "rows": [_row(line, lots, language) for line in parcel.lines.all()],
            "back": [run(text) for text in _back(parcel, language)],
            "footer": [run(text) for text in (settings.SELLER["name"], _phone()) if text],
            "codes": {"bars": parcel.reference},
        }


def _facts(parcel: Consignment) -> list[Data]:
    facts = (
        (_("Order"), parcel.order.number),
        (_("Parcel"), parcel.reference),
        (pgettext("parcel", "From"), parcel.origin.name),
    )
    return [{"name": run(name), "value": run(value)} for name, value in facts]


def _gift(parcel: Consignment) -> Data | None:
    order = parcel.order
    if not order.for_someone_else:
        return None
    return {"from": run(_("From %(name)s") % {"name": isolate(order.buyer_name)}), "message": run(order.gift_message)}


def _row(line: ConsignmentLine, lots: dict[int, tuple[LotPieces, ...]], language: str) -> Data:
    row: Data = {
        "title": run(line.order_line.title_here),
        "sku": run(line.order_line.partner_sku),
        "quantity": run(formats.number(line.quantity, language)),
    }
    if lots:
        row["lots"] = [
            run(f"{one.number} × {formats.number(one.quantity, language)}") for one in lots.get(line.order_line_id, ())
        ]
    return row


def _back(parcel: Consignment, language: str) -> list[str]:
    """Say how things go back. Whoever was given something cannot send it back themselves: the payer bought it."""
    order = parcel.order
    if order.for_someone_else:
        return [
            _("Is something missing or broken, or would you rather not keep it? Tell %(name)s, who can send it back.")
            % {"name": isolate(order.buyer_name)}
        ]
    lines = [line.order_line for line in parcel.lines.all()]
    return [
        *promises((line.title_here, line.withdrawal_period) for line in lines),
        _("First say so on your order's page: %(address)s") % {"address": isolate(_find_address(language))},
        _("Then send it to: %(address)s") % {"address": isolate(settings.SHOP_RETURN_ADDRESS)},
    ]


def _find_address(language: str) -> str:
    with translation.override(language):
        return settings.BASE_URL.rstrip("/") + reverse("orders:find")


def _phone() -> str:
    return formats.phone(settings.SHOP_PHONE) if settings.SHOP_PHONE else ""
