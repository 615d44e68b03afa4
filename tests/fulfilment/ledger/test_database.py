"""What the database itself refuses, asked by plain SQL, as the application and as the owner of the tables.

All these tests share one database of their own, in which rows stay: each names its rows by itself.
"""

import os
from collections.abc import Iterator
from itertools import count

import pytest
from psycopg import Connection, errors

from tests.support import databases, servers

DATABASE = f"test_{os.getpid()}_ledger"
NOW = "2026-11-20 12:00+00"


class Sql:
    """A connection of its own with words for the ledger's rows."""

    def __init__(self, opened: Connection, test: str) -> None:
        self.connection, self.test = opened, test

    def run(self, statement: str, *values: object) -> list[tuple]:
        cursor = self.connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def account(self, code: str, currency: str = "MAD") -> int:
        return self.run(
            "INSERT INTO ledger_account (code, currency, kind, name) VALUES (%s, %s, 'asset', '') RETURNING id",
            f"{code} {self.test}",
            currency,
        )[0][0]

    def entry(
        self, external_id: str, *lines: tuple[int, str, int], legs: int | None = None, reverses: int | None = None
    ):
        """Write an entry and its lines in one transaction; each line is account, currency, minor units."""
        with self.connection.transaction():
            entry = self.run(
                "INSERT INTO ledger_entry (source, external_id, memo, order_number, legs, occurred_at, posted_at,"
                " reverses_id) VALUES ('sale', %s, '', '', %s, %s, %s, %s) RETURNING id",
                external_id and f"{external_id} {self.test}",
                len(lines) if legs is None else legs,
                NOW,
                NOW,
                reverses,
            )[0][0]
            for account, currency, amount in lines:
                self.line(entry, account, currency, amount)
        return entry

    def add(self, entry: int, *lines: tuple[int, str, int]) -> None:
        with self.connection.transaction():
            for account, currency, amount in lines:
                self.line(entry, account, currency, amount)

    def line(self, entry: int, account: int, currency: str, amount: int) -> None:
        self.run(
            "INSERT INTO ledger_line (entry_id, account_id, currency, amount_minor) VALUES (%s, %s, %s, %s)",
            entry,
            account,
            currency,
            amount,
        )


tests = count(1)


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> Iterator[str]:
    databases.copy("empty", DATABASE)
    yield DATABASE
    databases.drop(DATABASE)


@pytest.fixture
def connections(database: str) -> Iterator[dict[str, Sql]]:
    """A connection as each role; both give the rows of one test the same names."""
    test = f"of test {next(tests)}"
    application, owner = servers.accounts()
    with application.open(database) as one, owner.open(database) as other:
        yield {"application": Sql(one, test), "owner": Sql(other, test)}


@pytest.fixture
def application(connections: dict[str, Sql]) -> Sql:
    return connections["application"]


@pytest.fixture
def owner(connections: dict[str, Sql]) -> Sql:
    return connections["owner"]


@pytest.fixture(params=["application", "owner"])
def anyone(request, connections: dict[str, Sql]) -> Sql:
    return connections[request.param]


@pytest.fixture
def bank(application):
    return application.account("bank")


@pytest.fixture
def fees(application):
    return application.account("fees")


@pytest.fixture
def euros(application):
    return application.account("bank", "EUR")


@pytest.fixture
def paid(application, bank, fees):
    """An entry that is right: 100 centimes from the bank to fees."""
    return application.entry("paid", (fees, "MAD", 100), (bank, "MAD", -100))


def entries(sql: Sql) -> int:
    return sql.run("SELECT count(*) FROM ledger_entry WHERE external_id LIKE %s", f"% {sql.test}")[0][0]


def lines(sql: Sql) -> int:
    return sql.run(
        "SELECT count(*) FROM ledger_line JOIN ledger_entry AS entry ON entry.id = entry_id WHERE external_id LIKE %s",
        f"% {sql.test}",
    )[0][0]


def test_a_balanced_entry_in_two_currencies_is_kept(anyone, bank, fees, euros):
    other = anyone.account("fees", "EUR")

    anyone.entry("e", (fees, "MAD", 100), (bank, "MAD", -100), (euros, "EUR", -7), (other, "EUR", 7))

    assert lines(anyone) == 4


def test_an_unbalanced_entry_is_refused(anyone, bank, fees):
    with pytest.raises(errors.CheckViolation, match="does not balance: MAD 1"):
        anyone.entry("e", (fees, "MAD", 100), (bank, "MAD", -99))

    assert entries(anyone) == 0


def test_dirhams_against_euros_are_refused(anyone, fees, euros):
    with pytest.raises(errors.CheckViolation, match="does not balance: EUR -100, MAD 100"):
        anyone.entry("e", (fees, "MAD", 100), (euros, "EUR", -100))


def test_one_leg_is_refused(anyone, bank):
    with pytest.raises(errors.CheckViolation, match="ledger_entry_two_legs"):
        anyone.entry("e", (bank, "MAD", 100))


def test_one_leg_that_says_two_is_refused(anyone, bank):
    with pytest.raises(errors.CheckViolation, match="has 1 lines and says 2"):
        anyone.entry("e", (bank, "MAD", 100), legs=2)


def test_an_entry_without_lines_is_refused(anyone):
    with pytest.raises(errors.CheckViolation, match="has 0 lines and says 2"):
        anyone.entry("e", legs=2)


