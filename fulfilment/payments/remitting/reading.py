"""What a courier's file says, row by row, and what is refused in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalogue.kernel import tables
from catalogue.kernel.money import MAD, ZERO
from catalogue.kernel.numerals import UNITS
from catalogue.kernel.tables import Column

MOST = Decimal(1_000_000)
"""More than anyone pays at a door: a figure above it is another number in the wrong column."""

COLUMNS = (
    Column(
        "parcel",
        gettext_lazy("Parcel"),
        ("colis", "n° colis", "référence", "reference", "code", "الطرد", "رقم الطرد", "المرجع"),
        identifier=True,
        unique=True,
    ),
    Column(
        "amount",
        gettext_lazy("Amount"),
        ("montant", "montant encaissé", "crbt", "cod", "amount collected", "المبلغ", "المبلغ المحصل"),
    ),
    Column("currency", gettext_lazy("Currency"), ("devise", "العملة"), required=False),
    Column("fee", pgettext_lazy("courier", "Fee"), ("frais", "frais de livraison", "fees", "العمولة"), required=False),
    Column("order", gettext_lazy("Order"), ("commande", "الطلب"), required=False),
    Column("date", gettext_lazy("Day"), ("date de livraison", "اليوم", "التاريخ"), required=False),
    Column("status", gettext_lazy("State"), ("statut", "état", "الحالة"), required=False),
    Column("note", pgettext_lazy("remittance", "Note"), ("remarque", "commentaire", "ملاحظة"), required=False),
)
"""Couriers write these; what is not needed is read over. Any other column is refused."""


@dataclass(frozen=True, slots=True)
class Told:
    number: int
    parcel: str
    amount: Decimal
    fee: Decimal


def read(content: bytes) -> Iterator[Told]:
    """Return what each row says; ends with ``TableRefused`` where anything was wrong."""
    seen: dict[str, int] = {}
    for row in tables.read(content, COLUMNS):
        amount = _amount(row, "amount")
        fee = _amount(row, "fee") if row["fee"] else ZERO
        parcel = "".join(row["parcel"].upper().split())
        if row["currency"] and row["currency"].casefold() not in UNITS[MAD]:
            row.refuse(_("The currency is %(currency)s, and cash is taken in dirhams.") % {"currency": row["currency"]})
        if len(parcel) > 60:
            row.refuse(_("The parcel's number has more than 60 characters."))
        elif seen.setdefault(parcel, row.number) != row.number:
            row.refuse(_("This parcel is in row %(row)s already.") % {"row": seen[parcel]})
        if amount is not None and fee is not None:
            yield Told(row.number, parcel, amount, fee)


def _amount(row: tables.Row, key: str) -> Decimal | None:
    amount = row.amount(key, MAD)
    if amount is not None and not 0 <= amount < MOST:
        row.refuse(_("%(amount)s is below zero, or too much for one parcel.") % {"amount": row[key]})
        return None
    return amount
