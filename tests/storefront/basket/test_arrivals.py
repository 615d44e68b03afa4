"""What may be due on arrival, in words and figures, before any address is asked."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.products.models import Component
from fulfilment.shipping.models import DeliveryCountry, ImportRule
from tests.factories.catalogue import make_product
from tests.factories.orders import Guest, open_deliveries, stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def rule(block, country="", **fields):
    values = {"confidence": "assumption", "valid_from": date(2026, 1, 1)}
    return ImportRule.objects.create(block=block, country=country, **values | fields)


@pytest.fixture
def europe():
    rule("EU", regime="per_heading", currency="EUR", value_limit=150, duty_per_heading=3)
    rule("EU", "FR", vat_pct=20)


def craft(price="108.00", heading="691200", **fields):
    return stock(price, product=make_product(kind="craft", hs_code=heading, **fields))


def buyer(*records, destination="FR", currency="EUR", language="en"):
    guest = Guest(destination=destination, currency=currency, language=language)
    for record in records:
        guest.add(record)
    return guest


def arrival(guest, path="basket/"):
    return guest.get(path).context["arrival"]


def goods_of(guest):
    return guest.get("basket/").context["total"]


def test_the_basket_says_what_the_carrier_will_ask_in_europe(europe):
    guest = buyer(craft(), craft(heading="570110"))

    found = arrival(guest)

    vat = (goods_of(guest) + 6) / 5
    assert found.rows == [("Duty, 2 tariff headings", Decimal("6.00")), ("VAT (20%) on goods and duty", vat)]
    assert (found.total, found.currency) == (6 + vat, "EUR")
    assert found.advice == "2 tariff headings cost EUR\xa06.00: fewer kinds of product in one parcel cost less."


def test_the_estimate_is_in_no_total(europe):
    guest = buyer(craft())

    page = guest.get("basket/")

    assert page.context["total"] == page.context["lines"][0].total
    assert "data-arrival" in page.content.decode()


def test_the_checkout_and_the_product_page_say_it_too(europe):
    record = craft()
    guest = buyer(record)

    assert arrival(guest, "checkout/").total == arrival(guest).total
    page = guest.client.get(record.product.get_absolute_url().replace("/ar/", "/en/"))
    assert page.context["page"].arrival.total == arrival(guest).total
    assert "Sent alone, on arrival" in page.content.decode()


def test_one_heading_brings_no_advice(europe):
    assert arrival(buyer(craft(), craft())).advice == ""


def test_a_hamper_counts_by_what_it_holds(europe):
    hamper = stock("300.00", product=make_product(kind="gift", hs_code="210690"))
    for heading in ("151590", "080410", "040900", "190240", "091020"):
        Component.objects.create(hamper=hamper.product, product=make_product(hs_code=heading), quantity=1)

    found = arrival(buyer(hamper))

    assert found.rows[0] == ("Duty, 5 tariff headings", Decimal("15.00"))


def test_above_the_limit_the_standard_entry_and_the_proof_are_named(europe):
    DeliveryCountry.objects.filter(iso2="FR").update(preferential_proof="EUR.1")
    guest = buyer(craft("2000.00"))

    found = arrival(guest)

    assert (found.total, found.rows) == (None, [])
    assert found.sentences == [
        "Above EUR\xa0150.00 customs makes a standard entry: duty by each product's tariff, then VAT (20%).",
        "A proof of origin may lower the duty: EUR.1.",
    ]


def test_with_a_number_of_our_own_nothing_more_is_asked(europe):
    ImportRule.objects.filter(country="").update(seller_number="IM5040000000")

    found = arrival(buyer(craft()))

    assert (found.total, found.sentences) == (
        None,
        ["We settle VAT and duty ourselves on parcels up to EUR\xa0150.00; the carrier asks for nothing more."],
    )


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (
            {"regime": "seller_vat", "currency": "GBP", "value_limit": 135, "vat_pct": 20},
            "Up to GBP\xa0135.00, VAT (20%)",
        ),
        (
            {"regime": "small_tax_waived", "currency": "CHF", "tax_waived_under": 5, "vat_pct": "8.1"},
            "less than CHF\xa05.00",
        ),
        ({"regime": "from_value", "currency": "CAD", "value_limit": 20}, "worth more than CAD\xa020.00"),
        ({"regime": "every_parcel"}, "duty on every parcel, whatever its value"),
        ({"regime": "local"}, "by the thresholds of the country"),
        ({"regime": "local", "vat_pct": 15}, "Duty and VAT (15%)"),
    ],
)
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_other_countries_are_told_in_their_own_currency(terms, sentence, language):
    rule("EU", **terms)

    guest = buyer(craft(), language=language)

    found = arrival(guest)
    assert found.total is None
    if language == "en":
        assert any(sentence in said for said in found.sentences), found.sentences


def test_food_for_a_country_that_wants_it_announced_is_told():
    rule("US", regime="every_parcel", announces_food=True)

    food = arrival(buyer(stock(), destination="US", currency="USD")).sentences
    soap = arrival(buyer(stock(product=make_product(kind="cosmetic")), destination="US", currency="USD")).sentences

    assert any("FDA prior notice" in said for said in food)
    assert not any("FDA prior notice" in said for said in soap)


def test_without_a_rule_a_general_word_stands():
    assert arrival(buyer(craft())).sentences == ["Duty and tax may be due on arrival."]


def test_at_home_nothing_is_due():
    guest = buyer(craft(), destination="MA", currency="MAD")

    assert arrival(guest) is None
    assert "data-arrival" not in guest.get("basket/").content.decode()


@pytest.mark.parametrize("currency", ["MAD", "USD"])
def test_the_estimate_follows_the_basket_s_currency(europe, currency):
    found = arrival(buyer(craft(), currency=currency))

    assert (found.currency, found.rows[0][1]) == (currency, {"MAD": Decimal("32.40"), "USD": Decimal("3.48")}[currency])


def test_the_basket_abroad_keeps_its_budget_with_five_lines_and_a_hamper(europe):
    hamper = stock("300.00", product=make_product(kind="gift", hs_code="210690"))
    Component.objects.create(hamper=hamper.product, product=make_product(), quantity=1)
    guest = buyer(hamper, *(craft(heading=str(570110 + number)) for number in range(4)))
    guest.get("basket/")

    with CaptureQueriesContext(connection) as queries:
        page = guest.get("basket/")

    assert len(page.context["lines"]) == 5
    assert len(queries) <= 12, "\n".join(query["sql"][:160] for query in queries)
