"""Tables that people send and open in a spreadsheet: CSV and XLSX, read all or nothing, written without formulas.

    COLUMNS = (
        Column("parcel", _("parcel"), ("colis", "الطرد"), identifier=True, unique=True),
        Column("amount", _("amount"), ("montant", "المبلغ")),
    )

    for row in tables.read(upload.read(), COLUMNS):
        amount = row.amount("amount", "MAD")
        if amount is not None and amount <= 0:
            row.refuse(_("The amount is not above zero."))

The loop ends with ``TableRefused`` where any row was bad, so what follows it runs for a good file only.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import numerals, sheets
from .text import ControlCharacters, fold_digits, refuse_controls, squash, unaccent

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL, SHOWN = 2_000, 50
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""So begins what a spreadsheet reads as a formula."""


@dataclass(frozen=True)
class Column:
    """A column to look for: our key for it, the name people see, and what else it may be called.

    An ``identifier`` is copied from somewhere, so it never begins like a formula; a ``unique`` one stands in one row.
    """

    key: str
    name: "str | Promise"
    others: tuple[str, ...] = ()
    required: bool = True
    identifier: bool = False
    unique: bool = False

    @property
    def spellings(self) -> set[str]:
        return {_folded(one) for one in (self.key, str(self.name), *self.others)}


@dataclass(frozen=True)
class Problem:
    reason: str
    row: int | None = None

    def __str__(self) -> str:
        if self.row is None:
            return self.reason
        return _("Row %(row)s: %(reason)s") % {"row": self.row, "reason": self.reason}


class TableRefused(Exception):
    """The file cannot be taken in; nothing of it was. ``problems`` are the first found, ``more`` how many follow."""

    def __init__(self, problems: Sequence[Problem], more: int = 0) -> None:
        self.problems, self.more = list(problems), more
        super().__init__(" ".join(self.sentences))

    @property
    def sentences(self) -> list[str]:
        """Say it all to whoever sent the file."""
        said = [str(problem) for problem in self.problems]
        if self.more:
            words = ngettext("%(count)s more row is wrong.", "%(count)s more rows are wrong.", self.more)
            said.append(words % {"count": self.more})
        return said


@dataclass
class _Problems:
    found: list[Problem] = field(default_factory=list)
    more: int = 0
    rows: set[int] = field(default_factory=set)

    def add(self, reason: str, row: int) -> None:
        if len(self.found) < SHOWN:
            self.found.append(Problem(reason, row))
        elif row not in self.rows:
            self.more += 1
        self.rows.add(row)


@dataclass
class Row:
    """One row. Each method returns a cell as what it should be, or notes why it is not and returns None."""

    number: int
    cells: dict[str, str]
    names: dict[str, str]
    problems: _Problems

    def __getitem__(self, key: str) -> str:
        """Return the text of a cell; empty where its column, not being required, is missing."""
        return self.cells.get(key, "")

    def refuse(self, reason: str) -> None:
        self.problems.add(reason, self.number)

    def amount(self, key: str, currency: str) -> Decimal | None:
        """Return an amount as people write them, in whole centimes; another currency's name is refused."""
        try:
            return numerals.parse_decimal(self[key], currency=currency)
        except numerals.NotANumber as error:
            self._refuse(key, str(error))
        return None

    def integer(self, key: str, *, minimum: int = 0, maximum: int = 2**31 - 1) -> int | None:
        value = fold_digits(self[key])
        if value.isascii() and value.isdecimal() and len(value) < 19 and minimum <= int(value) <= maximum:
            return int(value)
        bounds = {"minimum": minimum, "maximum": maximum}
        self._refuse(key, _("Write a whole number from %(minimum)s to %(maximum)s.") % bounds)
        return None

    def day(self, key: str) -> date | None:
        """Return a day written as 2026-11-20 or 20/11/2026."""
        value = fold_digits(self[key])
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
            try:
                return datetime.strptime(value, form).date()
            except ValueError:
                continue
        self._refuse(key, _("Write the day like this: 2026-11-20."))
        return None

    def _refuse(self, key: str, reason: str) -> None:
        self.refuse(_("%(column)s: %(reason)s") % {"column": self.names.get(key, key), "reason": reason})


def read(content: bytes, columns: Sequence[Column], *, others: bool = False) -> Iterator[Row]:
    """Return the rows of a file one by one, and end with ``TableRefused`` where anything was wrong.

    Columns that nobody asked for are refused, unless ``others`` may be there: they are left out then.
    """
    problems = _Problems()
    try:
        yield from _rows(content, columns, others, problems)
    except sheets.Unreadable as error:
        raise TableRefused([Problem(str(error), error.row)]) from error
    if problems.found:
        raise TableRefused(problems.found, problems.more)


