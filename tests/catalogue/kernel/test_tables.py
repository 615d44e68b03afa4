"""Tables from outside: read whole or refused with row and reason; written so that no cell is a formula."""

import io
import zipfile
from collections import deque
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from django.utils import translation
from python_calamine import load_workbook

from catalogue.kernel import sheets, tables
from catalogue.kernel.tables import Column, TableRefused

COLUMNS = (
    Column("parcel", "parcel", ("colis", "الطرد"), identifier=True, unique=True),
    Column("amount", "amount", ("montant reçu", "المبلغ")),
    Column("note", "note", required=False),
)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def read(content, **options):
    content = content.encode() if isinstance(content, str) else content
    return [
        (row.number, row["parcel"], row.amount("amount", "MAD")) for row in tables.read(content, COLUMNS, **options)
    ]


def refusal(content, **options):
    with pytest.raises(TableRefused) as refused:
        read(content, **options)
    return refused.value.sentences


def workbook(rows, *, change=None):
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if change:
            change(book, sheet)
    return packed.getvalue()


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("heads", [("parcel", "amount"), ("Colis", "MONTANT RECU"), ("الطرد", "المبلغ")])
def test_a_csv_is_read_by_the_names_of_its_columns_however_it_is_separated(sign, mark, heads):
    text = mark + "\r\n".join(sign.join(cells) for cells in (heads, ("A-1", "120.50"), ("", ""), ("A-2", "٧٠")))

    assert read(text) == [(2, "A-1", Decimal("120.50")), (4, "A-2", Decimal(70))]


def test_a_workbook_gives_the_same_rows_and_numbers_as_people_see():
    content = workbook([(), ("parcel", "amount", "note"), (123456, 120.1 + 0.2, True), (), ("A-2", "70,00 DH", "")])

    assert read(content) == [(3, "123456", Decimal("120.30")), (5, "A-2", Decimal(70))]


def test_a_comma_in_an_amount_and_a_line_break_in_a_cell_are_part_of_it():
    text = 'parcel,amount,note\nA-1,"1 234,50","two\nlines"\nA-2,5,\n'

    assert read(text) == [(2, "A-1", Decimal("1234.50")), (3, "A-2", Decimal(5))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "The file is empty."),
        ("parcel,amount\n", "The file names its columns and has no row below them."),
        ("parcel\nA-1\n", "Row 1: The column “amount” is missing."),
        ("parcel,amount,colis\nA-1,5,A-1\n", "Row 1: The column “colis” is there twice."),
        ("parcel,amount,iban\nA-1,5,x\n", "Row 1: The column “iban” is not one of those we know."),
        ("parcel,amount\nA-1\n", "Row 2: has 1 cells instead of 2. Is a quotation mark or a separator missing?"),
        ("parcel,amount\nA-1,5,6\n", "Row 2: has 3 cells instead of 2. Is a quotation mark or a separator missing?"),
        ('parcel,amount\nA-1,5\n"A-2,6\nA-3,7\n', "Row 3: A quotation mark opens in this row and never closes."),
        ('parcel,amount\n"A"-1,5\n', "Row 2: A quotation mark stands in the middle of a cell. Write it twice."),
        ("parcel,amount\n=A1,5\n", "Row 2: parcel: begins with “=”, like a formula."),
        ("parcel,amount\n@x,5\n", "Row 2: parcel: begins with “@”, like a formula."),
        ("parcel,amount\nA\u202e1,5\n", "Row 2: parcel: holds characters that nobody sees (U+202E)."),
        ("parcel,amount\n,5\n", "Row 2: parcel: is empty."),
        ("parcel,amount\nA-1,5\nA-1,6\n", "Row 3: parcel: “A-1” is in row 2 already."),
        ("parcel,amount\nA-1,5 €\n", "Row 2: amount: This amount is in MAD: write it so, without “€”."),
        (f"parcel,amount\n{'A' * 2001},5\n", "Row 2: parcel: has more than 2,000 characters."),
        ("parcel,amount\nA-1,5\nطرد,6\n".encode("cp1256"), "Row 3: The file is not in UTF-8."),
        ("parcel,amount\nreçu,6\n".encode("cp1252"), "Row 2: The file is not in UTF-8."),
        ("parcel,amount\nA-1,6\n".encode("utf-16"), "The file is not in UTF-8."),
        (b"parcel\x00,amount\n", "This is neither a CSV file nor an .xlsx workbook."),
        (b"PK\x03\x04 not a zip", "This .xlsx workbook is damaged or has a password."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "This is an old Excel file, or one with a password."),
        (b"x" * (sheets.LARGEST + 1), "The file is larger than 10 MiB."),
        (",".join(f"c{number}" for number in range(61)), "Row 1: The file has more than 60 columns."),
    ],
)
def test_what_cannot_be_read_is_refused_with_row_and_reason(content, said):
    assert refusal(content)[0].startswith(said)


