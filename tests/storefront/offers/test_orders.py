"""Offers from the basket to the order's frozen rows, the payable and back, by the pages themselves."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.orders import operations as orders
from fulfilment.orders.discounting import Kind
from fulfilment.orders.models import LineDiscount, Order
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payouts.queries import owed, owed_statement
from storefront.notifications.letters import order_letter
from storefront.offers import operations, queries
from storefront.offers.models import OfferUse
from tests.factories.offers import agree, make_offer, make_voucher
from tests.factories.orders import Guest, open_deliveries, seal_of, stock
from tests.factories.parcels import move_to
from tests.factories.shares import make_shared, make_union

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def broken_invariants():
    return [(name, rows) for name, rows in violations() if rows]


def order_from(guest, *lines, **changes):
    for record, quantity in lines:
        guest.add(record, quantity)
    guest.place(**changes)
    return Order.objects.latest("pk")


def test_ten_percent_is_shown_in_the_basket_and_frozen_on_the_lines():
    make_offer(percent="10")
    guest = Guest(language="en")
    honey, dates = stock("120.00"), stock("47.50")
    guest.add(honey, 2)
    guest.add(dates, 1)

    page = guest.get("basket/").content.decode()
    guest.place(payment="card")

    order = Order.objects.get()
    assert "Offer " in page
    assert "MAD\xa0258.75" in page
    assert order.total_incl_tax == D("293.75")  # 240.00 + 47.50 - 24.00 - 4.75 + 35.00
    assert [line.line_price_incl_tax for line in order.lines.order_by("pk")] == [D("216.00"), D("42.75")]
    assert [(row.amount, row.tax, row.cooperative_mad) for row in LineDiscount.objects.all()] == [
        (D("24.00"), D("2.18"), D("0.00")),
        (D("4.75"), D("0.43"), D("0.00")),
    ]
    assert OfferUse.objects.get().amount_mad == D("28.75")
    assert broken_invariants() == []


@pytest.mark.parametrize(
    ("currency", "amount", "expected"), [("EUR", {"MAD": "50"}, "0.00"), ("EUR", {"MAD": "50", "EUR": "5"}, "5.00")]
)
def test_fifty_dirhams_never_become_fifty_euros(currency, amount, expected):
    make_offer(Kind.BASKET, benefit=amount)
    guest = Guest(destination="FR", currency=currency, language="en")
    guest.add(stock("700.00"))

    page = guest.get("basket/").content.decode()
    guest.place()

    order = Order.objects.get()
    assert ("does not count in this currency (EUR)" in page) is (expected == "0.00")
    assert order.goods_before_discounts + order.shipping_incl_tax - order.total_incl_tax == D(expected)
    assert PaymentAttempt.objects.get().amount == order.total_incl_tax
    assert broken_invariants() == []


def test_an_amount_in_dirhams_is_converted_by_the_frozen_rate_when_the_offer_says_so():
    make_offer(Kind.BASKET, benefit={"MAD": "50"}, converted=True)
    guest = Guest(destination="FR", currency="EUR")

    order = order_from(guest, (stock("700.00"), 1))

    assert LineDiscount.objects.get().amount == D("4.63")
    assert OfferUse.objects.get().amount_mad == D("50.00")
    assert broken_invariants() == []
    assert order.mad_per_unit == D("10.80")


def test_a_full_refund_is_the_order_to_the_cent():
    make_offer(Kind.BASKET, benefit={"MAD": "10"}, name="odd", priority=1)
    make_offer(percent="7")
    guest = Guest()
    goods = [(stock("33.50"), 3), (stock("47.00"), 1), (stock("12.50"), 7)]

    order = order_from(guest, *goods)

    rows = sum(line.line_price_incl_tax for line in order.lines.all()) + order.shipping_incl_tax
    assert rows == order.total_incl_tax
    assert broken_invariants() == []


def test_what_a_cooperative_bears_lands_on_its_line_and_its_earning(run_jobs):
    record = stock("120.00", farm_gate="60.00")
    agree(record.partner, "10")
    make_offer(percent="20", cooperative_pct=D(100))
    guest = Guest()

    order = order_from(guest, (record, 2))
    run_jobs()
    for consignment in order.consignments.all():
        move_to(consignment, "DELIVERED")
    run_jobs()

    line = order.lines.get()
    assert (line.given_mad, line.floor_mad, line.owed_mad) == (D("12.00"), D("54.00"), D("108.00"))
    assert owed(record.partner, timezone.now()).owed_mad == D("108.00")
    assert OfferUse.objects.get().cooperative_mad == D("12.00")
    assert broken_invariants() == []


def test_those_who_made_a_lot_together_bear_their_share_of_a_discount(run_jobs):
    members = make_union()
    record = make_shared(members, 500, 300, 200, farm_gate="60.05")
    agree(record.partner, "10")
    make_offer(percent="20", cooperative_pct=D(100))
    order = order_from(Guest(), (record, 2))
    run_jobs()
    for consignment in order.consignments.all():
        move_to(consignment, "DELIVERED")
    run_jobs()

    statements = [owed_statement(member, timezone.now()) for member in members]
    assert [one.deducted_mad for one in statements] == [D("6.00"), D("3.60"), D("2.40")]
    assert [one.to_receive_mad for one in statements] == [D("54.05"), D("32.43"), D("21.62")]
    assert sum(one.sold_mad for one in statements) == D("120.10")
    assert broken_invariants() == []


def test_nothing_is_borne_by_a_cooperative_whose_agreement_is_over():
    record = stock("120.00", farm_gate="60.00")
    agreement = agree(record.partner, "10")
    operations.end_agreement(agreement_id=agreement.pk, today=agreement.from_day)
    make_offer(percent="20", cooperative_pct=D(100))

    order = order_from(Guest(), (record, 1))

    assert (order.lines.get().given_mad, order.lines.get().line_price_incl_tax) == (D("0.00"), D("96.00"))


def test_delivery_becomes_free_and_the_order_says_what_it_was():
    make_offer(Kind.DELIVERY_PERCENT, "100", minimum={"MAD": "100"})
    guest = Guest(language="en")

    order = order_from(guest, (stock("120.00"), 1))

    page = guest.get(f"orders/{order.number}/").content.decode()
    assert (order.shipping_incl_tax, order.total_incl_tax) == (D("0.00"), D("120.00"))
    assert order.delivery_before_discounts == D("35.00")
    assert "-MAD\xa035.00" in page or "MAD\xa0-35.00" in page
    assert broken_invariants() == []


def test_free_delivery_from_a_sum_counts_what_is_paid_for_the_goods():
    make_offer(percent="10")

    order = order_from(Guest(), (stock("300.00"), 2))  # 600.00 before, 540.00 after: free from 600.00

    assert order.shipping_incl_tax == D("35.00")


def test_an_offer_stopped_while_the_page_was_open_is_told_and_nothing_is_placed():
    offer = make_offer()
    guest = Guest(language="en")
    guest.add(stock())
    data = guest.filled()
    operations.stop_offer(offer_id=offer.pk, now=timezone.now())

    told = guest.post("checkout/place/", **data)
    agreed = guest.post("checkout/place/", **data | {"seal": seal_of(told)})

    assert told.status_code == 409
    assert "The total has changed" in told.content.decode()
    assert agreed.status_code == 302
    assert Order.objects.get().total_incl_tax == D("155.00")


def test_placing_looks_at_the_rows_even_when_another_process_changed_them():
    offer = make_offer()
    guest = Guest(language="en")
    guest.add(stock())
    data = guest.filled()
    type(offer).objects.filter(pk=offer.pk).update(status="Suspended")  # no signal: this process does not hear of it

    assert guest.post("checkout/place/", **data).status_code == 409


def test_an_offer_counts_from_its_start_to_its_end(clock):
    now = timezone.now()
    make_offer(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    guest = Guest(language="en")
    guest.add(stock("120.00"))

    totals = []
    for minutes in (59, 60, 119, 120):
        clock.move_to(now + timedelta(minutes=minutes))
        totals.append("MAD\xa0108.00" in guest.get("basket/").content.decode())

    assert totals == [False, True, True, False]


def test_once_per_customer_holds_for_guests_by_their_phone_and_comes_back_with_a_cancelled_order():
    make_offer(max_each=1)
    record = stock("120.00", in_stock=20)
    first = order_from(Guest(), (record, 1))

    second = order_from(Guest(), (record, 1))
    stranger = order_from(Guest(), (record, 1), phone="0661234567")
    orders.cancel(order_id=first.pk, now=timezone.now())
    again = order_from(Guest(), (record, 1))

    totals = [order.total_incl_tax for order in (first, second, stranger, again)]
    assert totals == [D("143.00"), D("155.00"), D("143.00"), D("143.00")]
    assert broken_invariants() == []


def test_a_budget_is_given_to_the_last_centime_and_not_one_more():
    make_offer(percent="10", budget_mad=D("30.00"))
    record = stock("120.00", in_stock=20)

    given = [order_from(Guest(), (record, 1)).goods_discounts for _ in range(4)]

    assert [[row.amount for row in rows] for rows in given] == [[D("12.00")], [D("12.00")], [D("6.00")], []]
    assert broken_invariants() == []


def test_an_expired_order_gives_its_use_back():
    make_offer(max_uses=1)
    guest = Guest(destination="FR", currency="EUR")
    order = order_from(guest, (stock(), 1))

    orders.expire(order_id=order.pk, now=timezone.now())

    assert OfferUse.objects.get().released_at is not None
    assert broken_invariants() == []


@pytest.mark.parametrize(
    "scope", [lambda r: {"cooperative_ids": (r.partner_id,)}, lambda r: {"product_ids": (r.product_id,)}]
)
def test_an_offer_concerns_its_range_alone(scope):
    honey, dates = stock("120.00"), stock("50.00")
    make_offer(**scope(honey))

    order = order_from(Guest(), (honey, 1), (dates, 1))

    assert [line.discounts.count() for line in order.lines.order_by("pk")] == [1, 0]


def test_an_offer_on_a_shelf_concerns_the_shelves_below_it():
    honey, dates = stock("120.00", product=None), stock("50.00")
    shelf = honey.product.categories.get()
    named = {"name": "below", "slug": "below", "code": "argan-food/below"}
    below = type(shelf).objects.add_child(shelf, named)
    dates.product.categories.set([below])
    make_offer(category_ids=(shelf.pk,))

    order = order_from(Guest(), (honey, 1), (dates, 1))

    assert [line.discounts.count() for line in order.lines.order_by("pk")] == [1, 1]


def test_placing_three_lines_with_every_kind_of_offer_keeps_to_its_queries():
    records = [stock() for _ in range(3)]
    agree(records[0].partner, "10")
    shelf = records[0].product.categories.get()
    make_offer(category_ids=(shelf.pk,), cooperative_pct=D(50), max_each=5, budget_mad=D(1000))
    make_offer(Kind.DELIVERY_PERCENT, "100")
    voucher = make_voucher(make_offer(Kind.BASKET, benefit={"MAD": "10"}, for_voucher=True))
    guest = Guest()
    for record in records:
        guest.add(record)
    guest.post("basket/code/", code=voucher.code)
    data = guest.filled()

    with CaptureQueriesContext(connection) as asked:
        guest.post("checkout/place/", **data)

    assert Order.objects.count() == 1
    assert OfferUse.objects.count() == 3
    assert len(asked) <= 28  # two of them the savepoint that stands for the transaction
    assert broken_invariants() == []


def test_placing_three_lines_with_the_offers_of_the_demonstration_keeps_to_25_queries():
    records = [stock() for _ in range(3)]
    make_offer(category_ids=(records[0].product.categories.get().pk,))
    make_offer(Kind.DELIVERY_PERCENT, "100")
    guest = Guest()
    for record in records:
        guest.add(record)
    data = guest.filled()

    with CaptureQueriesContext(connection) as asked:
        guest.post("checkout/place/", **data)

    assert OfferUse.objects.count() == 2
    assert len(asked) <= 25, f"{len(asked)}\n" + "\n".join(query["sql"][:150] for query in asked)


def test_a_basket_of_five_with_offers_keeps_to_its_queries():
    make_offer(max_each=1)
    guest = Guest()
    for _ in range(5):
        guest.add(stock())
    queries.book()

    with CaptureQueriesContext(connection) as asked:
        guest.get("basket/")

    assert len(asked) <= 12, f"{len(asked)}\n" + "\n".join(query["sql"][:150] for query in asked)


def test_an_offer_on_the_delivery_is_announced_in_the_basket_and_shown_at_the_checkout():
    make_offer(Kind.DELIVERY_PERCENT, "100")
    guest = Guest(language="en")
    guest.add(stock())

    basket = guest.get("basket/").content.decode()
    checkout = guest.post("checkout/", step="quote", **guest.filled()).content.decode()

    assert "is taken off the delivery." in basket
    assert "is taken off the delivery." not in checkout
    assert "less for the delivery." in checkout
    assert "free" in checkout


def test_the_confirmation_names_what_was_taken_off():
    make_offer(percent="10")

    order = order_from(Guest(), (stock("120.00"), 2))
    letter = order_letter(order, "confirmed")

    for text in (letter.text, letter.html):
        assert order.goods_discounts[0].name in text
        assert "240,00\xa0DH" in text
        assert "-24,00\xa0DH" in text
        assert "251,00\xa0DH" in text
