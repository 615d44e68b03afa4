"""Reading papers as a person or a scanner does: their pages as pictures, their words, and the codes on them."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pypdf
import segno
import typst
from barcode.charsets import code128
from PIL import Image

from catalogue.kernel.text import strip_controls
from fulfilment.documents.rendering import FONTS, SOURCES

PPI = 200
SIGNS = {"A": code128.A, "B": code128.B}
STARTS = {103: "A", 104: "B", 105: "C"}
SWITCHES = {101: "A", 100: "B", 99: "C"}
STOP = "11000111010"


def pages(name: str, data: Mapping[str, Any]) -> list[Image.Image]:
    """Set ``templates/documents/NAME.typ`` and return its pages, black and white."""
    made = typst.compile(
        str(SOURCES / f"{name}.typ"),
        root=str(SOURCES),
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="png",
        ppi=PPI,
    )
    return [Image.open(BytesIO(page)).convert("L") for page in (made if isinstance(made, list) else [made])]


def words_in(pdf: bytes) -> str:
    """Return a PDF's text as it is read, without the marks that turn it; what stands beside each other may touch."""
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    return strip_controls(text, multiline=True)


def holds_qr(page: Image.Image, content: str, width_mm: float) -> bool:
    """Tell whether a QR code of this content, so wide, stands anywhere on a page: each of its modules is looked at."""
    matrix = [list(row) for row in segno.make(content, error="m", micro=False).matrix]
    module = width_mm / 25.4 * PPI / len(matrix)
    dark = page.load()
    span = int(module * len(matrix))
    return any(
        all(
            (dark[int(left + (x + 0.5) * module), int(top + (y + 0.5) * module)] < 128) == bool(cell)
            for y, row in enumerate(matrix)
            for x, cell in enumerate(row)
        )
        for top in range(page.height - span)
        for left in range(page.width - span)
        if dark[left + int(module / 2), top + int(module / 2)] < 128 <= dark[max(0, left - 2), top]
    )


def bars_on(page: Image.Image) -> set[str]:
    """Return what the Code 128 codes on a page say, read row by row as a scanner does."""
    found = {_read(page.crop((0, top, page.width, top + 1)).tobytes()) for top in range(0, page.height, 4)}
    return {text for text in found if text}


def _read(row: bytes) -> str:
    runs = _runs([pixel < 128 for pixel in row])
    values: list[int] = []
    while len(runs) >= 6:
        bits = _bits(runs[:6])
        if bits == STOP:
            return _text(values)
        if bits not in code128.CODES:
            return ""
        values.append(code128.CODES.index(bits))
        runs = runs[6:]
    return ""


def _runs(dark: list[bool]) -> list[int]:
    """Return how wide bars and spaces are in turn, from the first bar on."""
    runs: list[int] = []
    last = False
    for pixel in dark:
        if pixel != last:
            runs.append(0)
            last = pixel
        if runs:
            runs[-1] += 1
    return runs


def _bits(runs: list[int]) -> str:
    unit = sum(runs) / 11
    return "".join(("1" if at % 2 == 0 else "0") * max(1, round(run / unit)) for at, run in enumerate(runs))


def _text(values: list[int]) -> str:
    if not values:
        return ""
    *values, check = values
    if not values or values[0] not in STARTS:
        return ""
    if (values[0] + sum(at * value for at, value in enumerate(values))) % 103 != check:
        return ""
    charset, text = STARTS[values[0]], ""
    for value in values[1:]:
        if charset == "C" and value < 100:
            text += f"{value:02}"
        elif SWITCHES.get(value, charset) != charset:
            charset = SWITCHES[value]
        else:
            text += next(sign for sign, code in SIGNS[charset].items() if code == value)
    return text
