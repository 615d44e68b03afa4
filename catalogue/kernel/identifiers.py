"""Check digits of the numbers we are given. Each check answers yes or no; callers word the refusal."""

import re

_DIGITS = re.compile(r"[0-9]+", re.ASCII)


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and _DIGITS.fullmatch(text) is not None


def ean13_check_digit(first_twelve: str) -> int:
    """Return the thirteenth digit of a barcode."""
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(first_twelve))
    return -weighted % 10


def is_ean13(text: str) -> bool:
    """Tell whether a barcode has thirteen digits and the right last one."""
    return _is_digits(text, 13) and int(text[12]) == ean13_check_digit(text[:12])


def is_ice(text: str) -> bool:
    """Tell whether a company number (ICE) has fifteen digits and divides by 97."""
    return _is_digits(text, 15) and int(text) % 97 == 0


def rib_key(first_22: str) -> str:
    """Return the two digits that close a Moroccan bank account number."""
    return f"{97 - int(first_22) * 100 % 97:02d}"


def is_rib(text: str) -> bool:
    """Tell whether an account number (bank 3, place 3, account 16, key 2) has the right key."""
    return _is_digits(text, 24) and text[22:] == rib_key(text[:22])


def rib_to_iban(rib: str) -> str:
    """Return the IBAN of a valid RIB.

    Its check digits are always 64: a valid RIB is a multiple of 97.
    """
    if not is_rib(rib):
        raise ValueError("The account number's key is wrong.")
    return f"MA64{rib}"


def is_iban_ma(text: str) -> bool:
    """Tell whether this is a Moroccan IBAN around a valid RIB (libraries check only the outside)."""
    return text.startswith("MA64") and is_rib(text[4:])


def is_iban(text: str) -> bool:
    """Tell whether an IBAN has the right check digits; a Moroccan one also the right key inside."""
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text, re.ASCII) is None:
        return False
    turned = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(turned) % 97 == 1 and (not text.startswith("MA") or is_iban_ma(text))
