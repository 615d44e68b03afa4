"""A stocktake as a spreadsheet: the sheet that people fill in, and the file that comes back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.kernel import tables
from catalogue.kernel.periods import local
from catalogue.kernel.text import fold_digits
from catalogue.lots.models import LotStock

from .models.delivering import MOST_PIECES

COLUMNS = (
    tables.Column(
        "lot", gettext_lazy("lot number"), ("lot", "numéro de lot", "رقم الدفعة"), identifier=True, unique=True
    ),
    tables.Column("counted", gettext_lazy("counted"), ("compté", "quantité", "العدد")),
    tables.Column("counted_at", gettext_lazy("counted at"), ("compté à", "وقت العد"), required=False),
)


@dataclass(frozen=True)
class Sheet:
    """One row of the file. ``counted_at`` is empty where the file does not say when."""

    row: int
    lot: str
    counted: int
    counted_at: datetime | None


def read(content: bytes, *, opened_at: datetime, now: datetime) -> list[Sheet]:
    """Read what was counted. Raises ``tables.TableRefused`` with every row that is wrong."""
    found = []
    for row in tables.read(content, COLUMNS, others=True):
        counted = row.integer("counted", maximum=MOST_PIECES)
        at, is_good = _moment(row, opened_at, now)
        if counted is not None and is_good:
            found.append(Sheet(row.number, row["lot"], counted, at))
    return found


def _moment(row: tables.Row, opened_at: datetime, now: datetime) -> tuple[datetime | None, bool]:
    """Return when a row was counted: a time of the day of the upload, or day and time on Casablanca's clock."""
    written = fold_digits(row["counted_at"])
    if not written:
        return None, True
    here = local(now)
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%H:%M", "%H:%M:%S"):
        try:
            read = datetime.strptime(written, form)
        except ValueError:
            continue
        day = here.date() if "%Y" not in form else read.date()
        moment = datetime.combine(day, read.time(), tzinfo=here.tzinfo)
        if opened_at.replace(second=0, microsecond=0) <= moment <= now:
            return moment, True
        row.refuse(_("The time of the count is not between the opening of the stocktake and now."))
        return None, False
    row.refuse(_("Write the time like this: 2026-11-20 10:30."))
    return None, False


HEADS = ("lot", "product", "best_before", "shelf", "counted", "counted_at")


def sheet(rows: Iterable[LotStock]) -> bytes:
    """Write the sheet to fill in. It does not say how many the books have: people would copy it."""
    return tables.as_xlsx(
        HEADS,
        (
            [row.lot.number, row.lot.stockrecord.product.title, row.lot.best_before, row.shelf, None, None]
            for row in rows
        ),
    )
