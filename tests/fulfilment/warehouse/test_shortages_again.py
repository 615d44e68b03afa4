"""More goes missing after something was missing; and what one order's trouble does to others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.lots import operations as lots
from catalogue.lots.models import LotStock
from fulfilment.jobs.models import Job
from fulfilment.orders.allocating.models import Allocation
from fulfilment.payments.models import Refund
from fulfilment.warehouse.models import Consignment, Shortage
from fulfilment.warehouse.tasks import REPLACE_WITHDRAWN, look_at_shortages
from tests.factories.catalogue import make_stockrecord
from tests.factories.disputes import open_dispute
from tests.factories.lots import make_lot, make_place
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.shortages import ask_a_payer, make_paid, say_missing

pytestmark = pytest.mark.django_db


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def time_goes_by(clock, run_jobs):
    clock.shift(timedelta(hours=25))
    look_at_shortages()
    run_jobs()


def test_a_second_missing_piece_of_a_line_joins_the_question_that_is_open(clock):
    honey = make_stockrecord(in_stock=5)
    (parcel,) = open_parcels(make_held_order((honey, 5)))
    line = parcel.lines.get().order_line
    first = say_missing(line, 1)
    clock.shift(timedelta(hours=3))

    second = say_missing(line, 2)

    assert (second.pk, second.missing, second.outcome) == (first.pk, 3, "")
    assert second.answer_by > first.answer_by + timedelta(hours=2)
    assert broken() == []


def test_what_is_open_is_settled_when_another_place_has_the_whole_line():
    honey = make_stockrecord(in_stock=5)
    (parcel,) = open_parcels(make_held_order((honey, 5)))
    line = parcel.lines.get().order_line
    say_missing(line, 1)
    make_lot(honey, 5, place=make_place())

    shortage = say_missing(line, 1)

    assert (shortage.outcome, shortage.missing, Shortage.objects.count()) == ("other_place", 2, 1)
    assert broken() == []


def test_of_a_line_sent_without_a_piece_only_what_is_left_is_given_back(bank, run_jobs, clock):
    order, line, _shortage = ask_a_payer(bank, run_jobs)
    time_goes_by(clock, run_jobs)
    line.refresh_from_db()

    say_missing(line, 1)
    time_goes_by(clock, run_jobs)

    amounts = list(Refund.objects.order_by("pk").values_list("amount", flat=True))
    line = order.lines.get()
    assert amounts == [line.unit_price_incl_tax] * 2
    assert line.consignment_line.quantity == 1
    assert broken() == []


def test_when_the_rest_of_such_a_line_is_missing_too_the_order_is_called_off(bank, run_jobs, clock):
    order, line, _shortage = ask_a_payer(bank, run_jobs)
    time_goes_by(clock, run_jobs)

    say_missing(line, 2)
    run_jobs()

    order.refresh_from_db()
    assert order.status == "CANCELLED"
    assert sum(Refund.objects.values_list("amount", flat=True)) == order.total_incl_tax
    assert broken() == []


def test_such_a_line_moves_with_the_pieces_that_are_still_wanted(bank, run_jobs, clock):
    _order, line, _shortage = ask_a_payer(bank, run_jobs)
    time_goes_by(clock, run_jobs)
    make_lot(line.stockrecord, 2, place=make_place())
    line.refresh_from_db()

    shortage = say_missing(line, 1)

    held = Allocation.objects.filter(line=line, state="HELD").values_list("quantity", flat=True)
    assert (shortage.outcome, list(held)) == ("other_place", [2])
    assert broken() == []


def test_a_disputed_payment_keeps_no_other_order_waiting(bank, run_jobs, clock):
    disputed, _line, first = ask_a_payer(bank, run_jobs)
    open_dispute(bank, disputed.payment_attempts.get())
    cash = make_held_order((make_stockrecord(in_stock=2), 2), (make_stockrecord(in_stock=2), 2))
    second = say_missing(open_parcels(cash)[0].lines.get().order_line, 1)

    time_goes_by(clock, run_jobs)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.outcome, second.outcome) == ("left_out", "left_out")
    assert Refund.objects.get().state == "ASKED"
    assert broken() == []


def test_two_withdrawn_lots_of_one_line_are_made_up_for_once(run_jobs):
    honey = make_stockrecord(in_stock=2)
    make_lot(honey, 2)
    order = make_held_order((honey, 4))
    open_parcels(order)
    hub = make_lot(honey, 4, place=make_place())
    withdrawn = LotStock.objects.exclude(pk=hub.pk)

    for stock in withdrawn:
        lots.decide(lot=stock.lot, state="RECALLED", reason="authority", now=timezone.now())
    run_jobs()

    held = Allocation.objects.filter(line__order=order, state="HELD").values_list("stock", "quantity")
    assert list(held) == [(hub.pk, 4)]
    assert broken() == []


def test_one_line_that_is_gone_does_not_call_off_what_can_still_be_replaced(run_jobs):
    oil, honey = make_stockrecord(in_stock=2), make_stockrecord(in_stock=2)
    order = make_held_order((oil, 2), (honey, 2))
    for stock in LotStock.objects.all():
        lots.decide(lot=stock.lot, state="RECALLED", reason="authority", now=timezone.now())
    make_lot(honey, 2)

    open_parcels(order)
    run_jobs()

    order.refresh_from_db()
    assert order.status == "PREPARING"
    assert sorted(Shortage.objects.values_list("outcome", flat=True)) == ["", "other_lot"]
    assert broken() == []


def test_paid_orders_of_which_nothing_is_there_are_given_back_whole(bank, run_jobs):
    order, line = make_paid(bank, run_jobs)

    say_missing(line, 3)
    run_jobs()

    order.refresh_from_db()
    assert (order.status, Consignment.objects.get().state) == ("CANCELLED", "CANCELLED")
    assert Refund.objects.get().amount == order.total_incl_tax


def test_what_passed_its_date_while_its_parcel_stood_closed_is_replaced(clock, run_jobs):
    honey = make_stockrecord(in_stock=0)
    today = timezone.now().date()
    old = make_lot(honey, 5, best_before=today + timedelta(days=12))
    fresh = make_lot(honey, 5, best_before=today + timedelta(days=90))
    (parcel,) = open_parcels(make_held_order((honey, 3)))
    move_to(parcel, "PACKED")

    clock.shift(timedelta(days=12))
    look_at_shortages()
    look_at_shortages()
    run_jobs()

    parcel.refresh_from_db()
    kept = list(Allocation.objects.filter(state="HELD").values_list("stock", "quantity"))
    old.refresh_from_db()
    assert (parcel.state, kept, old.held) == ("OPEN", [(fresh.pk, 3)], 0)
    assert Job.objects.filter(task=REPLACE_WITHDRAWN).count() == 1
    assert broken() == []