def test_a_line_of_nothing_is_refused(anyone, bank, fees):
    with pytest.raises(errors.CheckViolation, match="ledger_line_not_nothing"):
        anyone.entry("e", (bank, "MAD", 0), (fees, "MAD", 0))


def test_an_entry_from_nowhere_is_refused(anyone, bank, fees):
    with pytest.raises(errors.CheckViolation, match="ledger_entry_has_source"):
        anyone.entry("", (bank, "MAD", 1), (fees, "MAD", -1))


def test_the_same_event_twice_is_refused(anyone, bank, fees, paid):
    with pytest.raises(errors.UniqueViolation, match="ledger_entry_once"):
        anyone.entry("paid", (fees, "MAD", 100), (bank, "MAD", -100))


def test_a_line_in_another_currency_than_its_account_is_refused(anyone, bank, fees):
    with pytest.raises(errors.ForeignKeyViolation, match="ledger_line_in_its_account_s_currency"):
        anyone.entry("e", (fees, "EUR", 100), (bank, "EUR", -100))


def test_lines_added_to_an_entry_that_stands_are_refused_even_when_they_balance(anyone, bank, fees, paid):
    with pytest.raises(errors.CheckViolation, match="has 4 lines and says 2"):
        anyone.add(paid, (fees, "MAD", 5), (bank, "MAD", -5))

    assert lines(anyone) == 2


def test_asking_early_finds_the_same_as_the_end_of_the_transaction(application, bank, fees):
    application.run("BEGIN")
    application.run("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(errors.CheckViolation, match="has 0 lines and says 2"):
        application.entry("e", (fees, "MAD", 100), (bank, "MAD", -100))


def test_the_exact_opposite_of_an_entry_is_kept(anyone, bank, fees, paid):
    anyone.entry("back", (bank, "MAD", 100), (fees, "MAD", -100), reverses=paid)

    assert entries(anyone) == 2


@pytest.mark.parametrize("amounts", [(99, -99), (-100, 100)])
def test_a_reversal_that_is_not_the_opposite_is_refused(anyone, bank, fees, paid, amounts):
    with pytest.raises(errors.CheckViolation, match="is not the opposite of"):
        anyone.entry("back", (bank, "MAD", amounts[0]), (fees, "MAD", amounts[1]), reverses=paid)


def test_a_reversal_of_more_lines_is_refused(anyone, bank, fees, paid):
    more = (bank, "MAD", 100), (fees, "MAD", -100), (bank, "MAD", 1), (fees, "MAD", -1)
    with pytest.raises(errors.CheckViolation, match="is not the opposite of"):
        anyone.entry("back", *more, reverses=paid)


def test_a_reversal_on_other_accounts_is_refused(anyone, application, bank, fees, paid):
    other = application.account("other")

    with pytest.raises(errors.CheckViolation, match="is not the opposite of"):
        anyone.entry("back", (other, "MAD", 100), (fees, "MAD", -100), reverses=paid)


def test_reversing_twice_is_refused(anyone, bank, fees, paid):
    anyone.entry("back", (bank, "MAD", 100), (fees, "MAD", -100), reverses=paid)

    with pytest.raises(errors.UniqueViolation):
        anyone.entry("again", (bank, "MAD", 100), (fees, "MAD", -100), reverses=paid)


def test_reversing_a_reversal_is_refused(anyone, bank, fees, paid):
    back = anyone.entry("back", (bank, "MAD", 100), (fees, "MAD", -100), reverses=paid)

    with pytest.raises(errors.CheckViolation, match="reverses a reversal"):
        anyone.entry("again", (fees, "MAD", 100), (bank, "MAD", -100), reverses=back)


CHANGES = [
    "UPDATE ledger_line SET amount_minor = amount_minor",
    "UPDATE ledger_entry SET memo = 'other'",
    "UPDATE ledger_account SET currency = 'EUR'",
    "DELETE FROM ledger_line",
    "DELETE FROM ledger_entry",
    "DELETE FROM ledger_account",
    "TRUNCATE ledger_line CASCADE",
    "TRUNCATE ledger_entry CASCADE",
    "TRUNCATE ledger_account CASCADE",
    "INSERT INTO ledger_account (code, currency, kind, name) VALUES ('bank', 'MAD', 'asset', '')"
    " ON CONFLICT (code, currency, cooperative_id) DO UPDATE SET kind = 'income'",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_changes_are_refused_to_the_application_by_its_rights(application, paid, statement):
    with pytest.raises(errors.InsufficientPrivilege, match="permission denied for table ledger_"):
        application.run(statement)


@pytest.mark.parametrize("statement", CHANGES)
def test_changes_are_refused_to_the_owner_by_triggers(owner, paid, statement):
    with pytest.raises(errors.RestrictViolation, match="only added to, never changed"):
        owner.run(statement)

    assert lines(owner) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_line DISABLE TRIGGER USER",
        "DROP TRIGGER ledger_line_never_changes ON ledger_line",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_cannot_lift_the_rules(application, paid, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        application.run(statement)


def test_the_application_cannot_give_itself_the_right_to_change(application, paid):
    application.run("GRANT UPDATE ON ledger_line TO CURRENT_USER")  # PostgreSQL warns and grants nothing

    with pytest.raises(errors.InsufficientPrivilege):
        application.run(CHANGES[0])
