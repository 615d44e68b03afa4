"""Two people count one parcel; a buyer answers while the rule decides."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.orders import operations as orders
from fulfilment.orders.operations import life
from fulfilment.warehouse import operations, parcels
from fulfilment.warehouse.models import PackingCheck
from fulfilment.warehouse.packing import operations as packing
from fulfilment.warehouse.packing.queries import items_of
from fulfilment.warehouse.shortages import operations as shortages
from fulfilment.warehouse.shortages.policies import Choice
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_staff
from tests.factories.shortages import say_missing
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


def without_locks(monkeypatch):
    unlock(monkeypatch, operations, parcels, life, meet=2)


@pytest.fixture
def picked():
    with transaction.atomic():
        return move_to(open_parcels(make_held_order((make_stockrecord(), 3)))[0], "PICKED")


def count_together(parcel):
    people = [make_staff("logistics"), make_staff("logistics")]
    counted = {item.line: item.quantity for item in items_of(parcel.pk)}
    return run_together(
        lambda number: packing.close_parcel(
            consignment_id=parcel.pk,
            counted=counted,
            weight_g=1400,
            boxes=1,
            by=people[number],
            now=timezone.now(),
        ),
        workers=2,
        expected=(packing.CheckedAlready, IntegrityError, orders.ImpossibleMove),
    )


def test_of_two_people_one_closes_the_parcel_and_the_other_is_told_who_did(picked):
    answers = count_together(picked)

    (told,) = [answer for answer in answers if isinstance(answer, packing.CheckedAlready)]
    assert told.check == PackingCheck.objects.get()
    assert picked.order.events.filter(kind="consignment_packed").count() == 1


def test_twin_without_the_locks_the_database_refuses_the_second_count(picked, monkeypatch):
    without_locks(monkeypatch)

    answers = count_together(picked)

    assert [answer for answer in answers if isinstance(answer, IntegrityError)]


@pytest.fixture
def asked():
    honey, oil = make_stockrecord(in_stock=2), make_stockrecord(in_stock=2)
    with transaction.atomic():
        first = open_parcels(make_held_order((honey, 2), (oil, 2)))[0]
        return say_missing(first.lines.get().order_line, 1)


def decide_together(shortage):
    def decide(number):
        if number:
            late = shortage.answer_by + timedelta(seconds=1)
            return shortages.answer_by_rule(shortage_id=shortage.pk, now=late)
        return shortages.answer(shortage_id=shortage.pk, choice=Choice.CALL_OFF, now=shortage.found_at)

    return run_together(decide, workers=2, expected=(shortages.Answered, IntegrityError, orders.ImpossibleMove))


def test_a_buyer_who_answers_while_the_rule_decides_is_heard_or_told(asked):
    answers = decide_together(asked)

    asked.refresh_from_db()
    heard = not isinstance(answers[0], shortages.Answered)
    assert heard == (not answers[1])
    assert asked.outcome == ("called_off" if heard else "left_out")


def test_twin_without_the_locks_both_decide(asked, monkeypatch):
    without_locks(monkeypatch)

    buyer, rule = decide_together(asked)

    assert not isinstance(buyer, shortages.Answered)
    assert rule is not False
