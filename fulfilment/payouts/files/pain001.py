"""Transfers for the bank as ISO 20022 writes them (pain.001), checked against the standard's own schema."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from lxml import etree

from catalogue.kernel.identifiers import is_rib, rib_to_iban
from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import local
from fulfilment.payouts.models import Payout

from .latin import latin

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}"
URGENCY = "NURG"
"""Not urgent: the service level of a transfer in dirhams; SEPA's own is for euros."""

REMITTANCE = 140
"""How long a text with a transfer may be."""

BIC = {"03": "BIC", "09": "BICFI"}
VERSIONS = tuple(BIC)


class NotValid(ValueError):
    """The schema refuses what was written. The text names places and rules, never what stands in them."""


@dataclass(frozen=True)
class Debtor:
    """The office's account that is paid from."""

    name: str
    iban: str
    bic: str


def write(
    payouts: Sequence[Payout], *, message: str, debtor: Debtor, executes_on: date, made_at: datetime, version: str
) -> bytes:
    """Write transfers as one message. ``message`` names it: the bank takes each name once. Raises ``NotValid``."""
    total = f"{sum((payout.amount_mad for payout in payouts), ZERO):.2f}"
    space = NAMESPACE.format(version=version)
    document = etree.Element(f"{{{space}}}Document", nsmap={None: space})
    root = _add(document, "CstmrCdtTrfInitn")
    head = _add(root, "GrpHdr")
    _add(head, "MsgId", message)
    _add(head, "CreDtTm", f"{local(made_at):%Y-%m-%dT%H:%M:%S}")
    _add(head, "NbOfTxs", str(len(payouts)))
    _add(head, "CtrlSum", total)
    _add(head, "InitgPty/Nm", latin(debtor.name))
    payment = _add(root, "PmtInf")
    _add(payment, "PmtInfId", message)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "false")  # each with a line of its own on the statement
    _add(payment, "NbOfTxs", str(len(payouts)))
    _add(payment, "CtrlSum", total)
    _add(payment, "PmtTpInf/SvcLvl/Cd", URGENCY)
    _add(payment, "ReqdExctnDt" if version == "03" else "ReqdExctnDt/Dt", executes_on.isoformat())
    _add(payment, "Dbtr/Nm", latin(debtor.name))
    _add(payment, "DbtrAcct/Id/IBAN", debtor.iban)
    _add(payment, f"DbtrAgt/FinInstnId/{BIC[version]}", debtor.bic)
    for payout in payouts:
        _transfer(payment, payout)
    _check(document, version)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _transfer(payment: etree._Element, payout: Payout) -> None:
    one = _add(payment, "CdtTrfTxInf")
    _add(one, "PmtId/EndToEndId", payout.reference)
    _add(one, "Amt/InstdAmt", f"{payout.amount_mad:.2f}").set("Ccy", payout.currency)
    _add(one, "Cdtr/Nm", latin(payout.holder, empty=payout.reference))
    is_whole = is_rib(payout.rib)
    _add(one, "CdtrAcct/Id/IBAN" if is_whole else "CdtrAcct/Id/Othr/Id", _account(payout.rib))
    _add(one, "RmtInf/Ustrd", _remittance(payout))


def _remittance(payout: Payout) -> str:
    """Name the payout, and whom it is for where another receives it."""
    if not payout.is_for_member:
        return payout.reference
    member = payout.cooperative
    return latin(f"{payout.reference} {member.code} {member.name}", length=REMITTANCE)


def _account(rib: str) -> str:
    return rib_to_iban(rib) if is_rib(rib) else rib


def _add(parent: etree._Element, path: str, text: str | None = None) -> etree._Element:
    """Add an element under new elements of the path, all of the document's namespace."""
    space = etree.QName(parent).namespace
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{space}}}{name}")
    parent.text = text
    return parent


def _check(document: etree._Element, version: str) -> None:
    schema = _schema(version)
    if not schema.validate(document):
        raise NotValid("; ".join(f"{error.path} {error.type_name}" for error in schema.error_log))


@cache
def _schema(version: str) -> etree.XMLSchema:
    written = files("sepaxml") / "schemas" / f"pain.001.001.{version}.xsd"
    return etree.XMLSchema(etree.fromstring(written.read_bytes()))
