"""Reading a Moroccan account number as people type it, and how long a new one waits. No database."""

from collections.abc import Container
from datetime import datetime, timedelta
from enum import StrEnum

from catalogue.kernel.identifiers import is_rib
from catalogue.kernel.text import fold_digits, strip_controls

WAIT = timedelta(hours=72)
"""Between the approval of an account and the first payment to it; the database holds it too."""

LATELY = timedelta(days=30)
"""Whoever was a cooperative's contact within this time is told of a new account as well."""

MOST_TRIES = 5
"""So often may another number than the proposed one be typed before the proposal can only be refused."""

LENGTH = 24
SHOWN = 4
_SPACES_AND_DASHES = str.maketrans(dict.fromkeys(" \t\r\n\u00a0\u202f\u2009-\u2010\u2011\u2012\u2013\u2014\u2212"))


class Why(StrEnum):
    """What is wrong with a number that was typed."""

    EMPTY = "empty"
    SIGNS = "signs"
    FOREIGN = "foreign"
    IBAN_CHECK = "iban_check"
    LENGTH = "length"
    KEY = "key"
    BANK = "bank"


class NotARib(ValueError):
    """What was typed is no account at a bank of Morocco that we know; ``why`` is a ``Why``, ``digits`` how many."""

    def __init__(self, why: Why, digits: int = 0) -> None:
        self.why, self.digits = why, digits
        super().__init__(why.value)


def read_rib(written: str, banks: Container[str]) -> str:
    """Return the 24 digits of a RIB or of a Moroccan IBAN, of a bank in ``banks``. Raises ``NotARib``.

    Spaces, dashes, marks that nobody sees and digits of every script are read; any other sign is refused.
    """
    number = fold_digits(strip_controls(written.translate(_SPACES_AND_DASHES))).upper()
    if not number:
        raise NotARib(Why.EMPTY)
    if number[:2].isascii() and number[:2].isalpha():
        number = _inside_iban(number)
    if not (number.isascii() and number.isdecimal()):
        raise NotARib(Why.SIGNS)
    if len(number) != LENGTH:
        raise NotARib(Why.LENGTH, len(number))
    if not is_rib(number):
        raise NotARib(Why.KEY)
    if bank_of(number) not in banks:
        raise NotARib(Why.BANK)
    return number


def _inside_iban(iban: str) -> str:
    """Return what follows country and check digits, which are 64 around every right RIB."""
    if not iban[2:4].isdecimal():
        raise NotARib(Why.SIGNS)
    if iban[:2] != "MA":
        raise NotARib(Why.FOREIGN)
    if iban[2:4] != "64":
        raise NotARib(Why.IBAN_CHECK)
    return iban[4:]


def bank_of(rib: str) -> str:
    """Return the three digits of the bank."""
    return rib[:3]


def masked(rib: str) -> str:
    """Return what pages and letters may show of an account."""
    return f"… {rib[-SHOWN:]}"


def usable_from(approved_at: datetime) -> datetime:
    """Return when an account approved now may first be paid to."""
    return approved_at + WAIT
