"""Reads the bank's statement as ISO 20022 writes it (camt.053), of any version. Nothing outside the file is read."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from lxml import etree

from .statement import NotAStatement, NotOurs, Statement, Told, Unbalanced

NOT_PROVIDED = "NOTPROVIDED"
MOST = Decimal(10) ** 12


def read(content: bytes, iban: str) -> Statement:
    """Read the one statement of a file. Raises ``NotAStatement``, ``NotOurs`` or ``Unbalanced``."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
        if root.getroottree().docinfo.internalDTD is not None:
            raise NotAStatement(_("This file brings definitions of its own (DOCTYPE), which no bank's statement does."))
        statements = root.findall("{*}BkToCstmrStmt/{*}Stmt")
        if len(statements) != 1:
            raise NotAStatement(_("This is not a file with one statement (camt.053)."))
        return _statement(statements[0], iban)
    except etree.XMLSyntaxError as error:
        raise NotAStatement(_("This file is damaged: it cannot be read as XML.")) from error
    except (InvalidOperation, ValueError) as error:
        if isinstance(error, NotAStatement):
            raise
        raise NotAStatement(_("This statement lacks an amount or a day, or one of them cannot be read.")) from error


def _statement(found: etree._Element, iban: str) -> Statement:
    account = _text(found, "Acct/Id/IBAN") or _text(found, "Acct/Id/Othr/Id")
    currency = _text(found, "Acct/Ccy") or "MAD"
    if account.replace(" ", "") not in (iban, iban[4:]) or currency != "MAD":
        raise NotOurs(account)
    opening, closing = _balance(found, "OPBD", "PRCD"), _balance(found, "CLBD")
    entries = [one for one in found.findall("{*}Ntry") if _status(one) == "BOOK"]
    moved = sum((_signed(one) for one in entries), Decimal(0))
    if opening + moved != closing:
        raise Unbalanced(opening, moved, closing)
    lines = tuple(line for entry in entries for line in _lines(entry, iban))
    if moved != sum(line.signed for line in lines):
        raise Unbalanced(opening, moved, closing)
    return Statement(_text(found, "Id")[:70], opening, closing, lines)


def _lines(entry: etree._Element, iban: str) -> Iterator[Told]:
    is_credit = _text(entry, "CdtDbtInd") == "CRDT"
    day = date.fromisoformat((_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm"))[:10])
    parts = entry.findall("{*}NtryDtls/{*}TxDtls")
    for one in parts or [entry]:
        amount = _text(one, "AmtDtls/TxAmt/Amt") or _text(one, "Amt") if len(parts) > 1 else _text(entry, "Amt")
        named = _text(one, "Refs/EndToEndId")
        yield Told(
            is_credit=is_credit,
            amount=_amount(amount),
            booked_on=day,
            reference=(_text(one, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef"))[:70],
            end_to_end_id="" if named == NOT_PROVIDED else named[:70],
            account=_other_side(one, is_credit, iban)[:34],
            reason=(_text(one, "RtrInf/AddtlInf") or _text(one, "RtrInf/Rsn/Cd") or _text(one, "RtrInf/Rsn/Prtry"))[
                :140
            ],
            is_return=is_credit and one.find("{*}RtrInf") is not None,
        )


def _other_side(found: etree._Element, is_credit: bool, iban: str) -> str:
    """Return the account that is not ours. A transfer that comes back keeps its roles: the one it was for is still
    the creditor, and we the debtor.
    """
    sides = ("DbtrAcct", "CdtrAcct") if is_credit else ("CdtrAcct", "DbtrAcct")
    for side in sides:
        account = _text(found, f"RltdPties/{side}/Id/IBAN") or _text(found, f"RltdPties/{side}/Id/Othr/Id")
        if account and account.replace(" ", "") not in (iban, iban[4:]):
            return account
    return ""


def _balance(found: etree._Element, *codes: str) -> Decimal:
    for one in found.findall("{*}Bal"):
        if _text(one, "Tp/CdOrPrtry/Cd") in codes:
            return _signed(one)
    raise NotAStatement(_("This statement does not say what stood on the account before and after."))


def _signed(found: etree._Element) -> Decimal:
    amount = _amount(_text(found, "Amt"))
    return amount if _text(found, "CdtDbtInd") == "CRDT" else -amount


def _amount(written: str) -> Decimal:
    amount = Decimal(written)
    if not 0 <= amount < MOST or amount != round(amount, 2):
        raise InvalidOperation
    return amount


def _status(entry: etree._Element) -> str:
    return _text(entry, "Sts/Cd") or _text(entry, "Sts") or "BOOK"


def _text(found: etree._Element, path: str) -> str:
    at = found.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return (at.text or "").strip() if at is not None else ""