def test_everything_wrong_is_told_at_once_up_to_fifty_and_how_much_more():
    text = "parcel,amount\n" + "".join(f"A-{number},x\n" for number in range(60))

    said = refusal(text)

    assert len(said) == 51
    assert said[0] == "Row 2: amount: Write a number in figures, such as 1,234.50."
    assert said[-1] == "10 more rows are wrong."


def test_columns_that_nobody_asked_for_may_be_left_out():
    assert read("iban,parcel,amount\nx,A-1,5\n", others=True) == [(2, "A-1", Decimal(5))]


def test_more_rows_than_agreed_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)

    assert len(read("parcel,amount\nA-1,5\nA-2,5\n")) == 2
    assert refusal("parcel,amount\nA-1,5\nA-2,5\nA-3,5\n")[0].startswith("The file has more than 250,000 rows.")


def _formula(book, sheet):
    sheet.write_formula("B3", "=B2*0.9", None, 4.5)


def _far(book, sheet):
    sheet.write_string("XFD1048576", "x")


def _two(book, sheet):
    book.add_worksheet().write_row(0, 0, ["parcel", "amount"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_formula, "Row 3: Cell B3 is a formula. Paste the values instead, and send the file again."),
        (_far, "The file has more than 250,000 rows. Split it into several."),
        (_two, "Several sheets of this workbook hold rows. Keep one."),
    ],
)
def test_a_workbook_that_hides_something_is_refused(change, said):
    assert refusal(workbook([("parcel", "amount"), ("A-1", 5)], change=change)) == [said]


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b" " * (sheets.LARGEST_UNPACKED + 1))

    assert refusal(packed.getvalue()) == ["This workbook holds too much. Split it into several."]


def test_whole_numbers_and_days_are_read_or_refused():
    columns = (Column("count", "count"), Column("day", "day"))
    good = "count,day\n٣,2026-11-20\n4,20/11/2026\n"
    bad = "count,day\n-1,2026-02-30\n1e9,tomorrow\n"

    rows = [(row.integer("count"), row.day("day")) for row in tables.read(good.encode(), columns)]
    assert rows == [(3, date(2026, 11, 20)), (4, date(2026, 11, 20))]
    with pytest.raises(TableRefused) as refused:
        deque((row.integer("count"), row.day("day")) for row in tables.read(bad.encode(), columns))
    assert len(refused.value.problems) == 4


SIGNS = ["=1+1", "+212600000000", "-5", "@x", "\tx"]


def test_what_is_written_as_csv_is_no_formula_in_any_cell():
    lines = tables.as_csv(["=head", "n"], [[sign, Decimal("-1.50")] for sign in SIGNS])

    assert lines.startswith("\ufeff'=head,n\r\n")
    assert [line.split(",") for line in lines.splitlines()[1:]] == [[f"'{sign}", "-1.50"] for sign in SIGNS]


def test_what_is_written_as_a_workbook_has_texts_figures_and_days_and_no_formula():
    at = datetime(2026, 7, 20, 12, 30, tzinfo=UTC)

    content = tables.as_xlsx(["كود", "n"], [*([sign, 5] for sign in SIGNS), [at, Decimal("9.90")]], right_to_left=True)

    sheet = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:-1]] == SIGNS
    assert sheet[-1] == [datetime(2026, 7, 20, 13, 30), 9.9]
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b'rightToLeft="1"' in xml
