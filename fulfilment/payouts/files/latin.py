"""Texts as banks take them: the Latin letters of ISO 20022 payments, and nothing else."""

import re

from text_unidecode import unidecode

from catalogue.kernel.text import squash

NAME = 70
_OTHER = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


def latin(text: str, *, length: int = NAME, empty: str = "-") -> str:
    """Return a text in those letters, cut to a length; ``empty`` where nothing is left of it."""
    plain = squash(_OTHER.sub(" ", unidecode(text))).lstrip("/").replace("//", "/")
    return plain[:length].strip() or empty
