"""Currency, destination and language: kept for a year, checked, never leading away from the shop."""

import pytest

from fulfilment.shipping.models import DeliveryCountry
from tests.factories.catalogue import make_stockrecord, publish_prices

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def france() -> None:
    DeliveryCountry.objects.create(iso2="FR", name="France", currency="EUR", block="EU")
    DeliveryCountry.objects.create(iso2="US", name="United States", currency="USD", block="US")
    DeliveryCountry.objects.create(iso2="MA", name="Maroc", currency="MAD", block="MA")


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
        {"currency": "<script>alert(1)</script>"},
        {"destination": "<b"},
        {"currency": "E" * 10_000},
        {"destination": "F\x00"},
    ],
)
def test_preferences_say_what_cannot_be_and_keep_the_rest(client, wrong):
    choose(client, currency="EUR", destination="FR")

    page = client.post("/fr/preferences/", wrong, follow=True)

    assert (page.context["shopping"].currency, page.context["shopping"].destination) == ("EUR", "FR")
    assert page.wsgi_request.path == "/fr/"
    assert len(list(page.context["messages"])) == 1
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "\x00"]
)
def test_preferences_never_lead_away(client, elsewhere):
    assert choose(client, currency="EUR", next=elsewhere).headers["Location"] == "/fr/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("currency", value) for value in ("XXX", "", "eur", "<script>", "E" * 3_000)),
        *(("destination", value) for value in ("ZZ", "", "fr", "F%00", "<b>", "F" * 3_000)),
    ],
)
def test_cookie_with_nonsense_means_home(client, name, value):
    client.cookies[name] = value

    page = client.get("/fr/")

    shopping = page.context["shopping"]
    assert (shopping.currency, shopping.destination) == ("MAD", "MA")
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize(
    ("browser", "currency", "destination"),
    [
        ("fr-FR,fr;q=0.9,en-US;q=0.8", "EUR", "FR"),
        ("en-US,en;q=0.5", "USD", "US"),
        ("ar-MA", "MAD", "MA"),
        ("fr-FR,fr;q=0.9,ar-MA;q=0.2", "MAD", "MA"),
        ("zgh-Tfng-MA", "MAD", "MA"),
        ("fr", "MAD", "MA"),
        ("de-DE,en-US;q=0.5", "USD", "US"),
        ("de-DE", "MAD", "MA"),
        ("*", "MAD", "MA"),
        ("", "MAD", "MA"),
        ("<script>,;;q=,fr-\x00\x00", "MAD", "MA"),
        ("fr-FR," * 5_000, "EUR", "FR"),
    ],
)
def test_a_first_visit_is_guessed_from_the_browser_s_languages(client, browser, currency, destination):
    shopping = client.get("/fr/", headers={"accept-language": browser}).context["shopping"]

    assert (shopping.currency, shopping.destination) == (currency, destination)


def test_what_was_chosen_is_stronger_than_the_browser_choice_by_choice(client):
    client.cookies["destination"] = "MA"

    shopping = client.get("/fr/", headers={"accept-language": "fr-FR"}).context["shopping"]

    assert (shopping.currency, shopping.destination) == ("EUR", "MA")


def test_a_cookie_with_nonsense_is_not_replaced_by_a_guess(client):
    client.cookies["currency"], client.cookies["destination"] = "XXX", "FR"

    shopping = client.get("/fr/", headers={"accept-language": "en-US"}).context["shopping"]

    assert (shopping.currency, shopping.destination) == ("MAD", "FR")


@pytest.mark.parametrize(
    "query", ["?currency=XXX", "?destination=ZZ&language=de", "?currency=<script>alert(1)</script>"]
)
def test_an_address_with_nonsense_changes_nothing(client, query):
    for path in ("/fr/", "/fr/catalogue/", "/fr/basket/"):
        page = client.get(path + query, follow=True)

        shopping = page.context["shopping"]
        assert (page.status_code, shopping.currency, shopping.destination) == (200, "MAD", "MA")
        assert "<script>alert" not in page.content.decode()


def test_pages_may_be_kept_apart_by_cookie_and_language(client):
    for path in ("/fr/", "/fr/catalogue/", "/fr/cooperatives/"):
        varies = {name.strip() for name in client.get(path).headers["Vary"].split(",")}

        assert {"Cookie", "Accept-Language"} <= varies


@pytest.mark.parametrize("path", ["/fr/", "/fr/catalogue/", "/fr/search/?q=miel", "/fr/basket/", "/fr/regions/"])
def test_every_page_carries_the_form(client, path):
    page = client.get(path).content.decode()

    assert 'action="/fr/preferences/" method="post"' in page
    assert all(f'name="{name}"' in page for name in ("currency", "destination", "language"))


def test_the_checkout_carries_the_form_and_comes_back(client):
    record = make_stockrecord()
    publish_prices()
    client.post(f"/fr/basket/add/{record.product_id}/", {"quantity": "1"})

    page = client.get("/fr/checkout/").content.decode()
    answer = choose(client, currency="USD", destination="FR", language="en", next="/fr/checkout/")

    assert 'action="/fr/preferences/" method="post"' in page
    assert answer.headers["Location"] == "/en/checkout/"
    assert client.get("/en/checkout/").context["currency"] == "USD"


def test_basket_follows_the_currency(client):
    record = make_stockrecord()
    publish_prices()
    client.post(f"/fr/basket/add/{record.product_id}/", {"quantity": "1"})
    choose(client, currency="EUR")

    page = client.get("/fr/basket/")

    assert page.wsgi_request.basket.currency == "EUR"


def test_preferences_ask_for_a_post(client):
    assert client.get("/fr/preferences/").headers["Location"] == "/fr/"
