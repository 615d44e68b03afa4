"""Workers and broker killed while people buy: everything comes to its end, and each message leaves once."""

from datetime import timedelta

import pytest

from fulfilment.jobs import policies, relay
from tests.support import chaos

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def hurried(monkeypatch):
    """A relay that looks for what was lost each half second."""
    monkeypatch.setattr(relay, "SWEEP_EVERY", 0.5)
    monkeypatch.setattr(policies, "RING_AGAIN_AFTER", timedelta(seconds=2))


def test_forty_orders_end_well_though_workers_and_broker_are_killed_in_between(broker, tmp_path, hurried):
    found = chaos.run(chaos.Chaos(orders=40, away=4, carried=8, limit=240), broker=broker, folder=tmp_path)

    assert found["jobs_waiting_when_back"] >= 20  # one at least for each order placed meanwhile
    assert (found["orders"], found["parcels_delivered"] > 0) == (40, True)


def test_twin_without_the_sweep_what_the_broker_forgot_is_never_done(broker, tmp_path, hurried, monkeypatch):
    monkeypatch.setattr(relay, "sweep", lambda now, doorbell: 0)

    with pytest.raises(chaos.NotFinal, match="the end did not come"):
        chaos.run(chaos.Chaos(orders=16, away=0, carried=16, limit=30), broker=broker, folder=tmp_path)
