"""The nightly proof finds what an owner who switched the triggers off did to the rows."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.ledger import operations
from tests.support import servers

from .test_operations import fee

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = (
    "INSERT INTO ledger_entry (source, external_id, memo, order_number, legs, occurred_at, posted_at, booked_on,"
    " reverses_id) VALUES ('fee', 'x', '', '', 2, now(), now(), now()::date, {reverses})"
)
LINE = (
    "INSERT INTO ledger_line (entry_id, account_id, currency, amount_minor)"
    " SELECT max(e.id), min(a.id), 'MAD', 5 FROM ledger_entry e, ledger_account a"
)
TAMPERING = {
    "ledger: every entry adds up to nothing in each currency": (LINE,),
    "ledger: all accounts of a currency add up to nothing": (LINE,),
    "ledger: every entry has a source and all its lines, two at least": (ENTRY.format(reverses="NULL"),),
    "ledger: each line is in the currency of its account": (
        "ALTER TABLE ledger_line DROP CONSTRAINT ledger_line_in_its_account_s_currency",
        "UPDATE ledger_line SET currency = 'EUR'",
    ),
    "ledger: a reversal is the exact opposite of what it reverses, which is no reversal": (
        ENTRY.format(reverses="(SELECT max(id) FROM ledger_entry)"),
    ),
    "ledger: nothing counts in the books before it happened": ("UPDATE ledger_entry SET booked_on = booked_on - 1",),
}


@pytest.fixture
def booked():
    with transaction.atomic():
        operations.post(fee(), now=timezone.now())


def as_owner(*statements: str) -> None:
    _, owner = servers.accounts()
    with owner.open(connection.settings_dict["NAME"]) as opened:
        for statement in statements:
            opened.execute(statement)


def broken() -> list[str]:
    return [name for name, check in registered().items() if name.startswith("ledger: ") and list(check())]


def test_all_hold_for_an_entry_that_was_posted(booked):
    assert broken() == []


@pytest.mark.parametrize("name", TAMPERING)
def test_each_invariant_sees_what_was_done_without_the_triggers(booked, name):
    tables = ("ledger_entry", "ledger_line")
    as_owner(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
    as_owner(*TAMPERING[name])
    as_owner(*(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))

    assert name in broken()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_line DISABLE TRIGGER USER",
        "DROP TRIGGER ledger_entry_never_changes ON ledger_entry",
        "GRANT UPDATE ON ledger_line TO PUBLIC",
    ],
)
def test_rules_that_were_lifted_are_seen(booked, statement):
    as_owner(statement)

    assert broken() == ["ledger: the application's role can only read and add, and the triggers stand"]
