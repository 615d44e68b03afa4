"""The code that opens a collection: six digits worked out from its order and how many were given, never stored."""

from django.utils.crypto import constant_time_compare, salted_hmac

from catalogue.kernel.text import fold_digits

SALT = "fulfilment.collecting.codes"
DIGITS = 6


def code_of(order_number: str, code_number: int) -> str:
    """Return the code of an order's collection; each one given is another."""
    digest = salted_hmac(SALT, f"{order_number}:{code_number}", algorithm="sha256").hexdigest()
    return f"{int(digest[:15], 16) % 10**DIGITS:0{DIGITS}d}"


def fits(order_number: str, code_number: int, written: str) -> bool:
    """Tell whether what someone typed or read aloud is the code: in any digits, with or without spaces."""
    plain = "".join(sign for sign in fold_digits(written) if sign.isdigit())
    return constant_time_compare(plain, code_of(order_number, code_number))
