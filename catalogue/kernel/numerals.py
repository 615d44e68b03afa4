"""Reading amounts and rates as people type them: French, Arabic and English habits, digits of every script.

One parser for every form of the office, so that "1 234,50 DH", "١٬٢٣٤٫٥٠" and "1,234.50" are the same amount
everywhere, and what could be read in two ways is asked again instead of guessed.
"""

import re
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import formats
from .money import EUR, MAD, USD
from .text import fold_digits, squash, strip_controls

LONGEST = 40
UNITS = {
    MAD: ("mad", "dh", "dhs", "dirham", "dirhams", "درهم", "دراهم", "درهما", "د.م.", "د.م"),
    EUR: ("eur", "€", "euro", "euros", "أورو", "اورو", "يورو"),
    USD: ("usd", "us$", "$us", "$ us", "$", "dollar", "dollars", "دولار", "دولارات"),
}
HUNDREDTHS = ("centime", "centimes", "cent", "cents", "cts", "ct", "سنتيم", "سنتيما", "سنتيمات")

_SIGNS = str.maketrans({"٬": "'", "’": "'", "،": ",", "−": "-", "–": "-"})
_TYPED = re.compile(
    r"(?P<before>[^0-9+-]*?) ?(?P<sign>[+-]?) ?"
    r"(?P<figure>(?:(?<![^ +-])[.,])?[0-9](?:[0-9.,' ]*[0-9])?)"
    r"(?P<after>.*)"
)
_SPACED = re.compile(r"[0-9]{1,3}(?:[ '][0-9]{3})+(?:[.,][0-9]+)?")
_POINTED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
_COULD_BE_GROUPED = re.compile(r"[1-9][0-9]{0,2}")


class NotANumber(ValueError):
    """What was typed is no number, or could be two. Its text is for the person who typed it."""


class InHundredths(NotANumber):
    """The amount was typed in centimes or cents."""

    def __init__(self, amount: Decimal) -> None:
        self.amount = amount
        super().__init__(
            _("Write the amount in whole units, not in hundredths: %(amount)s.") % {"amount": _say(amount)}
        )


class WrongUnit(NotANumber):
    """The amount was typed with the name of another currency."""

    def __init__(self, word: str, currency: str) -> None:
        self.currency = currency
        super().__init__(
            _("This amount is in %(currency)s: write it so, without “%(word)s”.") % {"currency": currency, "word": word}
        )


class TwoReadings(NotANumber):
    """What was typed is one number in one language and another in the next."""

    def __init__(self, long: Decimal, short: Decimal) -> None:
        self.readings = long, short
        super().__init__(
            _("This can be read as %(long)s or as %(short)s: write %(clear)s, or fewer decimals.")
            % {"long": f"{long}", "short": _say(short, places=None), "clear": _say(long)}
        )


class TooManyDecimals(NotANumber):
    """The number is finer than what it measures."""

    def __init__(self, number: Decimal, places: int) -> None:
        self.number = number
        super().__init__(
            _("This reads as %(number)s, with more decimals than the %(places)s allowed.")
            % {"number": _say(number, places=None), "places": places}
        )


def parse_decimal(written: str, places: int = 2, *, currency: str = MAD) -> Decimal:
    """Return the number that was typed, alone or with the name of ``currency``, or raise ``NotANumber``.

    Spaces group digits; of a point and a comma the last one begins the decimals. A single one before exactly
    three digits begins decimals where three may follow; where they may not, it could be either and is refused.
    """
    typed = squash(strip_controls(fold_digits(written.translate(_SIGNS))))
    found = _TYPED.fullmatch(typed) if len(typed) <= LONGEST else None
    if found is None:
        raise _unreadable()
    whole, fraction = _split(found["figure"], places)
    number = Decimal(f"{whole or 0}.{fraction or 0}")
    _check_words((found["before"], found["after"]), number, currency)
    if len(fraction.rstrip("0")) > places:
        raise TooManyDecimals(number, places)
    return -number if found["sign"] == "-" else number


def _split(figure: str, places: int) -> tuple[str, str]:
    """Part the digits before the decimals from the decimals."""
    if not {" ", "'"}.isdisjoint(figure):
        if not _SPACED.fullmatch(figure):
            raise _unreadable()
        head, _sign, tail = figure.replace(" ", "").replace("'", "").replace(",", ".").partition(".")
        return head, tail
    signs = re.findall("[.,]", figure)
    if len(signs) < 2:
        head, _sign, tail = figure.replace(",", ".").partition(".")
        if len(tail) == 3 and places < 3 and _COULD_BE_GROUPED.fullmatch(head):
            raise TwoReadings(Decimal(head + tail), Decimal(f"{head}.{tail}"))
        return head, tail
    if len(set(signs)) == 1:
        return _ungroup(figure), ""  # 1.234.567
    head, _sign, tail = figure.rpartition(signs[-1])
    return _ungroup(head), tail


def _ungroup(digits: str) -> str:
    if not _POINTED.fullmatch(digits):
        raise _unreadable()
    return digits.replace(",", "").replace(".", "")


def _check_words(words: tuple[str, str], number: Decimal, currency: str) -> None:
    """Refuse what stands beside the figure, unless it is the currency's own name."""
    for word in filter(None, (word.strip().casefold() for word in words)):
        if word in UNITS[currency]:
            continue
        if word in HUNDREDTHS:
            raise InHundredths(number / 100)
        if any(word in units for units in UNITS.values()):
            raise WrongUnit(word, currency)
        raise NotANumber(_("Write the number alone, without “%(word)s”.") % {"word": word})


def _unreadable() -> NotANumber:
    return NotANumber(_("Write a number in figures, such as %(example)s.") % {"example": _say(Decimal("1234.50"))})


def _say(number: Decimal, places: int | None = 2) -> str:
    return formats.number(number, get_language(), places)
