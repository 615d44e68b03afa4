"""Two payouts of one run that end at once end it once; without the run's lock each waits for the other for ever."""

import contextlib
import threading

import pytest
from django.db import OperationalError, transaction

from catalogue.cooperatives.models import Partner
from fulfilment.payouts import operations
from fulfilment.payouts.models import Payout, PayoutRun
from fulfilment.payouts.operations import settling
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft, send, submitter
from tests.factories.statements import camt053, paid
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent():
    """A run with a transfer and with cash to be fetched, both under way."""
    with transaction.atomic():
        oil, honey = make_stockrecord(farm_gate="80.00"), make_stockrecord(farm_gate="30.00")
        Partner.objects.filter(pk=honey.partner_id).update(payout_method="cash_at_agency")
        deliver((oil, 2), (honey, 1), method="card")
    return send(draft())


@pytest.fixture
def meet(monkeypatch):
    """Hold each step between its payout and its run until both are there, or two seconds."""
    barrier = threading.Barrier(2)
    close_runs = settling.close_runs

    def wait(*args, **kwargs):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=2)
        return close_runs(*args, **kwargs)

    monkeypatch.setattr(settling, "close_runs", wait)


def end_together(run, expected=()):
    transfer, cash = run.payouts.get(method="bank_transfer"), run.payouts.get(method="cash_at_agency")
    by, content = submitter(), camt053(paid(transfer))
    parts = (
        lambda: operations.take_in(name="statement.xml", content=content, by=by, now=run.run_at),
        lambda: operations.settle_by_hand(payout_id=cash.pk, proof="receipt", by=by, now=run.run_at),
    )
    return run_together(lambda number: parts[number](), workers=2, expected=expected)


def test_a_statement_and_cash_of_one_run_at_once_end_it(sent, meet):
    end_together(sent)

    assert set(Payout.objects.values_list("state", flat=True)) == {"SETTLED"}
    assert PayoutRun.objects.get().state == "CLOSED"
    assert sent.events.filter(kind="closed").count() == 1


def test_twin_without_the_runs_lock_one_of_them_is_thrown_out(sent, meet, monkeypatch):
    monkeypatch.setattr(settling, "lock_runs", lambda ids: None)

    answers = end_together(sent, expected=OperationalError)

    assert sum("deadlock" in str(answer) for answer in answers) == 1
    assert PayoutRun.objects.get().state == "EXPORTED"
