"""The recipient's page: the parcel and its way, and nothing that is the payer's."""

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.kernel.shopping import Shopping
from fulfilment.orders.links import key_for, recipient_key_for, recipient_url
from fulfilment.orders.models import Order
from fulfilment.orders.policies import Recipient
from tests.factories.orders import address_for, open_deliveries, place_order, stock
from tests.factories.parcels import move_to, open_parcels
from tests.factories.people import make_member, make_person, make_staff, sign_in

pytestmark = pytest.mark.django_db
LAILA = Recipient("Laila", "fr", "+212623456789", "Bonne fête !")
HIDDEN = Recipient("Laila", "fr", "+212623456789", "Bonne fête !", prices_hidden=True)


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def order_for(recipient, **fields):
    address = address_for(Shopping(), last_name="Youssef Alami", phone_number="+33612345678")
    return place_order((stock("120.00"), 2), recipient=recipient, address=address, email="y@example.com", **fields)


def by_key(order, end="parcel/", key=None, language="fr"):
    return f"/{language}/orders/{order.number}/{end}?k={key or recipient_key_for(order.number)}"


def test_the_signed_link_opens_the_parcel_with_the_payer_s_name_alone(client):
    order = order_for(LAILA)

    page = client.get(by_key(order)).content.decode()

    assert recipient_url(order).endswith(by_key(order))
    assert "Youssef Alami" in page
    assert "Bonne fête !" in page
    assert "120,00" in page
    for hidden in ("33612345678", "6 12 34 56 78", "y@example.com", "/cancel/", "/pay/"):
        assert hidden not in page


def test_cash_to_pay_is_named_until_it_arrived(client):
    order = order_for(LAILA)
    asked = client.get(by_key(order)).content.decode()
    for parcel in open_parcels(order):
        move_to(parcel, "DELIVERED")

    arrived = client.get(by_key(order)).content.decode()

    assert 'class="panel panel--brand"' in asked
    assert 'class="panel panel--brand"' not in arrived


def test_hidden_prices_are_on_no_page_of_the_recipient(client):
    order = order_for(HIDDEN, payment_method="card")

    page = client.get(by_key(order)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]

    assert "Bonne fête !" in main
    for amount in ("120", "240", "275", "DH", "MAD", "EUR"):
        assert amount not in main


def test_the_page_says_nothing_of_how_it_was_paid(client):
    order = order_for(LAILA)
    for parcel in open_parcels(order):
        move_to(parcel, "HANDED_OVER")

    steps = [str(step.name) for step in client.get(by_key(order, language="en")).context["steps"]]

    assert steps == ["Being prepared by the cooperatives", "On its way", "Delivered"]


def test_each_key_opens_its_own_page_only(client):
    order = order_for(LAILA)
    key = recipient_key_for(order.number)
    refused = [
        client.get(by_key(order, "")),
        client.get(by_key(order, "pay/")),
        client.post(by_key(order, "cancel/")),
        client.post(by_key(order, "pay/start/")),
        client.get(by_key(order, key=key_for(order.number))),
        client.get(by_key(order, key="0" * 24)),
        client.get(f"/fr/orders/{order.number}/parcel/"),
        client.post(by_key(order)),
    ]

    assert [answer.status_code for answer in refused] == [404] * 7 + [405]
    assert key != key_for(order.number)
    assert Order.objects.get().status == "CONFIRMED"


def test_the_recipient_s_visit_opens_nothing_of_the_payer_s_afterwards():
    order = order_for(LAILA)
    browser = Client()

    browser.get(by_key(order))

    assert browser.get(f"/fr/orders/{order.number}/").status_code == 404


def test_an_order_without_a_recipient_has_no_such_page(client):
    order = place_order()

    assert client.get(by_key(order)).status_code == 404


def test_the_payer_s_page_names_both_and_the_courier_s_number(client):
    order = order_for(LAILA)

    page = client.get(by_key(order, "", key_for(order.number))).content.decode()

    assert "Laila" in page
    assert "06 23 45 67 89" in page.replace("\u00a0", " ")
    assert "Bonne fête !" in page


def test_the_page_takes_as_many_queries_for_one_line_as_for_three(client, django_assert_num_queries):
    one = place_order((stock(), 1), recipient=LAILA)
    three = place_order((stock(), 1), (stock(), 1), (stock(), 1), recipient=LAILA)
    for order in (one, three):
        client.get(by_key(order))
        with django_assert_num_queries(6):
            client.get(by_key(order))


def test_the_office_sees_both_and_finds_an_order_by_either(client):
    order = order_for(LAILA)
    place_order()
    sign_in(client, make_staff("support"))

    page = client.get(f"/en/office/orders/{order.number}/").content.decode().replace("\u00a0", " ")
    listed = [client.get(f"/en/office/orders/?q={words}") for words in ("laila", "0623456789", "+33612345678", "6789")]

    for told in ("Youssef Alami", "+33 6 12 34 56 78", "Laila", "06 23 45 67 89", "Bonne fête !"):
        assert told in page
    assert [[found.number for found in answer.context["page_obj"]] for answer in listed] == [[order.number]] * 4
    assert "Laila" in listed[0].content.decode()


def test_the_office_s_parcel_shows_whom_the_courier_calls(client):
    order = order_for(LAILA)
    parcel = open_parcels(order)[0]
    sign_in(client, make_staff("logistics"))

    page = (
        client.get("/en" + reverse("office:consignment", args=[parcel.reference])[3:])
        .content.decode()
        .replace("\u00a0", " ")
    )

    assert "06 23 45 67 89" in page
    assert "6 12 34 56 78" not in page


def test_a_cooperative_writes_the_recipient_s_name_and_sees_no_phone(client):
    order = order_for(LAILA)
    parcel = open_parcels(order)[0]
    sign_in(client, make_member(parcel.origin.cooperative))

    page = client.get(
        "/fr" + reverse("portal:parcel", args=[parcel.origin.cooperative.slug, parcel.reference])[3:]
    ).content.decode()

    assert "Laila" in page
    for hidden in ("Youssef", "23 45 67 89", "612345678", "y@example.com", "Bonne fête"):
        assert hidden not in page.replace("\u00a0", " ")


def test_the_account_s_history_says_for_whom(client):
    person = make_person()
    order_for(LAILA, user_id=person.pk)
    client.force_login(person)

    assert "Laila" in client.get("/en/accounts/orders/").content.decode()
