"""Ordering by bank transfer, and for a company: from the checkout to the paid order, by the pages themselves."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.kernel.invariants import violations
from fulfilment.orders.models import InvoiceParty, Order
from storefront.notifications.models import Message
from tests.factories.orders import Guest, open_deliveries, stock
from tests.factories.people import make_staff, sign_in

pytestmark = pytest.mark.django_db
ICE = "999000001000075"
IBAN = "MA64 9999 9900 0000 0000 0020 2647"
RIB = "999 999 0000000000002026 47"


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def choices(page):
    return re.findall(r'name="payment" value="(\w+)"', page.content.decode())


def at_checkout(price="300.00", quantity=2, **visitor):
    guest = Guest(**visitor)
    guest.add(stock(price), quantity)
    return guest


def quoted(guest, **changes):
    return guest.post("checkout/", step="quote", **guest.filled(**changes))


@pytest.mark.parametrize(
    ("price", "offered"),
    [("464.50", ["cash", "card"]), ("465.00", ["cash", "card", "transfer"])],  # 35 for the delivery
)
def test_a_transfer_is_offered_from_its_least_amount(price, offered):
    assert choices(quoted(at_checkout(price, 1))) == offered


def test_a_transfer_below_its_least_amount_is_refused_when_it_is_posted_all_the_same():
    answer = at_checkout("100.00", 1).place(payment="transfer")

    assert (answer.status_code, Order.objects.count()) == (409, 0)
    assert "Ce mode de paiement" in answer.content.decode() or "not offered" in answer.content.decode()


def test_a_currency_without_an_account_is_not_paid_by_transfer(settings):
    settings.TRANSFER_ACCOUNTS = {name: row for name, row in settings.TRANSFER_ACCOUNTS.items() if name != "EUR"}

    assert choices(quoted(at_checkout("3000.00", destination="FR", currency="EUR"))) == ["card"]
    assert choices(quoted(at_checkout("3000.00", destination="US", currency="USD"))) == ["card", "transfer"]


def test_from_the_checkout_to_the_paid_order_and_its_mail(client, run_jobs):
    guest = at_checkout(language="en")

    answer = guest.place(
        payment="transfer", email="buyer@example.org", company="Atlas Cantines SARL", ice="999 000 001 000 075"
    )
    run_jobs()

    order = Order.objects.get()
    page = guest.get(f"orders/{order.number}/").content.decode()
    letter = Message.objects.get(kind="order.placed", channel="mail")
    assert answer.url == f"/en/orders/{order.number}/"
    assert (order.status, order.reserved_until) == ("PENDING_PAYMENT", datetime(2026, 11, 27, 12, tzinfo=UTC))
    for words in (IBAN, RIB, "DEMOMAM0", order.number, "600.00", "27 November 2026", "Atlas Cantines SARL", ICE):
        assert words in page, words
    assert "does not exist" in page
    assert "was cancelled" not in page
    for words in (IBAN, RIB, "DEMOMAM0", order.number, "600.00", "27 November 2026"):
        assert words in letter.text, words
        assert words in letter.html, words

    sign_in(client, make_staff("finance"))
    line = {
        "reference": "VIR-1",
        "amount": "600",
        "currency": "MAD",
        "value_on": "2026-11-20",
        "payer_name": "ATLAS CANTINES",
        "message": f"cde {order.number}",
    }
    client.post("/en/office/transfers/", line)
    run_jobs()

    page = guest.get(f"orders/{order.number}/").content.decode()
    assert Order.objects.get().status in ("PAID", "PREPARING")
    assert "600.00" in Message.objects.get(kind="order.paid", channel="mail").text
    assert IBAN not in page
    assert Message.objects.filter(kind__startswith="order.", channel="mail").count() == 2
    assert [name for name, rows in violations() if rows] == []


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_without_an_address_the_sms_says_where_to(language, run_jobs):
    guest = at_checkout(language=language)
    guest.place(payment="transfer")
    run_jobs()

    order, message = Order.objects.get(), Message.objects.get()
    page = guest.get(f"orders/{order.number}/").content.decode()
    assert (message.channel, message.kind) == ("sms", "order.placed")
    assert "MA64999999000000000000202647" in message.text
    assert order.number in message.text
    assert IBAN in page


def test_a_buyer_cancels_what_waits_for_its_transfer():
    guest = at_checkout(language="en")
    guest.place(payment="transfer")
    order = Order.objects.get()

    guest.post(f"orders/{order.number}/cancel/")

    assert Order.objects.get().status == "CANCELLED"
    assert IBAN not in guest.get(f"orders/{order.number}/").content.decode()


def test_the_card_page_and_the_bank_s_return_page_have_nothing_for_a_transfer():
    guest = at_checkout(language="en")
    guest.place(payment="transfer")
    order = Order.objects.get()

    card = guest.get(f"orders/{order.number}/pay/")
    start = guest.post(f"orders/{order.number}/pay/start/")
    back = guest.get(f"orders/{order.number}/paid/?payment_intent=order-{order.number}-attempt-1")

    assert (card.status_code, card.url) == (302, f"/en/orders/{order.number}/")
    assert "go" in start.json()
    assert (back.status_code, Order.objects.get().status) == (302, "PENDING_PAYMENT")


def test_a_stranger_sees_neither_account_nor_company():
    guest = at_checkout(language="en")
    guest.place(payment="transfer", company="Atlas")

    assert Client().get(f"/en/orders/{Order.objects.get().number}/").status_code == 404


@pytest.mark.parametrize(
    "typed",
    [ICE, " 999000001 0000 75 ", "٩٩٩٠٠٠٠٠١٠٠٠٠٧٥", "999-000-001-000-075", "999\u202f000\u202f001\u202f000\u202f075"],
)
def test_an_ice_is_typed_in_any_usual_way(typed):
    at_checkout().place(company="Atlas", ice=typed, company_address="12, rue d'Alger")

    party = InvoiceParty.objects.get()
    assert (party.name, party.ice, party.address) == ("Atlas", ICE, "12, rue d'Alger")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"company": "Atlas", "ice": "999000001000076"}, "ice"),
        ({"company": "Atlas", "ice": "000000000000000"}, "ice"),
        ({"company": "Atlas", "ice": "99900000100007"}, "ice"),
        ({"company": "Atlas", "ice": "9990000010000750"}, "ice"),
        ({"company": "Atlas", "ice": "99900000100007x"}, "ice"),
        ({"company": "Atlas", "ice": "' OR 1=1 --"}, "ice"),
        ({"company": "Atlas", "ice": "9" * 500}, "ice"),
        ({"company": "A" * 151}, "company"),
        ({"company": "", "ice": ICE}, "company"),
        ({"company": "  ", "company_address": "12, rue d'Alger"}, "company"),
        ({"company": "\u202e", "ice": ICE}, "company"),
    ],
)
def test_a_company_that_cannot_be_is_told_beside_its_field(fields, wrong):
    answer = at_checkout().place(**fields)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])
    assert f'id="id_{wrong}_error"' in answer.content.decode()
    assert '<details class="more" open>' in answer.content.decode()
    assert not Order.objects.exists()


def test_what_a_browser_adds_about_the_company_is_not_read():
    at_checkout().place(company="Atlas", invoice_party="1", order="1", name_of_company="X", ice_valid="1", ICE="1")

    assert list(InvoiceParty.objects.values_list("name", "ice", "address")) == [("Atlas", None, "")]


def test_no_company_leaves_no_row_and_the_section_closed():
    guest = at_checkout(language="en")
    page = guest.get("checkout/").content.decode()
    guest.place()

    assert "I need an invoice for a company" in page
    assert page.count('<details class="more">') >= 2
    assert not InvoiceParty.objects.exists()


def test_the_receipt_names_the_company_and_escapes_it():
    guest = at_checkout(language="en")
    guest.place(company="<b>Atlas & Fils</b>", ice=ICE)

    page = guest.get(f"orders/{Order.objects.get().number}/receipt/").content.decode()

    assert "&lt;b&gt;Atlas &amp; Fils&lt;/b&gt;" in page
    assert ICE in page


@pytest.mark.parametrize("change", [{"name": "Other"}, {"ice": None}, {"address": "elsewhere"}])
def test_the_database_keeps_the_company_as_it_was_written(change):
    at_checkout().place(company="Atlas", ice=ICE)

    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceParty.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceParty.objects.all().delete()


@pytest.mark.parametrize("ice", ["999000001000076", "000000000000000", "12", "99900000100007x", ""])
def test_the_database_refuses_a_company_number_that_cannot_be(ice):
    at_checkout().place()

    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceParty.objects.create(order=Order.objects.get(), name="Atlas", ice=ice)


def test_placing_for_a_company_by_transfer_keeps_its_budget():
    guest = Guest()
    for price in ("300.00", "200.00", "100.00"):
        guest.add(stock(price))
    data = guest.filled(payment="transfer", company="Atlas", ice=ICE)

    with CaptureQueriesContext(connection) as queries:
        answer = guest.post("checkout/place/", **data)

    assert answer.status_code == 302
    assert len(queries) <= 26  # one more for the company
    assert Order.objects.get().total_incl_tax == Decimal("600.00")


def test_the_page_of_an_order_by_transfer_asks_no_more_than_any_other():
    by_card = at_checkout(language="en", destination="MA")
    by_card.place(payment="card")
    transfer = Guest(language="en")
    transfer.client.cookies["currency"] = "MAD"
    counts = []
    for guest, payment in ((by_card, None), (transfer, "transfer")):
        if payment:
            guest.add(Order.objects.get().lines.get().stockrecord, 2)
            guest.place(payment=payment)
        number = Order.objects.order_by("-pk")[0].number
        guest.get(f"orders/{number}/")
        with CaptureQueriesContext(connection) as queries:
            guest.get(f"orders/{number}/")
        counts.append(len(queries))

    assert counts[1] <= counts[0]
