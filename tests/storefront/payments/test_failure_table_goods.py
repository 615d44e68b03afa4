"""What must happen in cases 12, 14 and 15 of the table of failures: goods, basket and prices move while one pays."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.periods import day_of
from catalogue.lots import operations as cooperatives
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import ExchangeRate, PriceList
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import AccountKey
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments.models import PaymentAttempt, Refund
from storefront.basket.models import Basket
from storefront.notifications.models import Message
from storefront.vouchers.models import Voucher
from tests.factories.bank import events_of, pay, tell
from tests.factories.lots import set_stock
from tests.factories.offers import make_voucher
from tests.factories.orders import Guest, open_deliveries, place_order, stock
from tests.factories.people import make_staff

from .support import FRANCE, broken, return_page, start, start_page, status_of, sweep, told
from .test_late_money import place_with_code

pytestmark = pytest.mark.django_db


def settle_by(way, bank, order, payment, run_jobs):
    """Let the money be heard of in one of the three ways, then let the jobs run."""
    if way == "webhook":
        for event in events_of(bank, "payment_intent.succeeded"):
            tell(event)
    elif way == "return page":
        return_page(order, payment.id)
    else:
        sweep()
    run_jobs()


def count(record, pieces):
    return cooperatives.record_count(
        stockrecord_id=record.pk, counted=pieces, key=uuid4(), counted_by=make_staff("logistics"), now=timezone.now()
    )


def test_case_12_what_someone_is_paying_for_is_neither_sold_nor_counted_away(bank, order, run_jobs):
    record = StockRecord.objects.get()
    payment = start(order)

    with pytest.raises(cooperatives.SoldOut):
        place_order((record, 1), shopping=FRANCE)
    with pytest.raises(cooperatives.BelowPromised):
        count(record, 0)
    with pytest.raises(IntegrityError, match="holds_what_is_there"), transaction.atomic():
        set_stock(StockRecord.objects.get(), 0)
    pay(bank, payment.id)
    settle_by("webhook", bank, order, payment, run_jobs)

    assert (status_of(order), Refund.objects.count(), broken()) == ("PAID", 0, [])


@pytest.mark.parametrize("way", ["webhook", "return page", "sweep"])
@pytest.mark.parametrize("end", ["CANCELLED", "EXPIRED"])
def test_case_12_goods_taken_by_hand_while_one_pays_are_paid_back_in_full_and_said(bank, order, run_jobs, way, end):
    """A11: someone ends the order without asking the bank and empties the shelf, between the card and its answer."""
    payment = start(order)
    pay(bank, payment.id)
    ended = {"CANCELLED": orders.cancel, "EXPIRED": orders.expire}[end]
    ended(order_id=order.pk, now=timezone.now())
    count(StockRecord.objects.get(), 0)

    settle_by(way, bank, order, payment, run_jobs)

    refund = Refund.objects.get()
    assert (refund.amount, refund.currency, refund.state) == (order.total_incl_tax, "EUR", "SUCCEEDED")
    assert [row["amount"] for row in bank.bank.refunds.values()] == [int(order.total_incl_tax * 100)]
    assert (status_of(order), told("given_back"), told("paid")) == (end, 1, 0)
    assert str(order.total_incl_tax).replace(".", ",") in Message.objects.get(kind="order.given_back").text
    assert ledger.balance_of(AccountKey("held", "EUR")) == 0
    assert broken() == []


def test_case_12_a_code_taken_by_hand_while_one_pays_is_paid_back_in_full_and_said(bank, run_jobs):
    open_deliveries()
    voucher = make_voucher(usage=Voucher.SINGLE_USE)
    order = place_with_code(voucher)
    payment = start(order)
    pay(bank, payment.id)
    orders.expire(order_id=order.pk, now=timezone.now())
    place_with_code(voucher)

    settle_by("webhook", bank, order, payment, run_jobs)

    assert (status_of(order), Refund.objects.get().amount, Refund.objects.get().state) == (
        "EXPIRED",
        order.total_incl_tax,
        "SUCCEEDED",
    )
    assert (Message.objects.filter(order=order, kind="order.given_back").count(), broken()) == (1, [])


@pytest.fixture
def paying(bank):
    """A guest from France whose first tab stands on the card page, and the order."""
    open_deliveries()
    guest = Guest(destination="FR", currency="EUR", language="en")
    guest.add(stock("120.00", in_stock=9), 2)
    guest.place()
    return guest, Order.objects.get()


def test_case_14_a_second_tab_fills_a_new_basket_and_leaves_the_payment_alone(bank, paying, run_jobs):
    guest, order = paying
    payment = start(order)
    before = bank.bank.intents[payment.id]["amount"], order.total_incl_tax
    record = StockRecord.objects.get()

    guest.add(record, 5)
    again = start_page(order).json()["client_secret"]
    pay(bank, payment.id)
    return_page(order, payment.id)
    run_jobs()

    frozen, new = Basket.objects.order_by("pk")
    order.refresh_from_db()
    assert (frozen.status, [line.quantity for line in frozen.lines.all()]) == (Basket.SUBMITTED, [2])
    assert (new.status, [line.quantity for line in new.lines.all()]) == (Basket.OPEN, [5])
    assert again.startswith(payment.id)
    attempt = PaymentAttempt.objects.get()
    assert (bank.bank.intents[payment.id]["amount"], order.total_incl_tax) == before
    assert (attempt.state, attempt.captured, status_of(order)) == ("SUCCEEDED", order.total_incl_tax, "PAID")
    assert broken() == []


@pytest.mark.parametrize("data", [{"quantity": "9"}, {"quantity": "0"}, {"quantity": "1", "remove": "1"}])
def test_case_14_a_line_of_the_basket_that_is_being_paid_does_not_move(bank, paying, data):
    guest, order = paying
    payment = start(order)
    line = Basket.objects.get().lines.get()

    guest.post(f"basket/lines/{line.pk}/", **data)

    line.refresh_from_db()
    assert (line.quantity, order.lines.get().quantity, len(bank.bank.intents)) == (2, 2, 1)
    assert bank.bank.intents[payment.id]["amount"] == int(order.total_incl_tax * 100)


def test_case_14_a_switch_of_currency_in_another_tab_leaves_the_payment_alone(bank, paying):
    guest, order = paying
    payment = start(order)

    guest.post("preferences/", currency="USD", destination="US", language="en")
    guest.client.cookies["currency"] = "USD"
    page = guest.get(f"orders/{order.number}/pay/").content.decode()

    assert (bank.bank.intents[payment.id]["currency"], order.currency) == ("eur", "EUR")
    options = re.search(r'id="pay-options"[^>]*>([^<]*)<', page).group(1)
    assert '"currency": "eur"' in options
    assert f'"amount": {int(order.total_incl_tax * 100)}' in options


@pytest.mark.parametrize("moment", ["before the card page", "after the card page", "after the card"])
def test_case_15_a_list_and_a_rate_published_while_one_pays_change_no_order(bank, order, run_jobs, clock, moment):
    before = [order.total_incl_tax, order.currency, order.mad_per_unit, order.price_list_id]
    payment = None if moment == "before the card page" else start(order)
    if moment == "after the card":
        pay(bank, payment.id)
    clock.shift(timedelta(hours=12, minutes=5))  # past midnight: another day's rates, and nothing swept meanwhile
    StockRecord.objects.update(price="240.00")
    for currency, rate in (("EUR", "12.40"), ("USD", "11.00")):
        ExchangeRate.objects.create(currency=currency, day=day_of(timezone.now()), mad_per_unit=rate, source="tests")
    assert pricing.publish_opening_list(now=timezone.now()) is not None

    payment = start(order)
    if moment != "after the card":
        pay(bank, payment.id)
    return_page(order, payment.id)
    run_jobs()

    order.refresh_from_db()
    attempt = PaymentAttempt.objects.get()
    assert [order.total_incl_tax, order.currency, order.mad_per_unit, order.price_list_id] == before
    assert (bank.bank.intents[payment.id]["amount"], attempt.captured) == (int(before[0] * 100), before[0])
    assert (status_of(order), PriceList.objects.count(), broken()) == ("PAID", 2, [])


AMOUNTS = {"amount": "1", "total": "0.01", "currency": "usd", "payment_intent": "pi_1", "capture_method": "manual"}


def test_case_a29_what_the_browser_posts_while_it_pays_is_not_read(bank, paying):
    guest, order = paying

    answer = guest.post(f"orders/{order.number}/pay/start/", **AMOUNTS)

    (intent,) = bank.bank.intents.values()
    assert answer.status_code == 200
    assert (intent["amount"], intent["currency"]) == (int(order.total_incl_tax * 100), "eur")
    assert intent["capture_method"] != "manual"


@pytest.mark.parametrize("quantity", ["-1", "0", "0.5", "1e9", "NaN", "1000000000", "٠", "", "²", "5; DROP TABLE"])
def test_case_a29_a_quantity_that_is_none_buys_nothing(quantity):
    open_deliveries()
    guest = Guest(language="en")

    answer = guest.add(stock("120.00", in_stock=9), quantity)

    assert answer.status_code < 500
    assert not Basket.objects.filter(lines__isnull=False).exists()


def test_case_a29_arabic_digits_are_the_same_number():
    open_deliveries()
    guest = Guest(language="en")

    guest.add(stock("120.00", in_stock=9), "٣")

    assert Basket.objects.get().lines.get().quantity == 3


@pytest.mark.parametrize(("currency", "country"), [("MAD", "FR"), ("EUR", "FR"), ("USD", "US")])
def test_case_a29_the_intent_is_the_order_in_amount_and_currency_whatever_was_switched_before(bank, currency, country):
    open_deliveries()
    guest = Guest(destination=country, currency=currency, language="en")
    guest.add(stock("120.00", in_stock=9), 3)
    for other in ("USD", "MAD", "EUR", currency):
        guest.post("preferences/", currency=other, destination=country, language="en")
        guest.client.cookies["currency"] = other
        guest.get("basket/")
    guest.post("basket/accept/")
    placed = guest.place(**({"area": "Illinois", "phone": "+1 202 555 0143"} if country == "US" else {}))
    assert placed.status_code == 302, placed.content.decode()
    order = Order.objects.get()

    start(order)

    (intent,) = bank.bank.intents.values()
    assert (intent["amount"], intent["currency"]) == (int(order.total_incl_tax * 100), currency.lower())
    assert order.currency == currency
