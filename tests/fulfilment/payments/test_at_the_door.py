"""Paid at the door: what rounding and duty do to sales, parcel by parcel, and to what is given back."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.ledger import policies
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey, Refund, Source
from fulfilment.payments import frozen
from fulfilment.payments import operations as payments
from fulfilment.payments.models import CashCollected
from fulfilment.payments.queries import due_at_door
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.duties import make_duty, odd_order
from tests.factories.orders import open_deliveries
from tests.factories.parcels import move_to, open_parcels
from tests.factories.sales import make_order
from tests.fulfilment.ledger.policies.test_sales import balances

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def booked(*names):
    """Return what the sales of these names come to, account by account."""
    return balances(tuple(leg for name in names for leg in ledger.legs_of(ledger.find(Source.SALE, name))))


def broken():
    return [(name, rows) for name, rows in violations() if rows]


@pytest.mark.parametrize(
    ("borne_by", "total", "duty", "rounding"),
    [("office", "185.50", "0.46", "0.25"), ("buyer", "186.00", "0.46", "0.21")],
)
def test_a_delivered_order_books_exactly_what_was_collected(borne_by, total, duty, rounding, run_jobs):
    make_duty(borne_by)
    order = odd_order()
    run_jobs()

    first, second = Consignment.objects.order_by("pk")
    for parcel in (first, second):
        move_to(parcel, "DELIVERED")
    run_jobs()

    legs = booked(order.number, second.reference)
    centimes = int(D(duty) * 100)
    assert (order.total_incl_tax, order.at_the_door.rounding, order.at_the_door.stamp_duty) == (
        *(D(total), D(rounding), D(duty)),
    )
    assert legs["clearing.courier MAD"] == int(D(total) * 100)
    assert sum(CashCollected.objects.values_list("amount", flat=True)) == D(total)
    assert legs["expense.cash_rounding MAD"] == int(D(rounding) * 100)
    assert legs["tax.stamp MAD"] == -centimes
    assert legs.get("expense.stamp_duty MAD", 0) == (centimes if borne_by == "office" else 0)
    assert broken() == []


def test_the_cooperative_gets_the_same_whatever_is_asked_at_the_door(run_jobs):
    make_duty("office")
    order = odd_order()
    run_jobs()
    for parcel in Consignment.objects.all():
        move_to(parcel, "DELIVERED")
    run_jobs()

    owed = {line.partner_id: line.owed_mad for line in order.lines.all()}
    assert {pk: -ledger.balance_of(AccountKey("cooperatives.payable", "MAD", pk)) for pk in owed} == owed


def test_a_refused_order_books_nothing():
    make_duty("office")
    order = odd_order()

    for parcel in open_parcels(order):
        move_to(parcel, "HANDED_OVER")
        warehouse.refuse(consignment_id=parcel.pk, reason="changed_mind", by=None, now=timezone.now())

    order.refresh_from_db()
    assert (order.status, Entry.objects.count()) == ("REFUSED", 0)
    assert broken() == []


@pytest.mark.parametrize(("borne_by", "change"), [("office", "-0.25"), ("buyer", "0.25")])
@pytest.mark.parametrize("last_is_first", [False, True])
def test_the_parcel_accepted_first_carries_delivery_rounding_and_duty(borne_by, change, last_is_first):
    make_duty(borne_by)
    order = odd_order()
    goods = {line.partner_id: line.line_price_incl_tax for line in order.lines.all()}
    parcels = sorted(open_parcels(order), key=lambda parcel: parcel.pk, reverse=last_is_first)

    due = []
    for parcel in parcels:
        move_to(parcel, "HANDED_OVER")
        due.append(due_at_door(order, parcel.reference))
        move_to(parcel, "DELIVERED")

    first, second = (goods[parcel.origin.cooperative_id] for parcel in parcels)
    assert due == [first + order.shipping_incl_tax + D(change), second]
    assert [row.amount for row in CashCollected.objects.order_by("pk")] == due
    assert sum(due) == order.total_incl_tax
    of_first = booked(order.number)
    assert of_first["tax.stamp MAD"] == -46
    assert "tax.stamp MAD" not in booked(parcels[1].reference)
    assert broken() == []


def test_a_parcel_worth_no_more_than_the_rounding_leaves_it_to_the_next():
    small, large = make_stockrecord(price="0.50", farm_gate="0.10"), make_stockrecord(price="47.00", farm_gate="30.00")
    order = make_order((small, 1), (large, 1), total="47.00", cash_step=D("1.00"), cash_rounding=D("0.50"))
    parcels = {parcel.origin.cooperative_id: parcel.reference for parcel in open_parcels(order)}

    sales = [
        frozen.next_at_door(order, parcels[pk], delivery_paid=False) for pk in (small.partner_id, large.partner_id)
    ]

    assert [(sale.gross, carries) for sale, carries in sales] == [(D("0.50"), False), (D("46.50"), True)]


@pytest.mark.parametrize("borne_by", ["office", "buyer"])
def test_of_a_partly_refused_order_all_that_was_collected_can_be_given_back(borne_by):
    make_duty(borne_by)
    order = odd_order()
    kept, refused = open_parcels(order)
    for parcel in (kept, refused):
        move_to(parcel, "HANDED_OVER")
    warehouse.refuse(consignment_id=refused.pk, reason="changed_mind", by=None, now=timezone.now())
    move_to(kept, "DELIVERED")
    line = order.lines.get(partner=kept.origin.cooperative_id)

    refund = payments.ask_refund(
        order_id=order.pk, quantities={line.pk: 1}, delivery=True, reason="goodwill", now=timezone.now()
    )

    assert refund.amount == CashCollected.objects.get().amount
    assert ledger.balance_of(AccountKey("tax.stamp")) == 0
    assert ledger.balance_of(AccountKey("expense.cash_rounding")) == 0
    assert broken() == []


@pytest.mark.parametrize("borne_by", ["office", "buyer"])
def test_taking_everything_back_leaves_nothing_of_rounding_and_duty(borne_by):
    make_duty(borne_by)
    order = odd_order()
    sold = frozen.sale_of(order, frozen.lines_of([order])[order.pk], method="cash")

    legs = list(policies.sale(sold))
    for key in sold.whole:
        legs += policies.refund(sold, Refund({key: Fraction(1)}, method="transfer"))

    total = int(order.total_incl_tax * 100)
    assert balances(tuple(legs)) == {"clearing.courier MAD": total, "bank MAD": -total}


def test_a_cash_order_paid_by_card_in_the_end_bears_no_duty_of_the_office():
    make_duty("office")
    order = odd_order()

    sold = frozen.sale_of(order, frozen.lines_of([order])[order.pk], method="card")

    assert sold.gross == order.total_incl_tax
    assert "tax.stamp MAD" not in balances(policies.sale(sold))
