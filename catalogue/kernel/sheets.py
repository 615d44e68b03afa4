"""The bare rows of a CSV or XLSX file, as texts with their numbers, and nothing that takes a machine down.

``tables`` gives them names. What is opened here came from outside: sizes are bounded before anything is unpacked.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any

import python_calamine
from django.utils.translation import gettext as _

MIB = 2**20
LARGEST, LARGEST_UNPACKED = 10 * MIB, 128 * MIB
MOST_ROWS, MOST_COLUMNS = 250_000, 60
DELIMITERS = ",;\t"
KEPT_DIGITS = 15
"""A spreadsheet keeps so many digits of a number, and writes zeros for the others."""

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PIECE, _OVERLAP = 4 * MIB, 4096
_FORMULA = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Z]+)([0-9]+)["'][^>]*>\s*<(?:\w+:)?f[\s/>]""")
_FAR_DOWN = re.compile(rb"""\sr\s*=\s*["'][A-Z]*([0-9]{6,})["']""")
_FAR_ASIDE = re.compile(rb"""\sr\s*=\s*["'](?:B[I-Z]|[C-Z][A-Z]|[A-Z]{3,})[0-9]""")

Rows = Iterator[tuple[int, list[str]]]


class Unreadable(ValueError):
    """This is no table that can be read. The text says why, for the person who sent it; ``row`` where."""

    def __init__(self, reason: str, row: int | None = None) -> None:
        self.row = row
        super().__init__(reason)


def rows_of(content: bytes) -> Rows:
    """Return each row with its number as a spreadsheet shows it, blank ones left out. Raises ``Unreadable``."""
    if len(content) > LARGEST:
        raise Unreadable(_("The file is larger than 10 MiB. Split it into several."))
    if content.startswith(OLD_EXCEL):
        raise Unreadable(_("This is an old Excel file, or one with a password. Save it as .xlsx or as CSV in UTF-8."))
    found = _xlsx(content) if content.startswith(ZIP) else _csv(content)
    return _within_bounds(found)


def _within_bounds(found: Rows) -> Rows:
    for number, cells in found:
        if number > MOST_ROWS + 1:  # the names of the columns are a row too
            raise Unreadable(_("The file has more than 250,000 rows. Split it into several."))
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise Unreadable(_("The file has more than 60 columns. Keep those that are asked for."), number)
        if any(cells):
            yield number, cells


def _csv(content: bytes) -> Rows:
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        if "end of data" in str(error) or "field limit" in str(error):
            raise Unreadable(_("A quotation mark opens in this row and never closes."), number + 1) from error
        raise Unreadable(_("A quotation mark stands in the middle of a cell. Write it twice."), number + 1) from error


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = None if content[:2] in (b"\xff\xfe", b"\xfe\xff") else content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            _("The file is not in UTF-8. In Excel, save it as “CSV UTF-8” or as an .xlsx workbook."), row
        ) from error
    if "\x00" in text:
        raise Unreadable(_("This is neither a CSV file nor an .xlsx workbook."))
    return text


def _delimiter(text: str) -> str:
    """Return what parts the most cells of the first row that is not blank."""
    head = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=head.count)


def _xlsx(content: bytes) -> Rows:
    _check_bounds(content)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        names = [
            sheet.name for sheet in book.sheets_metadata if sheet.visible is python_calamine.SheetVisibleEnum.Visible
        ]
        sheets = [sheet for sheet in map(book.get_sheet_by_name, names) if sheet.start]
    except (python_calamine.CalamineError, ValueError) as error:
        raise Unreadable(_("This .xlsx workbook is damaged or has a password. Save it again, or as CSV.")) from error
    if len(sheets) > 1:
        raise Unreadable(_("Several sheets of this workbook hold rows. Keep one."))
    for sheet in sheets:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            yield number, [_as_text(cell) for cell in cells]


def _check_bounds(content: bytes) -> None:
    """Refuse what would fill the memory once unpacked, and cells whose value is worked out by a formula."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if "xl/workbook.xml" not in packed.namelist():
                raise Unreadable(_("This is neither a CSV file nor an .xlsx workbook."))
            if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable(_("This workbook holds too much. Split it into several."))
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    with packed.open(part) as stream:
                        _check_sheet(stream)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise Unreadable(_("This .xlsx workbook is damaged or has a password. Save it again, or as CSV.")) from error


def _check_sheet(stream: IO[bytes]) -> None:
    tail = b""
    while piece := stream.read(_PIECE):
        piece = tail + piece
        tail = piece[-_OVERLAP:]
        if found := _FORMULA.search(piece):
            column, row = found[1].decode(), int(found[2])
            said = _("Cell %(cell)s is a formula. Paste the values instead, and send the file again.")
            raise Unreadable(said % {"cell": f"{column}{row}"}, row)
        if any(int(row) > MOST_ROWS + 1 for row in _FAR_DOWN.findall(piece)):
            raise Unreadable(_("The file has more than 250,000 rows. Split it into several."))
        if _FAR_ASIDE.search(piece):
            raise Unreadable(_("The file has more than 60 columns. Keep those that are asked for."))


def _as_text(cell: Any) -> str:
    """Write a cell as a person reads it: whole numbers without a point, days as YYYY-MM-DD."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return f"{cell:.{KEPT_DIGITS}g}" if isinstance(cell, int | float) else str(cell)
