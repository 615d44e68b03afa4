"""Photos that people send in: looked at before they are decoded, and written anew so that nothing else comes along.

What is kept is a JPEG of ours: no place and no name from the telephone, nothing hidden behind the picture.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPE = "image/jpeg"
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 1600
QUALITY = 82

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow raises over a file that is broken or made to harm.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


class NotAPhoto(Exception):
    """The file is no photo that we take; the text says why, for the person who sent it."""


@dataclass(frozen=True)
class Photo:
    """A photo as it is kept: a JPEG without metadata."""

    content: bytes
    sha256: str
    width: int
    height: int

    @property
    def size(self) -> int:
        return len(self.content)


def take_in(file: IO[bytes]) -> Photo:
    """Read a photo that someone sent and write it anew, upright, at most ``LONGEST_SIDE`` pixels long.

    Neither the file's name nor the type that came with it is believed. Raises ``NotAPhoto``.
    """
    sent = file.read(MOST_BYTES + 1)
    if len(sent) > MOST_BYTES:
        raise NotAPhoto(_("This photo is larger than 8 MB. Please send a smaller one."))
    image = _opened(sent)
    try:
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # decodes, and a JPEG no larger than needed
        image = _upright(image)
        clean = _without_anything_else(image)
    except _BROKEN as error:
        raise NotAPhoto(_("This photo is damaged or incomplete. Please take it again.")) from error
    written = BytesIO()
    clean.save(written, "JPEG", quality=QUALITY, optimize=True)
    content = written.getvalue()
    return Photo(content, hashlib.sha256(content).hexdigest(), clean.width, clean.height)


def _opened(sent: bytes) -> Image.Image:
    """Read the header only; how large the picture is decides whether it is decoded at all."""
    if sent[:4] == b"RIFF":
        _check_pixels(*_webp_size(sent))  # Pillow asks for the memory of a WebP as soon as it opens it
    try:
        image = Image.open(BytesIO(sent), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise _no_photo() from error
    _check_pixels(*image.size)
    return image


def _webp_size(sent: bytes) -> tuple[int, int]:
    """Read how large a WebP is said to be, from the three kinds of first chunk that there are."""
    kind, data = sent[8:16], sent[20:30]
    if len(data) == 10:
        if kind == b"WEBPVP8X":
            return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
        if kind == b"WEBPVP8 ":
            width, height = struct.unpack("<HH", data[6:10])
            return width & 0x3FFF, height & 0x3FFF
        if kind == b"WEBPVP8L":
            bits = int.from_bytes(data[1:5], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise _no_photo()


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()


def _upright(image: Image.Image) -> Image.Image:
    try:
        turned = image.getexif().get(_ORIENTATION)
    except _BROKEN:
        return image  # a telephone that writes this badly still took a photo
    return image.transpose(_UPRIGHT[turned]) if turned in _UPRIGHT else image


def _without_anything_else(image: Image.Image) -> Image.Image:
    """Copy the pixels alone, on white where the picture lets through; no metadata follows them."""
    clean = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        clean.paste(image, mask=image.getchannel("A"))
    else:
        clean.paste(image.convert("RGB"))
    return clean


def _no_photo() -> NotAPhoto:
    return NotAPhoto(_("This file is not a photo. Please send a JPEG, PNG or WebP picture."))


def _too_many_pixels() -> NotAPhoto:
    return NotAPhoto(_("This photo has more than 25 million pixels. Please send a smaller one."))
