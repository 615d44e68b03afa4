"""Orders paid at the door: what is asked is worked out when they are placed, kept, booked, and given back."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.orders.queries import breakdown_of, frozen_lines
from fulfilment.payments.models import PaymentAttempt
from storefront.checkout import operations as checkout
from tests.factories.duties import end_duty, make_duty, odd_order
from tests.factories.orders import make_basket, make_wanted, open_deliveries, place_order, stock
from tests.factories.sales import make_order
from tests.fulfilment.orders.test_agreed_for_ever import sql

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def test_cash_is_rounded_down_and_frozen_beside_the_order():
    order = odd_order()

    door = order.at_the_door
    assert (order.total_incl_tax, PaymentAttempt.objects.get().amount) == (D("185.50"), D("185.50"))
    assert (door.price, door.rounding, door.stamp_duty) == (D("185.75"), D("0.25"), D("0.00"))
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
    assert (order.at_the_door is None) is (step == "0")
    assert broken() == []


def test_an_order_abroad_has_no_terms():
    make_duty("buyer")

    order = place_order(shopping=Shopping("EUR", "FR"))

    assert order.at_the_door is None


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

    assert Order.objects.get().stamp_duty == D("0.39")


def test_an_older_order_keeps_its_duty():
    first_row = make_duty("buyer")
    first = place_order()
    end_duty(first_row)
    make_duty("office", rate_pct="1", since_days=0)

    second = place_order()

    assert [(row.stamp_duty_pct, row.stamp_duty_borne_by, row.stamp_duty) for row in (first, second)] == [
        (D("0.25"), "buyer", D("0.39")),
        (D("1.00"), "office", D("1.55")),
    ]
    assert (first.total_incl_tax, second.total_incl_tax) == (D("155.00"), D("155.00"))
    assert broken() == []


@pytest.mark.parametrize("change", ["cash_rounding = 0.10", "cash_step = 1", "stamp_duty_borne_by = 'buyer'"])
def test_terms_stay_as_they_were_written(change):
    make_duty("office")
    odd_order()

    with pytest.raises(IntegrityError, match="never changes"):
        sql(f"UPDATE order_order SET {change}")


def made(**changes):
    """Make an order of 120.00 in cash, with these terms."""
    values = {name: D(value) if value[0].isdigit() else value for name, value in changes.items()}
    with transaction.atomic():
        return make_order(**values)


@pytest.mark.parametrize(
    "changes",
    [
        {"stamp_duty": "0.10", "stamp_duty_pct": "0.25", "stamp_duty_borne_by": "office"},
        {"cash_rounding": "0.50", "cash_step": "0.50"},
        {"cash_step": "0.20"},
        {"stamp_duty_borne_by": "buyer", "stamp_duty_pct": "0.25", "stamp_duty": "0.01"},
        {"stamp_duty_borne_by": "nobody", "stamp_duty_pct": "0.25", "stamp_duty": "0.30"},
        {"stamp_duty_pct": "0.25", "stamp_duty": "0.30"},
        {"stamp_duty": "0.10"},
        {"stamp_duty_borne_by": "office"},
    ],
)
def test_terms_that_do_not_make_the_total_are_refused_by_the_database(changes):
    with pytest.raises(IntegrityError):
        made(**changes)


@pytest.mark.parametrize("elsewhere", [{"method": "card"}, {"currency": "EUR", "destination": "FR"}])
def test_terms_are_of_orders_paid_at_a_door_in_morocco(elsewhere):
    with pytest.raises(IntegrityError, match="order_cash_terms_at_a_door"):
        made(cash_step="0.50", total="10.00", **elsewhere)


def test_a_total_that_coins_cannot_pay_is_refused():
    with pytest.raises(IntegrityError, match="do not make its total"):
        made(cash_step="0.50", total="120.25")


def test_an_order_whose_rounding_is_not_in_its_total_is_found():
    order = made(cash_step="0.50", cash_rounding="0.25")

    found = dict(broken())
    assert list(found["orders: the total is the lines and the delivery"]) == [order.number]
    assert list(found["orders: what each part of an order came to adds up to its total"]) == [order.number]
