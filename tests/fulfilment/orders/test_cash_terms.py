"""Orders paid at the door: what is asked is worked out when they are placed, kept, booked, and given back."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from fulfilment.ledger import policies
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey, Refund, Source
from fulfilment.orders import operations as orders
from fulfilment.orders.models import CashTerms, Order
from fulfilment.orders.queries import breakdown_of, frozen_lines
from fulfilment.payments import frozen
from fulfilment.payments.models import PaymentAttempt
from fulfilment.warehouse.models import Consignment
from storefront.checkout import operations as checkout
from tests.factories.duties import end_duty, make_duty
from tests.factories.offers import make_offer
from tests.factories.orders import Guest, make_basket, make_wanted, open_deliveries, place_order, stock
from tests.factories.parcels import move_to, open_parcels
from tests.fulfilment.ledger.policies.test_sales import balances
from tests.fulfilment.orders.test_agreed_for_ever import sql

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def odd_order(method="cash", farm_gate="30.00"):
    """Place 120.00 + 47.50 less ten percent, with a delivery of 35.00: 185.75."""
    make_offer(percent="10")
    guest = Guest()
    guest.add(stock("120.00"))
    guest.add(stock("47.50", farm_gate=farm_gate))
    guest.place(payment=method)
    return Order.objects.get()


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def test_cash_is_rounded_down_and_frozen_beside_the_order():
    order = odd_order()

    terms = order.at_the_door
    assert (order.total_incl_tax, PaymentAttempt.objects.get().amount) == (D("185.50"), D("185.50"))
    assert (terms.step, terms.rounding, terms.stamp_duty) == (D("0.50"), D("0.25"), D("0.00"))
    assert breakdown_of(order, frozen_lines().filter(order=order)).total == D("185.50")
    assert broken() == []


def test_a_card_is_asked_to_the_centime():
    make_duty("buyer")

    order = odd_order("card")

    assert (order.total_incl_tax, order.at_the_door) == (D("185.75"), None)
    assert PaymentAttempt.objects.get().amount == D("185.75")
    assert broken() == []


@pytest.mark.parametrize(("step", "total"), [("0", "185.75"), ("1.00", "185.00")])
def test_the_step_is_a_setting(settings, step, total):
    settings.CASH_ROUNDING_MAD = D(step)

    order = odd_order()

    assert order.total_incl_tax == D(total)
    assert CashTerms.objects.exists() is (step != "0")
    assert broken() == []


def test_an_order_abroad_has_no_terms():
    make_duty("buyer")

    place_order(shopping=Shopping("EUR", "FR"))

    assert not CashTerms.objects.exists()


@pytest.mark.parametrize(
    ("borne_by", "total", "duty", "rounding"), [("office", "185.50", "0.46", "0.25"), ("buyer", "186.00", "0.46", "0.21")]
)
def test_a_delivered_order_books_exactly_what_was_collected(borne_by, total, duty, rounding, run_jobs):
    make_duty(borne_by)
    order = odd_order()
    run_jobs()

    for parcel in Consignment.objects.all():
        move_to(parcel, "DELIVERED")
    run_jobs()

    legs = balances(ledger.legs_of(ledger.find(Source.SALE, order.number)))
    centimes = int(D(duty) * 100)
    assert (order.total_incl_tax, order.at_the_door.rounding, order.at_the_door.stamp_duty) == (
        *(D(total), D(rounding), D(duty)),
    )
    assert legs["clearing.courier MAD"] == int(D(total) * 100)
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

    orders.advance(order_id=order.pk, status=Order.Status.REFUSED, now=timezone.now())

    assert Entry.objects.count() == 0
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


def test_a_duty_that_begins_between_page_and_placing_changes_the_terms():
    basket = make_basket((stock("121.00"), 1))
    wanted = make_wanted(basket)
    make_duty("buyer")

    with pytest.raises(orders.TermsChanged):
        checkout.place(basket_id=basket.pk, wanted=wanted, now=timezone.now())

    assert not Order.objects.exists()


def test_a_duty_of_the_office_changes_nothing_the_buyer_was_shown():
    basket = make_basket((stock("121.00"), 1))
    wanted = make_wanted(basket)
    make_duty("office")

    checkout.place(basket_id=basket.pk, wanted=wanted, now=timezone.now())

    assert CashTerms.objects.get().stamp_duty == D("0.39")


def test_an_older_order_keeps_its_duty():
    first_row = make_duty("buyer")
    first = place_order()
    end_duty(first_row)
    make_duty("office", rate_pct="1", since_days=0)

    second = place_order()

    assert [(row.duty_pct, row.borne_by, row.stamp_duty) for row in CashTerms.objects.order_by("order")] == [
        (D("0.25"), "buyer", D("0.39")),
        (D("1.00"), "office", D("1.55")),
    ]
    assert (first.total_incl_tax, second.total_incl_tax) == (D("155.00"), D("155.00"))
    assert broken() == []


@pytest.mark.parametrize("change", ["UPDATE order_cashterms SET rounding = 0.10", "DELETE FROM order_cashterms"])
def test_terms_stay_as_they_were_written(change):
    odd_order()

    with pytest.raises(IntegrityError, match="never changes"):
        sql(change)


def terms(order, **changes):
    values = {"step": "0.50", "rounding": 0, "duty_pct": 0, "stamp_duty": 0, "borne_by": "office"} | changes
    with transaction.atomic():
        return CashTerms.objects.create(order=order, **values)


@pytest.mark.parametrize(
    "changes",
    [
        {"stamp_duty": "0.10", "duty_pct": "0.25"},
        {"rounding": "0.50"},
        {"step": "0.20"},
        {"borne_by": "buyer", "duty_pct": "0.25", "stamp_duty": "0.01"},
        {"borne_by": "nobody"},
        {"stamp_duty": "0.10"},
    ],
)
def test_terms_that_do_not_make_the_total_are_refused_by_the_database(settings, changes):
    settings.CASH_ROUNDING_MAD = D(0)
    order = place_order()

    with pytest.raises(IntegrityError):
        terms(order, **changes)


def test_terms_are_of_orders_in_cash(settings):
    settings.CASH_ROUNDING_MAD = D(0)
    order = place_order(payment_method="card")

    with pytest.raises(IntegrityError, match="not paid at a door"):
        terms(order)


def test_a_total_that_coins_cannot_pay_is_refused(settings):
    settings.CASH_ROUNDING_MAD = D(0)
    order = odd_order()

    with pytest.raises(IntegrityError, match="do not make its total"):
        terms(order)


def test_an_order_whose_rounding_is_not_in_its_total_is_found(settings):
    settings.CASH_ROUNDING_MAD = D(0)
    order = place_order()

    terms(order, rounding="0.25")

    assert [name for name, _rows in broken()] == [
        "orders: the total is the lines and the delivery, in cash with the duty and rounded down",
        "orders: what each part of an order came to adds up to its total",
        "orders: what was asked at the door follows from the price and the rules of that day",
    ] or order.number in {number for _name, rows in broken() for number in rows}
