"""Transfers as the bank takes them: valid by the standard's schema, in its letters, with nothing else in them."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from lxml import etree

from fulfilment.payouts.files import pain001
from fulfilment.payouts.files.latin import latin
from fulfilment.payouts.models import Payout
from tests.factories.banking import make_rib

DEBTOR = pain001.Debtor("Bilad Al Khair", "MA64999999000000000000202647", "DEMOMAM0")


def payout(**fields) -> Payout:
    values = {"reference": "PAY-20261130-W1-0001", "amount_mad": Decimal("160.00"), "rib": make_rib(1)}
    return Payout(**values | {"holder": "Coopérative Tiguemmi", "method": "bank_transfer"} | fields)


def write(*payouts: Payout, version: str = "09", **fields) -> etree._Element:
    values = {"message": "PAY-20261130-W1", "debtor": DEBTOR, "executes_on": date(2026, 12, 1)} | fields
    content = pain001.write(payouts or [payout()], made_at=timezone.now(), version=version, **values)
    return etree.fromstring(content)


def texts(found: etree._Element, name: str) -> list[str]:
    return [one.text for one in found.iter(f"{{*}}{name}")]


@pytest.mark.parametrize("version", pain001.VERSIONS)
def test_a_message_is_valid_in_each_version_and_adds_up(version):
    found = write(payout(), payout(reference="PAY-20261130-W1-0002", amount_mad=Decimal("0.05")), version=version)

    assert found.tag == f"{{urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}}}Document"
    assert (texts(found, "CtrlSum"), texts(found, "NbOfTxs")) == (["160.05"] * 2, ["2"] * 2)
    assert texts(found, "InstdAmt") == ["160.00", "0.05"]
    assert [one.get("Ccy") for one in found.iter("{*}InstdAmt")] == ["MAD", "MAD"]
    assert texts(found, "EndToEndId") == ["PAY-20261130-W1-0001", "PAY-20261130-W1-0002"]
    assert (texts(found, "MsgId"), texts(found, "Cd")) == (["PAY-20261130-W1"], ["NURG"])


def test_an_account_is_an_iban_of_its_rib_or_the_digits_themselves():
    found = write(payout(), payout(rib="0" * 24))

    assert texts(found, "IBAN") == [DEBTOR.iban, f"MA64{make_rib(1)}"]
    assert [one.getparent().find("{*}Id").text for one in found.iter("{*}Id") if one.text == "0" * 24] == ["0" * 24]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Coopérative Élargane & Fils", "Cooperative Elargane Fils"),
        ("Tissir – “Amal”", "Tissir - Amal"),
        ("//x<script>", "x script"),
        ("🐝", "-"),
        ("x" * 200, "x" * 70),
    ],
)
def test_names_are_written_in_the_letters_of_payments(typed, written):
    assert latin(typed) == written


def test_an_arabic_name_is_written_in_latin_letters():
    found = write(payout(holder="تعاونية أمل"))

    assert texts(found, "Nm")[-1].isascii()


@pytest.mark.parametrize("fields", [{"reference": "P" * 36}, {"amount_mad": Decimal("-1")}])
def test_what_the_schema_refuses_is_not_written_and_no_account_is_told(fields):
    with pytest.raises(pain001.NotValid) as refused:
        write(payout(**fields))

    assert make_rib(1) not in str(refused.value)
