"""Someone else receives it: what the checkout asks, keeps and refuses."""

from decimal import Decimal

import pytest

from catalogue.places.models import UserAddress
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.orders.policies import Recipient
from storefront.checkout.recipients import told_apart
from tests.factories.orders import Guest, open_deliveries, place_order, stock
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
GIFT = {
    "recipient_name": "للا خديجة",
    "recipient_phone": "٠٦ ٢٣ ٤٥ ٦٧ ٨٩",
    "recipient_language": "ar",
    "gift_message": "Bonne fête, maman !\r\nÀ bientôt.",
}


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def guest():
    guest = Guest(language="fr")
    guest.add(stock("120.00"))
    return guest


def test_the_section_stands_closed_until_something_is_written_in_it(guest):
    closed = guest.get("checkout/").content.decode()
    opened = guest.post("checkout/", step="quote", country="MA", recipient_name="Laila").content.decode()

    assert '<details class="more">' in closed
    assert '<details class="more" open>' in opened


def test_without_a_recipient_an_order_is_as_it_was(guest):
    guest.place(recipient_language="ar", phone_country="")

    order = Order.objects.get()
    assert (order.for_someone_else, order.recipient_language, order.door_phone) == (False, "", order.phone)
    assert order.shipping_address.last_name == order.buyer_name


def test_payer_and_recipient_each_have_their_own(guest):
    guest.place(name="Youssef", phone="+33 6 12 34 56 78", email="youssef@example.com", **GIFT)

    order = Order.objects.get()
    address = order.shipping_address
    assert (order.buyer_name, order.phone, order.email) == ("Youssef", "+33612345678", "youssef@example.com")
    assert (order.recipient_name, order.recipient_phone, order.recipient_language) == (
        "للا خديجة",
        "+212623456789",
        "ar",
    )
    assert (address.last_name, str(address.phone_number)) == ("للا خديجة", "+212623456789")
    assert (order.gift_message, order.prices_hidden) == ("Bonne fête, maman !\nÀ bientôt.", False)
    assert (order.language, order.payment_method) == ("fr", "cash")


def test_a_payer_in_france_pays_in_euros_for_a_delivery_to_taounate_with_a_french_phone():
    guest = Guest(language="fr", currency="EUR")
    guest.add(stock("120.00"))

    guest.place(phone="06 12 34 56 78", phone_country="FR", payment="card", recipient_name="Laila")

    order = Order.objects.get()
    assert (order.currency, order.destination, order.side, order.mad_per_unit) == (
        "EUR",
        "MA",
        "home",
        Decimal("10.80"),
    )
    assert (order.phone, order.recipient_phone, order.door_phone) == ("+33612345678", "", "+33612345678")
    assert str(order.shipping_address.phone_number) == "+33612345678"


@pytest.mark.parametrize("written", ["+1 202 555 0143", "001 202 555 0143"])
def test_a_recipient_may_have_a_foreign_phone(guest, written):
    guest.place(**GIFT | {"recipient_phone": written})

    assert Order.objects.get().recipient_phone == "+12025550143"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipient_name": "", "recipient_phone": ""}, "recipient_name"),
        ({"recipient_phone": "12"}, "recipient_phone"),
        ({"recipient_language": "de"}, "recipient_language"),
        ({"recipient_name": "Laila\u202eetaL"}, "recipient_name"),
        ({"recipient_name": "x" * 151}, "recipient_name"),
        ({"gift_message": "x" * 301}, "gift_message"),
        ({"phone_country": "XX"}, "phone_country"),
        ({"prices_hidden": "on"}, "payment"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(guest, wrong, field):
    answer = guest.place(**GIFT | wrong)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert '<details class="more" open>' in answer.content.decode()
    assert not Order.objects.exists()


def test_a_message_is_plain_text_of_300_signs_without_marks_that_turn_it_around(guest):
    words = "<b>مرحبا</b>\u202e\u200f " + "x" * 280

    guest.place(**GIFT | {"gift_message": words})

    kept = Order.objects.get().gift_message
    assert kept == "<b>مرحبا</b> " + "x" * 280
    page = guest.get(f"orders/{Order.objects.get().number}/").content.decode()
    assert "<bdi>&lt;b&gt;مرحبا&lt;/b&gt; xxx" in page


def test_hidden_prices_leave_the_card_alone_to_pay_with(guest):
    typed = {"country": "MA", "recipient_name": "Laila", "prices_hidden": "on"}
    page = guest.post("checkout/", step="quote", **guest.filled() | typed)

    guest.place(**GIFT | {"prices_hidden": "on", "payment": "card"})

    assert [way.code for way in page.context["page"].payments] == ["card"]
    assert (Order.objects.get().prices_hidden, Order.objects.get().payment_method) == (True, "card")


def test_cash_is_said_to_be_asked_from_whoever_receives_it(guest):
    page = guest.post("checkout/", step="quote", **guest.filled() | {"recipient_name": "Laila"})

    assert [str(way.hint) for way in page.context["page"].payments if way.code == "cash"] != []
    assert page.context["page"].payments[0].code == "cash"
    assert page.context["form"].names_someone


def test_hidden_prices_with_cash_are_refused_where_orders_are_placed():
    hidden = Recipient("Laila", "ar", prices_hidden=True)

    with pytest.raises(orders.PaymentNotOffered):
        place_order(recipient=hidden)


def test_an_address_kept_for_another_is_kept_under_their_name(guest):
    guest.client.force_login(make_person())
    guest.add(stock())

    guest.place(keep="1", name="Youssef", phone="0612345678", **GIFT)

    kept = UserAddress.objects.get()
    assert (kept.last_name, str(kept.phone_number)) == ("للا خديجة", "+212623456789")


PERSON = {"name": "Youssef", "phone": "+212612345678", "email": ""}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            {"name": "Laila", "phone": "06 23 45 67 89", "city": ""},
            PERSON | {"recipient_name": "Laila", "recipient_phone": "06 23 45 67 89"},
        ),
        ({"name": "يوسف", "phone": "06 12 34 56 78"}, PERSON | {"name": "يوسف", "phone": "06 12 34 56 78"}),
        ({"name": "Youssef", "phone": "06 23 45 67 89"}, PERSON | {"phone": "06 23 45 67 89"}),
        ({"name": "Laila", "phone": ""}, PERSON | {"name": "Laila"}),
        ({"name": "Laila", "phone": "12"}, PERSON | {"recipient_name": "Laila", "recipient_phone": "12"}),
    ],
)
def test_an_address_with_another_name_and_phone_is_told_apart(address, expected):
    assert told_apart(PERSON, address) == expected


def test_a_person_without_a_phone_takes_the_address_s():
    address = {"name": "Laila", "phone": "06 23 45 67 89"}

    assert told_apart(PERSON | {"phone": ""}, address) == PERSON | address
