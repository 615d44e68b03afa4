"""Data in, PDF out. Knows nothing of orders: what stands on a paper is put together by whoever asks for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fontpkg_ibm_plex_sans_arabic as plex
import typst
from django.conf import settings

SOURCES = Path(settings.BASE_DIR) / "templates" / "documents"
FONTS = str(Path(plex.__file__).parent / "files")
STANDARD = "a-3b"
"""PDF/A: a paper that must be kept ten years carries all it needs to be read."""


class NoSuchDocument(LookupError):
    """There is no template of this name."""


class NotRendered(Exception):
    """The template and the data do not fit together: a mistake of ours. The message is the compiler's."""


def render(name: str, data: Mapping[str, Any]) -> bytes:
    """Make a PDF of ``templates/documents/NAME.typ`` and plain data (texts, numbers, lists).

    The same data give the same bytes: nothing of the day or the machine goes in.
    Raises ``NoSuchDocument`` or ``NotRendered``.
    """
    source = SOURCES / f"{name}.typ"
    if source.parent != SOURCES or not source.is_file():
        raise NoSuchDocument(name)
    try:
        made = typst.compile(
            str(source),
            root=str(SOURCES),
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=STANDARD,
        )
    except RuntimeError as error:
        raise NotRendered(f"{name}: {error}") from error
    if not isinstance(made, bytes):  # several files come from other formats alone
        raise NotRendered(name)
    return made
