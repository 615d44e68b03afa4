"""Statements as the office's bank writes them: camt.053, and a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from django.conf import settings

from catalogue.kernel.identifiers import is_rib, rib_to_iban
from fulfilment.payouts.models import Payout

numbers = count(1)
SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True)
class Moved:
    """A movement: below zero it left the account."""

    amount: Decimal
    end_to_end_id: str = ""
    account: str = ""
    reference: str = ""
    reason: str = ""
    day: str = "2026-11-20"
    keeps_roles: bool = False
    """A transfer that came back, as most banks write it: the payee is still its creditor, and we its debtor."""


def account() -> str:
    return settings.PAYOUT_ACCOUNT[2]


def paid(payout: Payout, **fields: Any) -> Moved:
    """The line of a payout that went through."""
    return _line(payout, -payout.amount_mad, fields)


def returned(payout: Payout, **fields: Any) -> Moved:
    return _line(payout, payout.amount_mad, {"reason": "AC04"} | fields)


def _line(payout: Payout, amount: Decimal, fields: dict[str, Any]) -> Moved:
    values = {
        "amount": amount,
        "end_to_end_id": payout.reference,
        "account": rib_to_iban(payout.rib) if is_rib(payout.rib) else payout.rib,
        "reference": f"B{next(numbers)}",
    }
    return Moved(**values | fields)


def camt053(
    *moved: Moved, opening: str = "100000.00", closing: str | None = None, iban: str | None = None, more: str = ""
) -> bytes:
    """Write a statement; ``closing`` follows from the rest unless it is given."""
    total = Decimal(opening) + sum((one.amount for one in moved), Decimal(0))
    entries = "".join(map(_entry, moved))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{more}<Document xmlns="{SPACE}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M{next(numbers)}</MsgId></GrpHdr><Stmt><Id>S{next(numbers)}</Id>"
        f"<Acct><Id><IBAN>{iban or account()}</IBAN></Id><Ccy>MAD</Ccy></Acct>"
        f"{_balance('OPBD', Decimal(opening))}{_balance('CLBD', Decimal(closing) if closing else total)}"
        f"{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, amount: Decimal) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(amount)}</Bal>"


def _amount(amount: Decimal) -> str:
    side = "CRDT" if amount >= 0 else "DBIT"
    return f'<Amt Ccy="MAD">{abs(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _entry(one: Moved) -> str:
    named = f"<EndToEndId>{one.end_to_end_id or 'NOTPROVIDED'}</EndToEndId>"
    ours, other = ("CdtrAcct", "DbtrAcct") if one.amount > 0 and not one.keeps_roles else ("DbtrAcct", "CdtrAcct")
    kind = "IBAN" if one.account.startswith("MA") else "Othr"
    held = f"<IBAN>{one.account}</IBAN>" if kind == "IBAN" else f"<Othr><Id>{one.account}</Id></Othr>"
    parties = {ours: f"<IBAN>{account()}</IBAN>"} | ({other: held} if one.account else {})
    sides = "".join(f"<{side}><Id>{parties[side]}</Id></{side}>" for side in sorted(parties, reverse=True))
    reason = f"<RtrInf><Rsn><Cd>{one.reason}</Cd></Rsn></RtrInf>" if one.reason else ""
    return (
        f"<Ntry>{_amount(one.amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{one.day}</Dt></BookgDt>"
        f"<AcctSvcrRef>{one.reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs>{named}</Refs>"
        f"<RltdPties>{sides}</RltdPties>{reason}</TxDtls></NtryDtls></Ntry>"
    )


def table(*moved: Moved, opening: str = "100000.00", iban: str | None = None) -> bytes:
    """Write a statement as a table."""
    balance, rows = Decimal(opening), ["our account;date;debit;credit;balance;payout;bank's reference;RIB;motif"]
    for one in moved:
        balance += one.amount
        sides = ("", one.amount) if one.amount > 0 else (-one.amount, "")
        cells: Iterable[Any] = (
            *(iban or account(), one.day, *sides, balance),
            *(one.end_to_end_id, one.reference, one.account, one.reason),
        )
        rows.append(";".join(map(str, cells)))
    return "\n".join(rows).encode()
