"""The demonstration's transfers: an order that waits for its own, and two lines that wait for a person."""

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.orders.models import Order
from fulfilment.payments.models import BankCredit
from storefront.demo.history.transfers import COMPANY, show
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.orders import open_deliveries, stock

pytestmark = pytest.mark.django_db


def shown():
    return (
        list(Order.objects.values_list("status", "payment_method", "invoice_party__ice")),
        sorted(BankCredit.objects.values_list("state", "why")),
    )


def test_an_order_and_two_lines_are_shown_once():
    open_deliveries()
    stock("150.00", in_stock=30)

    for _ in range(2):
        show(now=timezone.now())

    assert shown() == (
        [("PENDING_PAYMENT", "transfer", COMPANY.ice)],
        [("WAITING", "OTHER_AMOUNT"), ("WAITING", "UNKNOWN")],
    )
    assert [name for name, rows in violations() if rows] == []


def test_where_nothing_can_be_bought_one_line_is_left():
    make_stockrecord(price="150.00", in_stock=1)
    publish_prices()

    show(now=timezone.now())

    assert shown() == ([], [("WAITING", "UNKNOWN")])


@pytest.mark.catalogue_data
def test_the_catalogue_has_something_to_show():
    show(now=timezone.now())

    assert len(shown()[0]) == 1
