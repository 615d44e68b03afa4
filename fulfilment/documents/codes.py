"""Codes that a telephone or a scanner reads, as SVG."""

from io import BytesIO

import barcode
import segno
from barcode.writer import SVGWriter


def qr(content: str) -> str:
    """Draw a QR code that still reads when a sixth of it is dirty."""
    drawn = BytesIO()
    segno.make(content, error="m", micro=False).save(drawn, kind="svg", border=0, scale=4, xmldecl=False)
    return drawn.getvalue().decode()


def bars(content: str) -> str:
    """Draw a Code 128 without its text, which the document sets in its own letters."""
    drawn = BytesIO()
    code = barcode.get("code128", content, writer=SVGWriter())
    code.write(drawn, {"write_text": False, "module_height": 12.0, "quiet_zone": 2.0})
    return drawn.getvalue().decode()
