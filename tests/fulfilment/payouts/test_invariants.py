"""The nightly proof finds what an owner who switched the triggers off did to payouts."""

import psycopg
import pytest
from django.db import DatabaseError, transaction

from catalogue.kernel.invariants import registered
from fulfilment.payouts.models import PayoutLine
from tests.factories.payouts import deliver, pay_all
from tests.fulfilment.ledger.test_invariants import as_owner

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = ("payouts_payoutline", "payouts_payout")
ADDS_UP = "payouts: a payout, and what it deducts, is the sum of the legs it covers, all of its own cooperative"
REST = "ledger: what stands to be paid to each cooperative is what no payout covers, or only one not yet sent"
STAND = "payouts: what a payout covers and how a run went is kept, and the triggers stand"
TAMPERING = {
    "another amount": (("UPDATE payouts_payout SET amount_mad = amount_mad + 1",), {ADDS_UP}),
    "a leg less": (
        ("DELETE FROM payouts_payoutline WHERE id = (SELECT min(id) FROM payouts_payoutline)",),
        {ADDS_UP, REST},
    ),
    "another's leg": (
        (
            "UPDATE payouts_payoutline SET payout_id = (SELECT max(id) FROM payouts_payout)"
            " WHERE payout_id = (SELECT min(id) FROM payouts_payout)",
        ),
        {ADDS_UP},
    ),
}


@pytest.fixture
def paid():
    with transaction.atomic():
        deliver(method="card")
        pay_all()


def broken() -> set[str]:
    return {name for name, check in registered().items() if name in (ADDS_UP, REST, STAND) and list(check())}


def test_all_hold_for_what_was_paid(paid):
    assert broken() == set()


@pytest.mark.parametrize("what", TAMPERING)
def test_each_invariant_sees_what_was_done_without_the_triggers(paid, what):
    statements, seen = TAMPERING[what]
    as_owner(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES))
    as_owner(*statements)
    without = broken()
    as_owner(*(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES))

    assert (without, broken()) == (seen | {STAND}, seen)


def test_what_is_covered_is_never_changed_or_taken_away_by_the_application(paid):
    for change in (lambda: PayoutLine.objects.update(payout=1), lambda: PayoutLine.objects.all().delete()):
        with pytest.raises(DatabaseError, match=r"permission denied|never changes"):
            change()


def test_it_is_never_changed_by_the_owner_either(paid):
    with pytest.raises(psycopg.Error, match="never changes"):
        as_owner("DELETE FROM payouts_payoutline")
