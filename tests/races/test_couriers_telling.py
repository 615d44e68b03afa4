"""One thing told by a courier's machine and by its file at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.tracking import operations
from fulfilment.tracking.gateways import base, files, webhook
from fulfilment.tracking.models import TrackingEvent
from fulfilment.tracking.operations import applying
from fulfilment.warehouse import parcels
from tests.factories.couriers import carried_by, look, make_courier, told
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def parcel():
    with transaction.atomic():
        return carried_by(make_courier())


def tell_both_ways(parcel):
    """Tell that nobody was there, two hours ago, by both ways and have it looked at, all at once."""
    at = timezone.now().replace(microsecond=0) - timedelta(hours=2)
    body = f'{{"events": [{{"parcel": "{parcel.reference}", "status": "unreachable", "at": "{at.isoformat()}"}}]}}'
    table = f"parcel,status,date\n{parcel.reference},UNREACHABLE,{at.isoformat()}\n"
    courier = parcel.courier_id

    def tell(number):
        now = timezone.now()
        if number:
            operations.take_in_file(courier_id=courier, name="day.csv", content=table.encode(), by=None, now=now)
        else:
            said = webhook.read_events(body.encode(), now=now)
            operations.take_in(courier_id=courier, told=said, source="webhook", now=now)
        operations.apply_parcel(courier_id=courier, parcel=parcel.reference, now=timezone.now())

    run_together(tell, workers=2)
    look(parcel.courier, told(parcel, ""))


def test_what_is_told_by_webhook_and_file_at_once_is_kept_and_counted_once(parcel):
    tell_both_ways(parcel)

    assert TrackingEvent.objects.get().outcome == "APPLIED"
    assert parcel.delivery_attempts.count() == 1


def test_twin_without_a_name_of_its_own_it_is_kept_twice(parcel, monkeypatch):
    numbers = iter("ab")
    for module in (webhook, files):
        monkeypatch.setattr(module, "key_of", lambda *said: base.key_of(*said) + next(numbers))

    tell_both_ways(parcel)

    assert TrackingEvent.objects.count() == 2


def two_absences(parcel, expected=()):
    """Keep two absences of different days; two workers look at them at once."""
    said = [told(parcel, "unreachable", ago=timedelta(days=days)) for days in (2, 1)]
    operations.take_in(courier_id=parcel.courier_id, told=said, source="webhook", now=timezone.now())
    return run_together(
        lambda: operations.apply_parcel(courier_id=parcel.courier_id, parcel=parcel.reference, now=timezone.now()),
        workers=2,
        expected=expected,
    )


def test_of_two_workers_one_takes_up_what_waits(parcel):
    assert sorted(two_absences(parcel)) == [0, 2]

    assert list(TrackingEvent.objects.values_list("outcome", flat=True)) == ["APPLIED"] * 2
    assert parcel.delivery_attempts.count() == 2


def test_twin_without_the_locks_both_take_it_up_and_the_database_refuses_the_second(parcel, monkeypatch):
    unlock(monkeypatch, applying, parcels, meet=2)

    assert [type(answer) for answer in two_absences(parcel, IntegrityError)].count(IntegrityError) == 1
