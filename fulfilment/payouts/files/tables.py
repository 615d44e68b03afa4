"""Payouts as tables: transfers for a bank that takes no XML, lists for an agency and for the cashier; and the bank's
statement as a table.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import tables
from catalogue.kernel.identifiers import is_iban
from catalogue.kernel.money import ZERO
from catalogue.kernel.tables import Column, Problem, TableRefused
from fulfilment.payouts.models import Payout

from .statement import NotOurs, Statement, Told, Unbalanced

TRANSFERS = ("reference", "holder", "rib", "amount", "currency", "execute_on", "for_member")
BY_HAND = ("reference", "code", "cooperative", "province", "phone", "amount", "currency", "pay_on", "signature")
COLUMNS = (
    Column("our_account", _("our account"), ("notre compte", "IBAN"), identifier=True),
    Column("day", _("day"), ("date", "date operation")),
    Column("debit", _("debit"), ("débit",), required=False),
    Column("credit", _("credit"), ("crédit",), required=False),
    Column("balance", _("balance"), ("solde",)),
    Column("payout", pgettext_lazy("bank line", "payout"), ("reference", "end to end", "référence"), required=False),
    Column("bank_reference", _("bank's reference"), ("reference banque",), required=False),
    Column("other_account", _("other account"), ("RIB", "compte"), required=False),
    Column("reason", _("reason"), ("motif",), required=False),
)


def transfers(payouts: Iterable[Payout], executes_on: object) -> bytes:
    """Write transfers as a table. An account is a text of 24 digits: a spreadsheet must not round it."""
    rows = (
        (
            p.reference,
            p.holder,
            p.rib,
            p.amount_mad,
            p.currency,
            executes_on,
            p.cooperative.name if p.is_for_member else "",
        )
        for p in payouts
    )
    return tables.as_csv(TRANSFERS, rows).encode()


def by_hand(payouts: Iterable[Payout], pays_on: object) -> bytes:
    """Write who fetches cash or a cheque: the last column is for a signature."""
    whose = ((payout, payout.cooperative) for payout in payouts)
    rows = (
        (p.reference, c.code, c.name, str(c.province), c.phone, p.amount_mad, p.currency, pays_on, "") for p, c in whose
    )
    return tables.as_csv(BY_HAND, rows).encode()


def read(content: bytes, iban: str) -> Statement:
    """Read the bank's statement as a table: each row says what stood on the account after it.

    Raises ``TableRefused``, ``NotOurs`` or ``Unbalanced``; sums are looked at once every row could be read.
    """
    rows = list(_rows(content, iban))
    name = _name_of([told for _balance, told in rows])
    before, first = rows[0]
    opening = closing = before - first.signed
    moved = ZERO
    for closing, told in rows:
        moved += told.signed
        if opening + moved != closing:
            raise Unbalanced(opening, moved, closing)
    return Statement(name, opening, closing, tuple(told for _balance, told in rows))


def _rows(content: bytes, iban: str) -> Iterator[tuple[Decimal, Told]]:
    for row in tables.read(content, COLUMNS, others=True):
        written = row["our_account"].replace(" ", "").upper()
        if written not in (iban, iban[4:]):
            raise NotOurs(written if is_iban(written) else "")
        debit, credit = (row.amount(key, "MAD") if row[key] else ZERO for key in ("debit", "credit"))
        balance, day = row.amount("balance", "MAD"), row.day("day")
        if debit is None or credit is None or balance is None or day is None:
            continue
        if (debit > 0) == (credit > 0):
            row.refuse(gettext("Either a debit or a credit stands in a row."))
            continue
        yield (
            balance,
            Told(
                is_credit=credit > 0,
                amount=debit or credit,
                booked_on=day,
                reference=row["bank_reference"][:70],
                end_to_end_id=row["payout"][:70],
                account=row["other_account"].replace(" ", "")[:34],
                reason=row["reason"][:140],
            ),
        )


def _name_of(found: list[Told]) -> str:
    if not found:
        raise TableRefused([Problem(gettext("The file names its columns and has no row below them."))])
    return f"{min(one.booked_on for one in found)}/{max(one.booked_on for one in found)}"
