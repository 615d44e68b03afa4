"""Ordering as a guest and with an account, by the pages themselves."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel.invariants import violations
from catalogue.places.models import UserAddress
from catalogue.pricing.models import PriceList
from catalogue.products.models import Product
from fulfilment.orders.models import Order
from fulfilment.payments.models import PaymentAttempt
from storefront.basket.models import Basket
from tests.factories.catalogue import publish_prices
from tests.factories.orders import Guest, make_tariff, open_deliveries, refuse_to, seal_of, stock
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def deliveries():
    return open_deliveries()


def broken_invariants():
    return [(name, rows) for name, rows in violations() if rows]


def test_a_guest_orders_cash_on_delivery_with_a_phone_alone():
    honey, dates = stock("120.00"), stock("47.50")
    guest = Guest()
    guest.add(honey, "٢")
    guest.add(dates)

    answer = guest.place()

    order = Order.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/fr/orders/{order.number}/")
    assert (order.phone, order.guest_email, order.user) == ("+212612345678", "", None)
    assert (order.currency, order.side, order.destination, order.language) == ("MAD", "home", "MA", "fr")
    assert (order.total_incl_tax, order.shipping_incl_tax) == (Decimal("322.50"), Decimal("35.00"))
    assert order.status == Order.Status.CONFIRMED
    assert list(order.events.values_list("kind", flat=True)) == ["placed", "confirmed"]
    assert order.shipping_address.locality == "Douar Ouled Ali"
    assert StockRecord.objects.get(pk=honey.pk).num_allocated == 2
    assert Basket.objects.get().status == Basket.SUBMITTED
    assert broken_invariants() == []
    page = guest.get(f"orders/{order.number}/")
    assert page.status_code == 200
    assert len(list(page.context["messages"])) == 1  # thanked, once
    assert len(list(guest.get(f"orders/{order.number}/").context["messages"])) == 0


def test_an_order_from_abroad_waits_for_its_card_and_freezes_its_terms():
    oil = stock("120.00")
    guest = Guest(destination="FR", currency="EUR")
    guest.add(oil, 2)

    answer = guest.place()

    order = Order.objects.get()
    attempt = PaymentAttempt.objects.get()
    line = order.lines.get()
    assert answer.url == f"/fr/orders/{order.number}/pay/"
    assert (order.status, order.currency, order.side) == ("PENDING_PAYMENT", "EUR", "export")
    assert order.mad_per_unit == Decimal("10.80")
    assert (line.unit_price_incl_tax, line.farm_gate_mad) == (line.price.price, line.price.farm_gate_mad)
    assert order.shipping_incl_tax == Decimal("17.60")
    assert order.phone == "+33612345678"
    assert (attempt.idempotency_key, attempt.amount, attempt.currency, attempt.state) == (
        f"order-{order.number}-attempt-1",
        order.total_incl_tax,
        "EUR",
        "STARTED",
    )
    assert abs((order.reserved_until - timezone.now()).total_seconds() - 1800) < 60
    assert broken_invariants() == []


def test_the_page_asks_for_what_the_country_asks():
    guest = Guest(language="en")
    guest.add(stock())

    at_home = guest.get("checkout/").content.decode()
    in_america = guest.post("checkout/", step="quote", country="US", name="Ann").content.decode()

    assert 'name="province"' in at_home
    assert 'name="landmark"' in at_home
    assert "ZIP code" in in_america
    assert 'name="area"' in in_america
    assert 'value="Ann"' in in_america
    assert guest.client.cookies["destination"].value == "US"
    assert Basket.objects.get().side == "export"


def test_the_postal_code_is_never_refused_at_home_and_softly_checked_abroad():
    home, abroad = Guest(language="en"), Guest(language="en", destination="FR", currency="EUR")
    for guest in (home, abroad):
        guest.add(stock())

    placed = home.place(postcode="X-99999")
    refused = abroad.place(postcode="ABC")

    assert placed.status_code == 302
    assert refused.status_code == 422
    assert "This does not look like a postal code there" in refused.content.decode()


def test_errors_are_summed_up_and_tied_to_their_fields():
    guest = Guest(language="en")
    guest.add(stock())

    page = guest.place(phone="12", name="").content.decode()

    assert 'role="alert"' in page
    assert 'href="#id_phone"' in page
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in page
    assert not Order.objects.exists()


@pytest.mark.parametrize("phone", ["06 12 34 56 78", "+212 6 12 34 56 78", "00212612345678", "٠٦-١٢-٣٤-٥٦-٧٨"])
def test_a_phone_is_read_in_any_usual_writing(phone):
    guest = Guest()
    guest.add(stock())

    guest.place(phone=phone)

    assert Order.objects.get().phone == "+212612345678"


def test_a_changed_price_is_told_and_nothing_is_placed():
    honey = stock("120.00")
    guest = Guest(language="en")
    guest.add(honey)
    data = guest.filled()
    PriceList.objects.update(ends_at=timezone.now())
    StockRecord.objects.filter(pk=honey.pk).update(price=Decimal("130.00"))
    publish_prices()

    told = guest.post("checkout/place/", **data)
    agreed = guest.post("checkout/place/", **(data | {"seal": seal_of(told)}))

    assert told.status_code == 409
    assert "The total has changed" in told.content.decode()
    assert agreed.status_code == 302
    assert Order.objects.get().total_incl_tax == Decimal("165.00")


@pytest.mark.parametrize(
    "forged",
    [{"seal": "1.abc:forged"}, {"seal": ""}, {"delivery": "relay"}, {"payment": "gold"}, {"payment": ""}],
)
def test_what_the_browser_makes_up_is_not_ordered(forged):
    guest = Guest()
    guest.add(stock())

    guest.place(**forged)

    assert not Order.objects.exists()
    assert Basket.objects.get().status == Basket.OPEN


def test_amounts_and_currencies_posted_by_the_browser_are_ignored():
    guest = Guest()
    guest.add(stock("120.00"))

    guest.place(total="1.00", currency="USD", price="0.01", quantity="0", unit_price="1")

    order = Order.objects.get()
    assert (order.total_incl_tax, order.currency) == (Decimal("155.00"), "MAD")


def test_a_line_added_in_another_tab_is_told_before_anything_is_placed():
    guest = Guest(language="en")
    guest.add(stock("120.00"))
    data = guest.filled()
    guest.add(stock("50.00"))

    told = guest.post("checkout/place/", **data)

    assert told.status_code == 409
    assert not Order.objects.exists()


def test_what_may_not_be_sent_is_refused_again_when_placing():
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock())
    data = guest.filled()
    refuse_to("EU", "ANY_FOOD", "block")

    refused = guest.post("checkout/place/", **data)

    assert refused.status_code == 409
    assert "Food sent there must be announced" in refused.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "withdraw",
    [
        lambda honey: Product.objects.filter(pk=honey.product_id).update(is_public=False),
        lambda honey: Product.objects.filter(pk=honey.product_id).update(status=Product.Status.BLOCKED),
        lambda honey: Partner.objects.filter(pk=honey.partner_id).update(is_active=False),
    ],
    ids=["unpublished", "blocked", "cooperative-closed"],
)
def test_what_was_withdrawn_is_not_ordered_any_more(withdraw):
    honey = stock()
    guest = Guest(language="en")
    guest.add(honey)
    data = guest.filled()
    withdraw(honey)

    refused = guest.post("checkout/place/", **data)

    assert refused.status_code == 409
    assert "Some products cannot be ordered like this" in refused.content.decode()
    assert "Please take it out." in refused.content.decode()
    assert not Order.objects.exists()
    assert StockRecord.objects.get(pk=honey.pk).num_allocated == 0


def test_a_second_press_lands_on_the_same_order():
    guest = Guest()
    guest.add(stock())
    data = guest.filled()

    first = guest.post("checkout/place/", **data)
    second = guest.post("checkout/place/", **data)

    assert Order.objects.count() == 1
    assert (second.status_code, second.url) == (302, first.url)


def test_another_country_at_the_last_moment_shows_its_terms_first():
    guest = Guest(language="en")
    guest.add(stock())

    answer = guest.place(country="FR", street="3 rue X", postcode="69001", city="Lyon")

    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_a_country_chosen_with_the_last_press_is_told_to_have_changed_the_total():
    guest = Guest(language="en")
    guest.add(stock())

    answer = guest.place(country="FR", street="3 rue X", postcode="69001", city="Lyon", seal=guest.filled()["seal"])

    assert answer.status_code == 409
    assert "The total has changed" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_parcel_too_heavy_for_every_tariff_is_told():
    guest = Guest(language="en")
    guest.add(stock(in_stock=200), 100)

    page = guest.post("checkout/", step="quote", **guest.filled(seal="")).content.decode()

    assert "Too heavy for one parcel there, which may weigh at most 30\xa0kg." in page


def test_free_delivery_from_the_threshold(deliveries):
    guest = Guest(language="en")
    guest.add(stock("300.00"), 2)

    guest.place()

    order = Order.objects.get()
    assert (order.shipping_incl_tax, order.total_incl_tax) == (Decimal("0.00"), Decimal("600.00"))


def test_someone_signed_in_gets_their_default_address_and_phone():
    person = make_person(phone="+212661234567", first_name="Khadija", last_name="Amrani")
    guest = Guest(language="en")
    guest.client.force_login(person)
    guest.add(stock())
    guest.place(keep="1")
    guest.add(stock())

    page = guest.get("checkout/").content.decode()

    assert UserAddress.objects.get().is_default_for_shipping
    assert Order.objects.get().user == person
    assert re.search(r'name="locality"[^>]*value="Douar Ouled Ali"|value="Douar Ouled Ali"[^>]*name="locality"', page)
    assert re.search(r'<input[^>]*value="([^"]+)"[^>]*id="id_phone"|name="phone" value="([^"]+)"', page)


def test_an_empty_basket_goes_back_to_its_page():
    assert Guest().get("checkout/").url == "/fr/basket/"


def test_placing_three_lines_keeps_to_its_queries():
    guest = Guest()
    for _ in range(3):
        guest.add(stock())
    data = guest.filled()

    with CaptureQueriesContext(connection) as queries:
        guest.post("checkout/place/", **data)

    assert Order.objects.count() == 1
    assert len(queries) <= 25, f"{len(queries)}\n" + "\n".join(query["sql"][:150] for query in queries)


def test_a_whole_guest_purchase_keeps_to_its_queries_and_requests():
    honey, dates = stock(), stock()
    guest = Guest()

    with CaptureQueriesContext(connection) as queries:
        guest.get(f"catalogue/{honey.product.slug}_{honey.product_id}/")
        guest.add(honey)
        guest.add(dates)
        guest.get("basket/")
        guest.get("checkout/")
        data = guest.filled()
        placed = guest.post("checkout/place/", **data)
        guest.client.get(placed.url)

    assert Order.objects.count() == 1
    assert len(queries) <= 120, len(queries)


def test_a_method_without_a_bracket_for_the_weight_is_not_offered():
    make_tariff("MA3", "post_ems", "20.00", weight_to_g=100)
    guest = Guest(language="en")
    guest.add(stock())

    page = guest.post("checkout/", step="quote", **guest.filled(seal="")).content.decode()

    assert 'value="post_ems"' not in page
    assert 'value="home"' in page


def test_changing_the_language_on_a_page_that_refused_leads_back_to_the_form():
    guest = Guest(language="en")
    guest.add(stock())
    refused = guest.place(name="")
    product = Basket.objects.get().lines.get().product

    assert refused.status_code == 422
    assert guest.client.get("/fr/checkout/place/").url == "/fr/checkout/"
    assert guest.client.get(f"/fr/basket/add/{product.pk}/").url == f"/fr/catalogue/{product.slug}_{product.pk}/"
    assert guest.client.get("/fr/basket/lines/1/").url == "/fr/basket/"
