"""What people type: digits of every script, invisible characters, Arabic spellings, Latin slugs."""

import re
import unicodedata

# Arabic-Indic (٠-٩), Persian (۰-۹) and the Arabic signs used between digits.
_DIGITS = {base + value: str(value) for base in (0x0660, 0x06F0) for value in range(10)}
_DIGITS |= {ord("٫"): ",", ord("٬"): ".", ord("٪"): "%"}
_TASHKEEL = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_ARABIC_FOLDS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه"})
_ARABIC_FOLDS |= str.maketrans({"ک": "ك", "گ": "ك", "ڭ": "ك", "ی": "ي"})
_LATIN_FOLDS = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_LINE_BREAKS = "\n\r\t"


class ControlCharacters(ValueError):
    """The text holds characters that nobody can see and that can turn other text around."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(", ".join(names))


def fold_digits(text: str) -> str:
    """Write every digit in the Latin way."""
    return text.translate(_DIGITS)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def strip_controls(text: str, *, multiline: bool = False) -> str:
    """Drop direction marks, zero-width and control characters; line breaks stay if ``multiline``."""
    kept = _LINE_BREAKS if multiline else ""
    return "".join(character for character in text if character in kept or not _is_control(character))


def refuse_controls(text: str, *, multiline: bool = False) -> str:
    """Return the text unchanged, or raise ``ControlCharacters`` naming what it hides."""
    if text.isprintable():
        return text  # nearly all texts: no need to look at each character
    kept = _LINE_BREAKS if multiline else ""
    found = {character for character in text if character not in kept and _is_control(character)}
    if found:
        raise ControlCharacters([f"U+{ord(character):04X}" for character in sorted(found)])
    return text


def squash(text: str) -> str:
    """Trim, and make one space of any run of white space."""
    return " ".join(text.split())


def strip_tashkeel(text: str) -> str:
    """Drop vowel signs and the tatweel."""
    return _TASHKEEL.sub("", text)


def normalise_arabic(text: str) -> str:
    """Fold the spellings that Moroccans use for one another: أركان and اركان become the same."""
    return strip_tashkeel(unicodedata.normalize("NFC", text)).translate(_ARABIC_FOLDS)


def unaccent(text: str) -> str:
    """Write accented Latin letters without their accents."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LATIN_FOLDS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def slug(text: str, *, max_length: int = 80) -> str:
    """Make the Latin part of an address from a French name: ``L'Oriental`` gives ``l-oriental``."""
    words = _NOT_IN_SLUG.sub("-", unaccent(text).lower()).strip("-")
    if len(words) <= max_length:
        return words
    cut = words[: max_length + 1]
    return cut.rpartition("-")[0] or words[:max_length]


def isolate(text: str) -> str:
    """Keep a name or an amount whole inside a sentence of the other direction."""
    return f"\u2068{text}\u2069"