def _rows(content: bytes, columns: Sequence[Column], others: bool, problems: _Problems) -> Iterator[Row]:
    rows = sheets.rows_of(content)
    first, heads = next(rows, (1, []))
    if not heads:
        raise sheets.Unreadable(_("The file is empty."))
    places = _places(heads, columns, others, first)
    wanted = [column for column in columns if column.key in places]
    names = {column.key: str(column.name) for column in wanted}
    seen: dict[str, dict[str, int]] = {column.key: {} for column in wanted if column.unique}
    width, number = len(_trimmed(heads)), first
    for number, values in rows:
        if len(values) < width or any(values[width:]):
            said = _("has %(found)s cells instead of %(width)s. Is a quotation mark or a separator missing?")
            problems.add(said % {"found": len(values), "width": width}, number)
            continue
        row = Row(number, {column.key: values[places[column.key]] for column in wanted}, names, problems)
        checked = [_is_good(row, column, seen) for column in wanted]
        if all(checked):
            yield row
    if number == first:
        raise sheets.Unreadable(_("The file names its columns and has no row below them."))


def _places(heads: list[str], columns: Sequence[Column], others: bool, first: int) -> dict[str, int]:
    places: dict[str, int] = {}
    reasons: list[str] = []
    for place, head in enumerate(_trimmed(heads)):
        column = next((one for one in columns if _folded(head) in one.spellings), None)
        if column is None and not others:
            reasons.append(_("The column “%(name)s” is not one of those we know.") % {"name": head[:60]})
        elif column is not None and places.setdefault(column.key, place) != place:
            reasons.append(_("The column “%(name)s” is there twice.") % {"name": head[:60]})
    missing = [column for column in columns if column.required and column.key not in places]
    reasons += [_("The column “%(name)s” is missing.") % {"name": column.name} for column in missing]
    if reasons:
        raise TableRefused([Problem(reason, first) for reason in reasons])
    return places


def _is_good(row: Row, column: Column, seen: dict[str, dict[str, int]]) -> bool:
    value = row[column.key]
    if len(value) > LONGEST_CELL:
        row._refuse(column.key, _("has more than 2,000 characters."))
    elif not value and column.required:
        row._refuse(column.key, _("is empty."))
    elif column.identifier and value.startswith(FORMULA):
        row._refuse(column.key, _("begins with “%(sign)s”, like a formula.") % {"sign": value[0]})
    elif not _is_plain(row, column.key, value):
        return False
    elif value and column.unique and (known := seen[column.key].setdefault(value, row.number)) != row.number:
        row._refuse(column.key, _("“%(value)s” is in row %(row)s already.") % {"value": value[:60], "row": known})
    else:
        return True
    return False


def _is_plain(row: Row, key: str, value: str) -> bool:
    try:
        refuse_controls(value, multiline=True)
    except ControlCharacters as hidden:
        row._refuse(key, _("holds characters that nobody sees (%(names)s).") % {"names": hidden})
        return False
    return True


def _trimmed(heads: list[str]) -> list[str]:
    while heads and not heads[-1]:
        heads = heads[:-1]
    return heads


def _folded(name: str) -> str:
    return squash(unaccent(name).casefold().replace("_", " "))


def as_text(cell: Any) -> Any:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_csv(heads: Iterable[Any], rows: Iterable[Iterable[Any]]) -> str:
    """Write a table that spreadsheets open: in UTF-8 with its mark, no cell of it a formula."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([as_text(str(head)) for head in heads])
    table.writerows([as_text(cell) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()


def as_xlsx(
    heads: Iterable[Any],
    rows: Iterable[Iterable[Any]],
    *,
    right_to_left: bool = False,
    made_at: datetime | None = None,
) -> bytes:
    """Write a workbook of one sheet. Texts are texts whatever they begin with; figures and days stay such.

    An instant becomes the shop's own time. A workbook says when it was made: the same ``made_at`` for the same table
    makes the same bytes.
    """
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"constant_memory": True}) as book:
        if made_at is not None:
            book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        forms = {kind: book.add_format({"num_format": words}) for kind, words in _FORMS.items()}
        if right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(map(str, heads)):
            sheet.set_column(place, place, max(12, min(40, len(name) + 4)))
            sheet.write_string(0, place, name, bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                _write(sheet, number, place, cell, forms)
    return packed.getvalue()


_FORMS: dict[type, str] = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", Decimal: "0.00", int: "0"}


def _write(sheet: Any, row: int, place: int, cell: Any, forms: dict[type, Any]) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(row, place, timezone.localtime(cell).replace(tzinfo=None), forms[datetime])
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), forms[date])
    elif isinstance(cell, Decimal | int) and not isinstance(cell, bool):
        sheet.write_number(row, place, cell, forms[Decimal if isinstance(cell, Decimal) else int])
    elif cell is not None:
        sheet.write_string(row, place, str(cell))
