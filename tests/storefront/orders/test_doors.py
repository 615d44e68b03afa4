"""What the buyer reads of an order in cash of which some parcel was not taken at the door."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext, override

from catalogue.kernel import formats
from fulfilment.orders.links import key_for, recipient_key_for
from fulfilment.orders.models import Order
from fulfilment.orders.policies import Recipient
from fulfilment.payments.models import CashCollected
from fulfilment.warehouse import operations as warehouse
from tests.factories.duties import make_duty, odd_order
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to, open_parcels
from tests.factories.people import make_person, make_staff, sign_in
from tests.support.breakdowns import amounts

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def two():
    """An order of 185.75 with the delivery, 186.00 in cash, whose two parcels are at the door."""
    open_deliveries()
    make_duty("buyer")
    order = odd_order()
    return order, *(move_to(parcel, "HANDED_OVER") for parcel in open_parcels(order))


def refuse(parcel):
    warehouse.refuse(consignment_id=parcel.pk, reason="changed_mind", by=None, now=timezone.now())


def answers(order, language="fr"):
    browser = Client()
    return [
        browser.get(f"/{language}/orders/{order.number}/{end}?k={key_for(order.number)}") for end in ("", "receipt/")
    ]


def pages(order, language="fr"):
    return [answer.content.decode() for answer in answers(order, language)]


def money(amount, language="fr"):
    return formats.money(D(amount), "MAD", language)


def row(page, msgid, language="fr"):
    """Return the amount beside a word of the sum; nothing where it is not there."""
    with override(language):
        found = re.search(rf"<dt>{re.escape(gettext(msgid))}</dt><dd>(.*?)</dd>", page)
    return re.sub("<[^>]+>", "", found[1]) if found else None


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_page_and_receipt_say_what_was_not_taken_and_what_was_paid(two, language):
    order, first, second = two
    refuse(first)
    move_to(second, "DELIVERED")
    refused = order.lines.get(partner=first.origin.cooperative_id)
    paid = CashCollected.objects.get().amount

    for answer in answers(order, language):
        page = answer.content.decode()
        assert row(page, "Not taken at the door", language) == money(-refused.line_price_incl_tax, language)
        assert row(page, "Total", language) == row(page, "Paid at the door", language) == money(paid, language)
        assert row(page, "Still to pay at the door", language) is None
        assert money(order.total_incl_tax, language) not in page
        parts, total = amounts(answer)
        assert sum(parts) == total == paid
    with override(language):
        words = gettext("Part of this order was not taken at the door. You do not pay for it.")
    assert words in pages(order, language)[0]


def test_while_the_other_parcel_is_under_way_the_page_says_what_is_still_to_pay(two):
    order, first, second = two
    refuse(first)
    left = (
        order.lines.get(partner=second.origin.cooperative_id).line_price_incl_tax + order.shipping_incl_tax + D("0.25")
    )

    for page in pages(order):
        assert row(page, "Paid at the door") == money("0.00")
        assert row(page, "Total") == row(page, "Still to pay at the door") == money(left)


def test_of_an_order_that_nobody_took_nothing_is_asked(two):
    order, first, second = two
    refuse(first)
    refuse(second)

    for page in pages(order):
        assert row(page, "Not taken at the door") == money("-186.00")
        assert row(page, "Total") == row(page, "Paid at the door") == money("0.00")
        assert "data-breakdown" not in page


def test_an_order_that_was_taken_whole_says_nothing_of_it(two):
    order, first, second = two
    for parcel in (first, second):
        move_to(parcel, "DELIVERED")

    for page in pages(order):
        assert row(page, "Total") == money("186.00")
        assert (row(page, "Not taken at the door"), row(page, "Paid at the door")) == (None, None)


def test_whoever_receives_it_is_told_what_is_left_to_pay():
    open_deliveries()
    order = place_order(
        (stock("100.00"), 1), (stock("60.00", farm_gate="30.00"), 1), recipient=Recipient("Khadija", "fr")
    )
    parcels = [move_to(parcel, "HANDED_OVER") for parcel in open_parcels(order)]
    refuse(parcels[0])

    page = Client().get(f"/fr/orders/{order.number}/parcel/?k={recipient_key_for(order.number)}").content.decode()

    assert (money("95.00") in page, money("195.00") in page) == (True, False)


def test_whoever_receives_it_is_not_asked_again_for_a_parcel_that_was_paid():
    open_deliveries()
    order = place_order(
        (stock("100.00"), 1), (stock("60.00", farm_gate="30.00"), 1), recipient=Recipient("Khadija", "fr")
    )
    first, _second = (move_to(parcel, "HANDED_OVER") for parcel in open_parcels(order))
    move_to(first, "DELIVERED")
    left = order.total_incl_tax - CashCollected.objects.get().amount

    page = Client().get(f"/fr/orders/{order.number}/parcel/?k={recipient_key_for(order.number)}").content.decode()

    assert (money(left) in page, money(order.total_incl_tax) in page) == (True, False)


def test_lists_say_what_came_in_of_it(two, client):
    order, first, second = two
    person = make_person()
    Order.objects.filter(pk=order.pk).update(user=person)
    sign_in(client, person)
    refuse(first)
    move_to(second, "DELIVERED")
    paid = CashCollected.objects.get().amount
    assert paid < order.total_incl_tax

    of_buyer = client.get("/fr/accounts/orders/").content.decode()
    of_office = sign_in(Client(), make_staff("support")).get("/fr/office/orders/").content.decode()

    for page in (of_buyer, of_office):
        assert (money(paid) in page, money(order.total_incl_tax) in page) == (True, False)


def test_a_card_that_paid_for_what_was_refused_is_refunded_and_the_sum_stays():
    open_deliveries()
    order = place_order((stock("120.00"), 1), payment_method="card")
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID)
    refuse(move_to(open_parcels(order)[0], "HANDED_OVER"))

    for page in pages(order):
        assert row(page, "Not taken at the door") is None


def test_the_page_takes_one_query_more_however_many_lines_were_refused(two):
    order, first, second = two

    def queries():
        with CaptureQueriesContext(connection) as asked:
            pages(order)
        return len(asked)

    pages(order)
    before = queries()
    refuse(first)
    of_one = queries()
    refuse(second)

    assert (of_one, queries()) == (before + 2, before + 2)  # one for each of the two pages
