"""Before ordering, a buyer reads whether and how long something may be sent back: product page and checkout."""

import pytest

from tests.factories.catalogue import publish_prices
from tests.factories.orders import Guest, open_deliveries
from tests.factories.withdrawals import make_cheese, make_honey

pytestmark = pytest.mark.django_db
UNOPENED = "You can send it back unopened within %d days of receiving it."


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.mark.parametrize(("destination", "currency", "days"), [("MA", "MAD", 7), ("FR", "EUR", 14), ("US", "USD", 7)])
def test_a_product_says_it_for_the_destination(destination, currency, days):
    record = make_honey()
    publish_prices()
    guest = Guest(destination=destination, currency=currency, language="en")

    page = guest.client.get("/en" + record.product.get_absolute_url()[3:])

    assert UNOPENED % days in page.content.decode()


def test_what_spoils_says_so():
    record = make_cheese()
    publish_prices()

    page = Guest(language="en").client.get("/en" + record.product.get_absolute_url()[3:])

    assert "Cannot be sent back: it spoils quickly." in page.content.decode()


def test_the_checkout_says_it_before_the_button():
    honey, cheese = make_honey(), make_cheese()
    publish_prices()
    guest = Guest(language="en")
    for record in (honey, cheese):
        guest.add(record)

    page = guest.get("checkout/").content.decode()

    assert "\u2068Miel de thym\u2069: " + UNOPENED % 7 in page
    assert "\u2068Jben de chèvre\u2069: Cannot be sent back: it spoils quickly." in page
    assert "What sending it back costs is yours to pay." in page
