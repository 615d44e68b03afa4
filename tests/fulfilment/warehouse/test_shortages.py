"""Pieces that are not there: another lot, another place, the buyer's word, or left out with the money given back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.lots import operations as lots
from catalogue.lots.models import LotStock
from fulfilment.jobs.models import Job
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Line
from fulfilment.payments.models import Refund
from fulfilment.warehouse import operations
from fulfilment.warehouse.models import Consignment, Shortage
from fulfilment.warehouse.shortages import operations as shortages
from fulfilment.warehouse.shortages.policies import Choice
from fulfilment.warehouse.tasks import look_at_shortages
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot, make_place, set_stock
from tests.factories.parcels import make_held_order, open_parcels
from tests.factories.shortages import ask_a_payer, say_missing

pytestmark = pytest.mark.django_db


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def kept(line):
    line.refresh_from_db()
    rows = Allocation.objects.filter(line=line, state="HELD").order_by("pk")
    return [(row.stock_id, row.quantity) for row in rows]


@pytest.fixture
def honey():
    return make_stockrecord(in_stock=5)


def test_another_lot_of_the_same_place_makes_up_and_the_books_follow_the_shelf(honey):
    first = LotStock.objects.get()
    set_stock(honey, 3)
    other = make_lot(honey, 4)
    (parcel,) = open_parcels(make_held_order((honey, 3)))
    line = parcel.lines.get().order_line

    shortage = say_missing(line, 2)

    first.refresh_from_db()
    assert (shortage.outcome, kept(line)) == ("other_lot", [(first.pk, 1), (other.pk, 2)])
    assert (first.on_hand, first.held, line.num_allocated) == (1, 1, 3)
    assert broken() == []


@pytest.mark.parametrize("alone", [True, False])
def test_another_place_sends_the_whole_line_when_its_own_has_no_more(honey, alone):
    hub = make_lot(honey, 5, place=make_place())
    items = [(honey, 5)] if alone else [(honey, 5), (make_stockrecord(cooperative=honey.partner), 1)]
    (parcel,) = open_parcels(make_held_order(*items))
    line = parcel.lines.get(order_line__stockrecord=honey).order_line

    shortage = say_missing(line, 1, "damaged")

    line.refresh_from_db()
    moved = line.consignment_line.consignment
    parcel.refresh_from_db()
    assert (shortage.outcome, kept(line), moved.origin) == ("other_place", [(hub.pk, 5)], hub.place)
    assert (parcel.state, moved.state) == ("CANCELLED" if alone else "OPEN", "OPEN")
    assert broken() == []


def test_the_buyer_is_asked_when_nothing_else_is_there_and_the_parcel_waits(honey):
    (parcel,) = open_parcels(make_held_order((honey, 5)))
    line = parcel.lines.get().order_line

    shortage = say_missing(line, 1)

    assert (shortage.outcome, shortage.answer_by) == ("", shortage.found_at + timedelta(hours=24))
    with pytest.raises(operations.StillAsked):
        operations.pick(consignment_id=parcel.pk, by=None, now=timezone.now())
    assert broken() == []


def test_paid_by_card_the_rest_is_sent_and_the_missing_pieces_are_given_back(bank, run_jobs, clock):
    _order, line, shortage = ask_a_payer(bank, run_jobs)

    clock.shift(timedelta(hours=25))
    look_at_shortages()
    run_jobs()

    shortage.refresh_from_db()
    line = Line.objects.get(pk=line.pk)
    refund = Refund.objects.get()
    assert (shortage.outcome, shortage.by_buyer, refund.reason) == ("left_out", False, "MISSING")
    assert (refund.amount, line.consignment_line.quantity) == (line.unit_price_incl_tax, 2)
    operations.pick(consignment_id=shortage.consignment_id, by=None, now=timezone.now())
    assert broken() == []


def test_the_buyer_may_call_the_order_off_instead(bank, run_jobs):
    order, _line, shortage = ask_a_payer(bank, run_jobs)

    shortages.answer(shortage_id=shortage.pk, choice=Choice.CALL_OFF, now=timezone.now())
    with pytest.raises(shortages.Answered):
        shortages.answer(shortage_id=shortage.pk, choice=Choice.REST, now=timezone.now())
    run_jobs()

    order.refresh_from_db()
    shortage.refresh_from_db()
    assert (order.status, shortage.outcome, shortage.by_buyer) == ("CANCELLED", "called_off", True)
    assert Refund.objects.get().amount == order.total_incl_tax
    assert broken() == []


def test_paid_at_the_door_a_short_line_is_left_out_whole_and_not_asked_for(honey):
    oil = make_stockrecord(cooperative=honey.partner)
    (parcel,) = open_parcels(make_held_order((honey, 5), (oil, 1)))
    line = parcel.lines.get(order_line__stockrecord=honey).order_line
    shortage = say_missing(line, 1)

    shortages.answer(shortage_id=shortage.pk, choice=Choice.REST, now=timezone.now())

    states = sorted(Consignment.objects.values_list("state", flat=True))
    honey.refresh_from_db()
    assert (states, kept(line), honey.num_allocated, honey.num_in_stock) == (["OPEN", "SHORT"], [], 0, 4)
    assert broken() == []


def test_an_order_of_which_nothing_is_there_is_called_off_at_once(honey):
    order = make_held_order((honey, 5))
    (parcel,) = open_parcels(order)

    shortage = say_missing(parcel.lines.get().order_line, 5)

    order.refresh_from_db()
    assert (shortage.outcome, order.status, Shortage.objects.count()) == ("called_off", "CANCELLED", 1)
    assert broken() == []


def test_a_lot_withdrawn_from_a_packed_parcel_opens_it_again_with_other_pieces(honey, run_jobs):
    stock_of_lot = LotStock.objects.get()
    other = make_lot(honey, 5)
    (parcel,) = open_parcels(make_held_order((honey, 3)))
    line = parcel.lines.get().order_line
    for step in (operations.pick, operations.pack):
        step(consignment_id=parcel.pk, by=None, now=timezone.now())

    lots.decide(lot=stock_of_lot.lot, state="RECALLED", reason="authority", now=timezone.now())
    with pytest.raises(operations.NotToBeSent) as unfit:
        operations.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now())
    run_jobs()

    parcel.refresh_from_db()
    assert unfit.value.lots == [stock_of_lot.lot.number]
    assert (parcel.state, kept(line)) == ("OPEN", [(other.pk, 3)])
    assert Job.objects.filter(task="fulfilment.warehouse.replace_withdrawn").count() == 1
    assert broken() == []


def test_what_grew_old_after_it_was_sold_is_still_sent(honey):
    lot = LotStock.objects.get().lot
    (parcel,) = open_parcels(make_held_order((honey, 3)))

    lots.decide(lot=lot, state="BLOCKED", reason="too_old", now=timezone.now())
    for step in (operations.pick, operations.pack, operations.hand_over):
        step(consignment_id=parcel.pk, by=None, now=timezone.now())

    parcel.refresh_from_db()
    assert (parcel.state, Shortage.objects.count()) == ("HANDED_OVER", 0)
    assert broken() == []


@pytest.mark.parametrize("pieces", [0, 4])
def test_no_more_is_missing_than_is_kept(honey, pieces):
    (parcel,) = open_parcels(make_held_order((honey, 3)))

    with pytest.raises(shortages.NotKept):
        say_missing(parcel.lines.get().order_line, pieces)
