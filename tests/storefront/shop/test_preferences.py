"""Currency, destination and language: kept for a year, checked, never leading away from the shop."""

import pytest

from fulfilment.shipping.models import DeliveryCountry
from tests.factories.catalogue import make_stockrecord, publish_prices

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def france() -> None:
    DeliveryCountry.objects.create(iso2="FR", name="France", currency="EUR", block="EU")


def choose(client, **data):
    return client.post("/fr/preferences/", data)


def test_preferences_keep_what_was_chosen_and_translate_the_page(client):
    answer = choose(client, currency="EUR", destination="FR", language="en", next="/fr/catalogue/?sort=price")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/catalogue/?sort=price")
    kept = {name: answer.cookies[name].value for name in ("currency", "destination", "django_language")}
    assert kept == {"currency": "EUR", "destination": "FR", "django_language": "en"}
    assert answer.cookies["currency"]["max-age"] == 365 * 24 * 3600


def test_preferences_may_be_changed_one_by_one(client):
    choose(client, currency="EUR", destination="FR")
    choose(client, currency="USD")

    page = client.get("/fr/")

    assert (page.context["shopping"].currency, page.context["shopping"].destination) == ("USD", "FR")


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "DEM"},
        {"destination": "ZZ"},
        {"destination": "France"},
        {"language": "de"},
        {"currency": "'; --"},
        {"language": "ar\x00"},
    ],
)
def test_preferences_say_what_cannot_be_and_keep_the_rest(client, wrong):
    choose(client, currency="EUR", destination="FR")

    page = client.post("/fr/preferences/", wrong, follow=True)

    assert (page.context["shopping"].currency, page.context["shopping"].destination) == ("EUR", "FR")
    assert page.wsgi_request.path == "/fr/"
    assert len(list(page.context["messages"])) == 1


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "\x00"]
)
def test_preferences_never_lead_away(client, elsewhere):
    assert choose(client, currency="EUR", next=elsewhere).headers["Location"] == "/fr/"


@pytest.mark.parametrize(
    ("name", "value"), [("currency", "XXX"), ("destination", "ZZ"), ("destination", "fr"), ("destination", "F%00")]
)
def test_cookie_with_nonsense_means_home(client, name, value):
    client.cookies[name] = value

    shopping = client.get("/fr/").context["shopping"]

    assert (shopping.currency, shopping.destination) == ("MAD", "MA")


def test_basket_follows_the_currency(client):
    record = make_stockrecord()
    publish_prices()
    client.post(f"/fr/basket/add/{record.product_id}/", {"quantity": "1"})
    choose(client, currency="EUR")

    page = client.get("/fr/basket/")

    assert page.wsgi_request.basket.currency == "EUR"


def test_preferences_ask_for_a_post(client):
    assert client.get("/fr/preferences/").headers["Location"] == "/fr/"
