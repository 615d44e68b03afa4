"""A statement as a workbook, for whoever keeps a cooperative's accounts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalogue.kernel.periods import day_of
from catalogue.kernel.tables import as_xlsx
from fulfilment.documents.runs import RTL, page_direction

from .statements import Statement, StatementLine


def xlsx_of(statement: Statement, language: str, *, made_at: datetime | None) -> bytes:
    """Write a statement's lines and their sums, in the language in use. No cell of it is a formula."""
    heads = (
        *(_("When"), pgettext("statement", "What"), _("Product"), _("Parcel"), _("Quantity"), _("Each")),
        *(_("Sold"), _("Deducted"), _("Amount")),
    )
    return as_xlsx(heads, _rows(statement), right_to_left=page_direction(language) == RTL, made_at=made_at)


def _rows(statement: Statement) -> Iterator[list[Any]]:
    for line in statement.lines:
        of_sale = (line.quantity, line.farm_gate_mad, line.sold_mad, line.deducted_mad)
        yield [
            *(day_of(line.earned_at), str(line.reason), _product(line), line.parcel),
            *(of_sale if line.is_sale else (None,) * 4),
            line.to_receive_mad,
        ]
    if statement.paid_back_mad:
        yield [None, _("Paid back of advances"), *(None,) * 6, -statement.paid_back_mad]
    yield [
        *(None, _("Total"), None, None, None, None),
        *(statement.sold_mad, statement.deducted_mad, statement.to_receive_mad),
    ]


def _product(line: StatementLine) -> str:
    return f"{line.product} ({line.share})" if line.share else line.product
