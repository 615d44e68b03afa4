"""The bank's statements follow one another: a missing one is told until it is there."""

from decimal import Decimal

import pytest

from fulfilment.payouts import continuity, open_ends, operations
from fulfilment.payouts.models import BankFile
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft, later, send, submitter
from tests.factories.statements import Moved, camt053, paid, table

pytestmark = pytest.mark.django_db


def take_in(opening: str, *amounts: str, day: str, write=camt053) -> BankFile:
    content = write(*(Moved(Decimal(amount), day=day) for amount in amounts), opening=opening)
    return operations.take_in(name="statement", content=content, by=submitter(), now=later())


@pytest.mark.parametrize("write", [camt053, table])
def test_a_missing_statement_is_told_until_it_is_taken_in(write):
    take_in("100.00", "50.00", day="2026-11-16", write=write)
    third = take_in("170.00", "-20.00", day="2026-11-18", write=write)
    told = list(continuity.after_a_gap())

    take_in("150.00", "20.00", day="2026-11-17", write=write)

    assert (told, list(continuity.after_a_gap())) == ([third], [])


def test_the_first_statement_of_an_account_follows_nothing_whenever_it_is_taken_in():
    second = take_in("150.00", "20.00", day="2026-11-17")
    before = continuity.follows_a_gap(second)

    first = take_in("100.00", "50.00", day="2026-11-16")

    assert (before, continuity.follows_a_gap(first), continuity.follows_a_gap(second)) == (False, False, False)


def test_a_missing_statement_is_an_open_end_with_its_day():
    take_in("100.00", "50.00", day="2026-11-16")
    take_in("170.00", "-20.00", day="2026-11-18")

    assert [str(file.since) for file in open_ends.missing_statements(later())] == ["2026-11-18"]


def test_what_the_ledger_has_on_a_statements_last_day_is_read_beside_it():
    deliver((make_stockrecord(farm_gate="80.00"), 2), method="card")
    payout = send(draft()).payouts.select_related("run").get()
    day = payout.run.executes_on
    content = camt053(paid(payout, day=f"{day}"))
    file = operations.take_in(name="a", content=content, by=submitter(), now=later())

    assert (file.first_day, file.last_day) == (day, day)
    assert continuity.in_the_books(file) == Decimal("-160.00")
