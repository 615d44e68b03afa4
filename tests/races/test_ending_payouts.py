"""Two who agree to one ending at once end it once; a statement that comes meanwhile is not overrun."""

import pytest
from django.db import DatabaseError, transaction

from fulfilment.ledger.models import Entry
from fulfilment.payouts import accounts, operations
from fulfilment.payouts.models import Payout
from fulfilment.payouts.operations import ending, settling
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft, send, submitter
from tests.factories.people import make_staff
from tests.factories.statements import camt053, paid
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (operations.EndingRefused, operations.NotUnderWay)


@pytest.fixture
def asked():
    """A transfer under way that was said not to have been carried out, and two who may agree."""
    with transaction.atomic():
        deliver((make_stockrecord(farm_gate="80.00"), 2), method="card")
    run = send(draft())
    said = {"reason": "refused", "paper": "pain.002", "by": submitter(), "now": run.run_at}
    found = operations.ask_not_carried_out(run_id=run.pk, **said)
    return run, found, [make_staff("finance"), make_staff("finance")]


def agree_together(asked, expected):
    run, found, people = asked
    return run_together(
        lambda number: operations.agree(ending_id=found.pk, by=people[number], now=run.run_at),
        workers=2,
        expected=expected,
    )


def test_two_who_agree_at_once_bring_it_back_once(asked):
    answers = agree_together(asked, REFUSED)

    assert sum(isinstance(answer, operations.EndingRefused) for answer in answers) == 1
    assert Entry.objects.filter(source="reversal").count() == 1


def test_twin_without_the_locks_only_the_database_stops_the_second(asked, monkeypatch):
    unlock(monkeypatch, settling, ending, accounts, meet=2)

    answers = agree_together(asked, DatabaseError)

    assert sum(isinstance(answer, DatabaseError) for answer in answers) == 1
    assert Entry.objects.filter(source="reversal").count() == 1


def test_a_statement_and_an_agreement_at_once_end_it_one_way(asked):
    run, found, people = asked
    content, by = camt053(paid(run.payouts.get())), submitter()
    parts = (
        lambda: operations.agree(ending_id=found.pk, by=people[0], now=run.run_at),
        lambda: operations.take_in(name="a.xml", content=content, by=by, now=run.run_at),
    )

    answers = run_together(lambda number: parts[number](), workers=2, expected=REFUSED)

    line = answers[1].lines.get()
    ended = {"SETTLED": ("SETTLED", ""), "RETURNED": ("HELD", "RETURNED")}
    assert (line.outcome, line.why) == ended[Payout.objects.get().state]
