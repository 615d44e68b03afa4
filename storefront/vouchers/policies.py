"""Codes of vouchers: made at random, read in any writing. No database."""

import secrets

from catalogue.kernel.text import fold_digits
from fulfilment.orders.policies import ALPHABET

LENGTH = 9
"""Nine of thirty signs: 44 bits, which nobody guesses."""
GROUP = 3


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def fold_code(written: str) -> str:
    """Read a code as people type it: any case, digits of any script, with spaces and dashes; else nothing."""
    kept = "".join(sign for sign in fold_digits(written).upper() if sign.isalnum())
    return kept if len(kept) == LENGTH and all(sign in ALPHABET for sign in kept) else ""


def spell(code: str) -> str:
    """Write a code in groups, as it is printed and read aloud."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
