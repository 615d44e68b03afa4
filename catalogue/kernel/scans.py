"""Papers that people send as a file: a PDF or a picture of it. Neither the file's name nor its type is believed."""

from django.utils.translation import gettext as _

MOST_BYTES = 5 * 1024 * 1024
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
TYPES = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}


class NotAScan(ValueError):
    """The file is no paper that we take; the text says why."""


def type_of(content: bytes) -> str | None:
    """Return what a file is by its first bytes; nothing for anything else than a PDF, a JPEG or a PNG."""
    return next((kind for magic, kind in TYPES.items() if content.startswith(magic)), None)


def check(content: bytes) -> str:
    """Return what a file is; refuse anything but a PDF or a picture of at most 5 MB. Raises ``NotAScan``."""
    if len(content) > MOST_BYTES:
        raise NotAScan(_("This file is larger than 5 MB: scan it in grey, or take a smaller photo."))
    kind = type_of(content)
    if kind is None:
        raise NotAScan(_("This file is neither a PDF nor a photo (JPEG or PNG)."))
    return kind
