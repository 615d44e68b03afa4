"""Declaring that goods go back, taking them in, accepting and rejecting."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from fulfilment.orders import signals
from fulfilment.orders.models import Line, Order
from fulfilment.orders.withdrawing import operations
from fulfilment.orders.withdrawing.models import Withdrawal, WithdrawalLine
from fulfilment.orders.withdrawing.queries import coming_back
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_person
from tests.factories.withdrawals import (
    FRANCE,
    declare,
    make_cheese,
    make_delivered_order,
    make_honey,
    read_offer,
    serve_france,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """What is announced about withdrawals."""
    told = []

    def listen(signal, **kwargs):
        told.append({name: value for name, value in kwargs.items() if name != "sender"})

    for signal in (signals.withdrawal_declared, signals.withdrawal_accepted, signals.withdrawal_rejected):
        signal.connect(listen)
    yield told
    for signal in (signals.withdrawal_declared, signals.withdrawal_accepted, signals.withdrawal_rejected):
        signal.disconnect(listen)


def lines_of(order):
    return list(order.lines.order_by("pk"))


def waiting():
    return set(Line.objects.filter(coming_back("pk")).values_list("pk", flat=True))


def test_a_declaration_keeps_who_what_and_when(heard):
    order = make_delivered_order()
    (honey,) = lines_of(order)

    withdrawal = declare(order, {honey.pk: 1}, name="سعاد")

    assert (withdrawal.reference, withdrawal.state) == (f"{order.number}-R1", "DECLARED")
    assert (withdrawal.declared_name, withdrawal.declared_at.date()) == ("سعاد", datetime(2026, 11, 20).date())
    assert list(withdrawal.lines.values_list("line", "quantity", "back")) == [(honey.pk, 1, None)]
    assert heard == [{"order_id": order.pk, "withdrawal_id": withdrawal.pk}]
    assert order.events.filter(kind="withdrawal_declared", data={"withdrawal": withdrawal.reference}).count() == 1
    assert waiting() == {honey.pk}


def test_the_same_confirmation_twice_is_one_withdrawal(heard):
    order = make_delivered_order()

    first, second = declare(order, confirmation="a"), declare(order, {1: 99}, confirmation="a")

    assert first == second
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("fields", "last"),
    [({}, datetime(2026, 11, 27, 23, 59, 59, tzinfo=UTC)), (FRANCE, datetime(2026, 12, 4, 23, 59, 59, tzinfo=UTC))],
    ids=["home", "EU"],
)
def test_the_last_second_is_in_time_and_the_next_too_late(fields, last):
    serve_france()
    order = make_delivered_order((make_honey(), 2), **fields)
    (honey,) = lines_of(order)

    declare(order, {honey.pk: 1}, now=last, confirmation="in time")
    with pytest.raises(operations.LineRefused) as refusal:
        declare(order, {honey.pk: 1}, now=last + timedelta(seconds=1), confirmation="late")

    assert refusal.value.item.refused == "late"
    assert refusal.value.item.ends_at == last + timedelta(seconds=1)


def test_what_spoils_quickly_is_not_sent_back():
    order = make_delivered_order((make_cheese(), 1), (make_honey(), 1))
    cheese, honey = lines_of(order)

    with pytest.raises(operations.LineRefused) as refusal:
        declare(order, {cheese.pk: 1, honey.pk: 1})

    assert (refusal.value.item.refused, refusal.value.item.period.excluded) == ("excluded", "spoils")
    assert [item.line.pk for item in read_offer(order).open_items] == [honey.pk]
    assert not Withdrawal.objects.exists()


def test_no_more_than_was_bought_counting_what_was_declared_before():
    order = make_delivered_order((make_honey(), 3))
    (honey,) = lines_of(order)
    declare(order, {honey.pk: 2}, confirmation="a")

    with pytest.raises(operations.MoreThanBought) as refusal:
        declare(order, {honey.pk: 2}, confirmation="b")

    assert refusal.value.item.left == 1


def test_pieces_of_a_withdrawal_that_came_to_nothing_may_be_declared_again():
    order = make_delivered_order()
    operations.call_off(withdrawal_id=declare(order, confirmation="a").pk, now=timezone.now())
    second = declare(order, confirmation="b")
    operations.reject(withdrawal_id=second.pk, rejection="NOT_SENT", now=timezone.now(), by=None)

    third = declare(order, confirmation="c")

    assert (third.reference, third.pieces) == (f"{order.number}-R3", 2)


def test_nothing_and_what_is_not_there_is_refused():
    order, other = make_delivered_order(), make_delivered_order((make_stockrecord(), 1))

    with pytest.raises(operations.NothingChosen):
        declare(order, {lines_of(order)[0].pk: 0})
    with pytest.raises(operations.NotOfThisOrder):
        declare(order, {lines_of(other)[0].pk: 1})
    with pytest.raises(Order.DoesNotExist):
        operations.declare(order_id=0, pieces={}, name="x", confirmation="x", now=timezone.now())


@pytest.mark.parametrize(
    ("method", "status", "parcels", "way"),
    [
        ("cash", "CONFIRMED", "", "cancel"),
        ("cash", "PREPARING", "PICKED", "cancel"),
        ("cash", "PREPARING", "PACKED", "at_the_door"),
        ("cash", "SHIPPED", "HANDED_OVER", "at_the_door"),
        ("card", "PENDING_PAYMENT", "", "cancel"),
        ("card", "PAID", "", "cancel"),
        ("card", "PREPARING", "PACKED", "open"),
        ("card", "SHIPPED", "HANDED_OVER", "open"),
        ("card", "EXPIRED", "", "nothing"),
        ("cash", "CANCELLED", "", "nothing"),
        ("cash", "REFUSED", "", "nothing"),
    ],
)
def test_before_it_arrives_the_way_out_depends_on_how_far_it_is_and_how_it_is_paid(method, status, parcels, way):
    first = "CONFIRMED" if method == "cash" else "PAID"
    order = make_held_order((make_honey(), 1), method=method, status=first if parcels else status)
    if parcels:
        for parcel in open_parcels(order):
            move_to(parcel, parcels)

    offer = read_offer(order)

    assert (Order.objects.get(pk=order.pk).status, offer.way, offer.ends_at) == (status, way, None)
    if way == "open":
        assert declare(order).state == "DECLARED"
    else:
        with pytest.raises(operations.NotWithdrawable) as refusal:
            declare(order, {lines_of(order)[0].pk: 1})
        assert refusal.value.way == way


def test_the_period_begins_with_the_last_parcel(clock):
    order = make_held_order((make_honey(), 1), (make_honey(), 1))
    first, second = open_parcels(order)
    move_to(first, "DELIVERED")
    clock.shift(timedelta(days=3))
    move_to(second, "DELIVERED")

    assert read_offer(order).ends_at == datetime(2026, 12, 1, tzinfo=UTC)  # Monday the 23rd and seven days


def test_accepting_says_what_is_back_and_whether_the_delivery_goes_back(heard):
    order, clerk = make_delivered_order((make_honey(), 2), (make_stockrecord(), 1)), make_person()
    honey, argan = lines_of(order)
    withdrawal = declare(order)
    operations.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=clerk)

    operations.accept(withdrawal_id=withdrawal.pk, back={honey.pk: 2, argan.pk: 1}, now=timezone.now(), by=clerk)

    assert heard[1:] == [
        {
            "order_id": order.pk,
            "withdrawal_id": withdrawal.pk,
            "quantities": {honey.pk: 2, argan.pk: 1},
            "delivery": True,
            "by": clerk,
        }
    ]
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.delivery, withdrawal.handled_by) == ("ACCEPTED", True, clerk)
    assert waiting() == set()


def test_pieces_that_did_not_come_back_are_not_paid_for_and_may_be_sent_later(heard):
    order = make_delivered_order((make_honey(), 2))
    (honey,) = lines_of(order)
    withdrawal = declare(order)
    operations.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=None)

    operations.accept(withdrawal_id=withdrawal.pk, back={honey.pk: 1}, now=timezone.now(), by=None)

    assert (heard[1]["quantities"], heard[1]["delivery"]) == ({honey.pk: 1}, False)
    assert read_offer(order).item(honey.pk).left == 1


def test_the_delivery_goes_back_with_the_last_of_several_withdrawals(heard):
    order = make_delivered_order((make_honey(), 2))
    (honey,) = lines_of(order)
    for confirmation in ("a", "b"):
        withdrawal = declare(order, {honey.pk: 1}, confirmation=confirmation)
        operations.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=None)
        operations.accept(withdrawal_id=withdrawal.pk, back={honey.pk: 1}, now=timezone.now(), by=None)

    assert [told["delivery"] for told in heard if "delivery" in told] == [False, True]


def test_with_something_kept_the_delivery_stays_paid(heard):
    order = make_delivered_order((make_cheese(), 1), (make_honey(), 1))
    withdrawal = declare(order)
    operations.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=None)
    operations.accept(withdrawal_id=withdrawal.pk, back={lines_of(order)[1].pk: 1}, now=timezone.now(), by=None)

    assert heard[1]["delivery"] is False


def test_steps_twice_change_nothing_and_steps_out_of_order_are_refused(heard):
    order = make_delivered_order((make_honey(), 2))
    (honey,) = lines_of(order)
    withdrawal = declare(order)
    step = {"withdrawal_id": withdrawal.pk, "now": timezone.now(), "by": None}

    with pytest.raises(operations.NotInState):
        operations.accept(back={honey.pk: 1}, **step)
    operations.take_back(**step)
    operations.take_back(**step)
    with pytest.raises(operations.NothingBack):
        operations.accept(back={honey.pk: 0}, **step)
    with pytest.raises(operations.MoreBackThanDeclared):
        operations.accept(back={honey.pk: 3}, **step)
    with pytest.raises(operations.NotOfThisOrder):
        operations.accept(back={0: 1}, **step)
    with pytest.raises(operations.NotInState):
        operations.call_off(**step)
    operations.accept(back={honey.pk: 1}, **step)
    operations.accept(back={honey.pk: 2}, **step)
    with pytest.raises(operations.NotInState):
        operations.reject(rejection="USED", **step)
    with pytest.raises(operations.NotInState):
        operations.take_back(**step)

    assert WithdrawalLine.objects.get().back == 1
    assert len(heard) == 2


def test_rejecting_tells_the_reason_once(heard):
    order = make_delivered_order()
    withdrawal = declare(order)
    for _ in range(2):
        operations.reject(withdrawal_id=withdrawal.pk, rejection="OPENED", note="Two jars", now=timezone.now(), by=None)

    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.rejection, withdrawal.note) == ("REJECTED", "OPENED", "Two jars")
    assert heard[1:] == [{"order_id": order.pk, "withdrawal_id": withdrawal.pk}]


def test_an_accepted_withdrawal_is_undone_when_giving_the_money_back_fails(heard):
    order = make_delivered_order()
    withdrawal = declare(order)
    operations.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=None)

    def refuse(**kwargs):
        raise ValueError

    signals.withdrawal_accepted.connect(refuse)
    try:
        with pytest.raises(ValueError):
            operations.accept(withdrawal_id=withdrawal.pk, back={lines_of(order)[0].pk: 2}, now=timezone.now(), by=None)
    finally:
        signals.withdrawal_accepted.disconnect(refuse)

    withdrawal.refresh_from_db()
    assert withdrawal.state == "RECEIVED"


SQL = {
    "the name": "UPDATE order_withdrawal SET declared_name = 'Somebody'",
    "the time": "UPDATE order_withdrawal SET declared_at = declared_at - interval '9 days'",
    "pieces": "UPDATE order_withdrawalline SET quantity = 1",
    "its end": "UPDATE order_withdrawal SET state = 'DECLARED', ended_at = NULL, rejection = ''",
    "lines": "DELETE FROM order_withdrawalline",
    "all of it": "DELETE FROM order_withdrawal",
}


@pytest.mark.parametrize("change", SQL.values(), ids=SQL)
def test_what_was_declared_and_how_it_ended_stays(change):
    withdrawal = declare(make_delivered_order())
    operations.reject(withdrawal_id=withdrawal.pk, rejection="USED", now=timezone.now(), by=None)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_what_came_back_is_written_once():
    order = make_delivered_order()
    withdrawal = declare(order)
    operations.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=None)
    operations.accept(withdrawal_id=withdrawal.pk, back={lines_of(order)[0].pk: 1}, now=timezone.now(), by=None)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        WithdrawalLine.objects.update(back=2)


def test_the_database_itself_refuses_more_than_bought_and_lines_of_another_order():
    order, other = make_delivered_order(), make_delivered_order((make_stockrecord(), 1))
    withdrawal = declare(order)
    row = {"order": order, "number": 2, "confirmation": "b", "declared_name": "x", "declared_at": timezone.now()}
    second = Withdrawal.objects.create(**row)

    with pytest.raises(IntegrityError, match="are withdrawn and 2 were bought"), transaction.atomic():
        WithdrawalLine.objects.create(withdrawal=second, line=lines_of(order)[0], quantity=1)
    with pytest.raises(IntegrityError, match="not of the order"), transaction.atomic():
        WithdrawalLine.objects.create(withdrawal=withdrawal, line=lines_of(other)[0], quantity=1)
