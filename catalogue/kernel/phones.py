"""Telephone numbers: read in any usual writing, kept in E.164."""

import re

import phonenumbers

from . import text as typed

# Wider than the library's idea of "valid": the demonstration data live in the unallocated 0740 range.
_MOROCCAN = re.compile(r"\+212[5-7][0-9]{8}", re.ASCII)
_ALLOWED = re.compile(r"[0-9+(). \-/\u00a0\u202f\u2010-\u2015]+", re.ASCII)
MOBILE_DIGITS = "67"


class NotAPhone(ValueError):
    """The text cannot be read as a telephone number."""

    def __init__(self, written: str) -> None:
        self.written = written
        super().__init__(written)


def normalise(written: str, region: str = "MA") -> str:
    """Return the number in E.164, ``region`` being the country of numbers written without a prefix.

    Reads 0612345678, 06-12-34…, +212 (0)6…, 00212…, 612345678 and Arabic-Indic digits.
    """
    digits = typed.strip_controls(typed.fold_digits(written)).strip()
    if not _ALLOWED.fullmatch(digits):
        raise NotAPhone(written)
    digits = digits.replace("(0)", "")
    digits = re.sub(r"[^0-9+]", "", digits)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif region == "MA" and digits.startswith("212") and len(digits) >= 12:
        digits = "+" + digits
    # People who know their country's code often keep the national zero after it: +2120612…
    digits = re.sub(r"^\+2120", "+212", digits)
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        raise NotAPhone(written) from None
    return _checked(number, written)


def _checked(number: phonenumbers.PhoneNumber, written: str) -> str:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.country_code == 212:
        possible = _MOROCCAN.fullmatch(e164) is not None
    else:
        possible = phonenumbers.is_possible_number(number)
    if not possible:
        raise NotAPhone(written)
    return e164


def is_moroccan(e164: str) -> bool:
    """Tell whether a number in E.164 is Moroccan."""
    return _MOROCCAN.fullmatch(e164) is not None


def can_receive_sms(e164: str) -> bool:
    """Tell whether a message has a chance to arrive: in Morocco only 06 and 07 do."""
    return e164[4] in MOBILE_DIGITS if is_moroccan(e164) else True
