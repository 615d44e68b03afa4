"""What is typed or scanned at a counter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.text import fold_digits
from storefront.customer.addresses.forms import LineField
from storefront.customer.fields import PhoneField

ROWS, MOST_ROWS, MOST_PIECES = 4, 60, 999


class BuyerForm(forms.Form):
    """Who buys, if they say so."""

    name = LineField(label=_("Name of the buyer, if wanted"), max_length=150, required=False)
    phone = PhoneField(label=_("Phone of the buyer, if wanted"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("A name needs a phone beside it. Leave both empty for a walk-in."))
        return cleaned


@dataclass
class Row:
    """One line of a sale as it was typed. ``record`` is what it names, ``problem`` what is wrong with it."""

    code: str = ""
    pieces: str = "1"
    record: Any = None
    quantity: int = 0
    problem: str = ""
    price: Any = None


def rows_of(data: Mapping[str, Any]) -> list[Row]:
    """Read the lines of a sale, those without a code left out."""
    codes, pieces = data.getlist("code")[:MOST_ROWS], data.getlist("pieces")[:MOST_ROWS]  # type: ignore[attr-defined]
    typed = zip(codes, [*pieces, *["1"] * len(codes)], strict=False)
    return [Row(code.strip()[:80], number.strip()[:8]) for code, number in typed if code.strip()]


def pieces_of(written: str) -> int:
    """Return a number of pieces; nothing for what is none."""
    plain = fold_digits(written or "1")
    return int(plain) if plain.isascii() and plain.isdecimal() and 1 <= int(plain) <= MOST_PIECES else 0


def key_of(written: str) -> UUID:
    """Return the key that a page carried, or a new one."""
    try:
        return UUID(written)
    except ValueError:
        return uuid4()
