import pytest
from django.db import transaction
from django.dispatch import Signal

from catalogue.kernel import events


@pytest.fixture
def heard():
    signal, calls = Signal(), []

    def listen(sender, **ids):
        calls.append({name: value for name, value in ids.items() if name != "signal"})

    signal.connect(listen, weak=False)
    return signal, calls


@pytest.mark.django_db
def test_announce_sends_inside_the_transaction(heard):
    signal, calls = heard

    events.announce(signal, order_id=7)

    assert calls == [{"order_id": 7}]


@pytest.mark.django_db(transaction=True)
def test_announce_refuses_to_speak_outside_a_transaction(heard):
    signal, calls = heard

    with pytest.raises(events.OutsideTransaction):
        events.announce(signal, order_id=7)
    with transaction.atomic():
        events.announce(signal, order_id=8)

    assert calls == [{"order_id": 8}]


@pytest.mark.django_db
def test_a_receiver_that_fails_is_heard():
    signal = Signal()

    def fail(sender, **ids):
        raise LookupError

    signal.connect(fail)

    with pytest.raises(LookupError):
        events.announce(signal)
