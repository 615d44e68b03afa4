"""What is reported once, within time and within what was bought; what an answer gives back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.complaints import operations, policies, queries
from fulfilment.complaints.models import Complaint, ComplaintLine, Decision
from fulfilment.payments import operations as payments
from fulfilment.payments.models import Refund
from tests.factories.catalogue import make_stockrecord
from tests.factories.complaints import report
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_staff
from tests.factories.withdrawals import FRANCE, make_delivered_order, make_honey, pay_for, serve_france

pytestmark = pytest.mark.django_db


def line_of(order, place=0):
    return order.lines.order_by("pk")[place]


def give_back(complaint, pieces=None, outcome="REFUND", by=None):
    chosen = pieces or {row.line_id: row.quantity for row in complaint.lines.all()}
    return operations.give_back(
        complaint_id=complaint.pk, outcome=outcome, pieces=chosen, answer="", now=timezone.now(), by=by
    )


def paid_order(pieces=3, price="100.00"):
    serve_france()
    return make_delivered_order((make_honey(price=price), pieces), **FRANCE)


def broken():
    checks = {name: check for name, check in registered().items() if name.startswith("complaints")}
    return [name for name, check in checks.items() if list(check())]


def test_a_report_keeps_what_was_said_and_pressing_twice_finds_it():
    order = make_delivered_order((make_honey(), 3))

    first, second = report(order, 2, words="Deux pots cassés"), report(order, 2)

    assert first == second == Complaint.objects.get()
    assert (first.reference, first.words, first.pieces) == (f"{order.number}-C1", "Deux pots cassés", 2)
    assert order.events.filter(kind="complaint_made", data__complaint=first.reference).count() == 1


def test_a_report_is_taken_until_the_end_of_the_last_day_and_not_a_second_longer(clock):
    order = make_delivered_order((make_honey(), 2))
    clock.move_to(queries.reported_until(order) - timedelta(seconds=1))
    report(order)

    clock.shift(timedelta(seconds=2))

    with pytest.raises(operations.NotReportable, match=policies.LATE):
        report(order, confirmation="key-2")


def test_no_piece_is_reported_twice_whatever_the_second_report_says():
    order = make_delivered_order((make_honey(), 3))
    report(order, 2)

    with pytest.raises(operations.MoreThanLeft) as refused:
        report(order, 2, fault="MISSING", confirmation="key-2")

    assert refused.value.left == 1
    assert report(order, 1, confirmation="key-2").number == 2
    with pytest.raises(operations.NotReportable, match=policies.NONE_LEFT):
        report(order, 1, confirmation="key-3")


def test_what_was_given_back_otherwise_is_not_reported_and_what_a_report_gave_back_counts_once():
    order = paid_order(4)
    payments.ask_refund(order_id=order.pk, quantities={line_of(order).pk: 1}, reason="GOODWILL", now=timezone.now())

    give_back(report(order, 2))

    with pytest.raises(operations.MoreThanLeft) as refused:
        report(order, 2, confirmation="key-2")
    assert refused.value.left == 1
    assert report(order, 1, confirmation="key-2").pieces == 1


def test_only_what_arrived_is_reported_and_only_of_its_own_order():
    order, other = make_delivered_order(), make_delivered_order()
    on_its_way = make_held_order((make_stockrecord(), 1))
    pay_for(on_its_way)
    move_to(open_parcels(on_its_way)[0], "HANDED_OVER")

    with pytest.raises(operations.NotReportable, match=policies.NOT_ARRIVED):
        report(on_its_way)
    with pytest.raises(operations.MoreThanLeft):
        report(order, faults={line_of(other).pk: operations.Fault("BROKEN", 1)})
    with pytest.raises(operations.NothingChosen):
        report(order, faults={line_of(order).pk: operations.Fault("BROKEN", 0)})
    assert not Complaint.objects.exists()


def test_the_database_refuses_another_orders_line_and_more_than_was_bought():
    order, other = make_delivered_order((make_honey(), 2)), make_delivered_order()
    report(order, 1)
    second = Complaint.objects.create(order=order, number=2, confirmation="x", reported_at=timezone.now())

    for line, pieces, said in [(line_of(other), 1, "is not of the order"), (line_of(order), 2, "are reported")]:
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            ComplaintLine.objects.create(complaint=second, line=line, fault="BROKEN", quantity=pieces)


@pytest.mark.parametrize("table", ["complaint", "complaintline", "complaintphoto", "decision"])
def test_rows_are_only_added(table):
    order = paid_order()
    give_back(report(order))

    for statement in (f"UPDATE complaints_{table} SET id = id", f"DELETE FROM complaints_{table}"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("outcome", "fault", "reason"),
    [
        ("REFUND", "BROKEN", "DAMAGED"),
        ("REFUND", "MISSING", "MISSING"),
        ("REFUND", "WRONG", "MISSING"),
        ("GOODWILL", "BROKEN", "GOODWILL"),
    ],
)
def test_an_answer_gives_back_the_price_of_the_pieces_for_its_reason(outcome, fault, reason):
    order = paid_order(3)

    decision = give_back(report(order, 2, fault=fault), outcome=outcome)

    refund = Refund.objects.get()
    each = line_of(order).unit_price_incl_tax
    assert (refund.amount, refund.currency, refund.reason, refund.state) == (each * 2, "EUR", reason, "DUE")
    assert (decision.refund, queries.with_all().get().standing) == (refund, decision)
    assert broken() == []


def test_an_answered_report_is_not_answered_again_and_more_than_reported_is_not_given_back():
    order = paid_order(3)
    complaint = report(order, 1)
    with pytest.raises(operations.MoreThanReported):
        give_back(complaint, {line_of(order).pk: 2})
    operations.reject(complaint_id=complaint.pk, rejection="AS_SOLD", answer="", now=timezone.now(), by=None)

    with pytest.raises(operations.Answered):
        give_back(complaint)
    assert not Refund.objects.exists()


def test_above_the_limit_the_money_waits_and_a_no_opens_the_report_again(settings):
    settings.REFUND_ALONE_UP_TO = dict.fromkeys(settings.REFUND_ALONE_UP_TO, Decimal(1))
    order, asked_by, second = paid_order(2), make_staff("support"), make_staff("finance")
    complaint = report(order, 1)

    first = give_back(complaint, by=asked_by)
    payments.decline_refund(refund_id=first.refund_id, by=second, now=timezone.now(), note="No photo")
    again = operations.reject(
        complaint_id=complaint.pk, rejection="NOT_SHOWN", answer="", now=timezone.now(), by=asked_by
    )

    assert Refund.objects.get().state == "DECLINED"
    assert (first.number, again.number) == (1, 2)
    assert queries.with_all().get().standing == again
    assert broken() == []


def test_the_database_lets_one_answer_stand():
    order = paid_order(2)
    complaint = report(order)
    give_back(complaint)

    with pytest.raises(IntegrityError, match="is answered"), transaction.atomic():
        Decision.objects.create(
            complaint=complaint, number=2, outcome="REJECTED", rejection="AS_SOLD", decided_at=timezone.now()
        )


def test_a_report_paid_in_cash_goes_back_by_transfer():
    order = make_delivered_order((make_honey(), 2))

    give_back(report(order))

    assert Refund.objects.get().way == "transfer"
