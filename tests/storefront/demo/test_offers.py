import pytest
from django.core.management import call_command
from django.utils.translation import override

from catalogue.kernel.invariants import violations
from fulfilment.orders.models import Order
from storefront.demo import offers
from storefront.offers import queries
from storefront.offers.models import ConditionalOffer
from storefront.vouchers.models import Voucher
from storefront.vouchers.policies import spell
from tests.factories.orders import Guest, open_deliveries, stock

pytestmark = pytest.mark.django_db


def make():
    call_command("make_offers", verbosity=0)
    queries.forget()


def test_offers_and_one_code_are_made_once_and_shown(client, settings):
    settings.SHOP_ENV = "demo"
    make()
    make()

    page = client.get("/demo/?language=en").content.decode()

    assert (ConditionalOffer.objects.count(), Voucher.objects.count()) == (3, 1)
    with override("en"):
        assert [shown.title in page for shown in offers.listed()] == [True] * 3
    assert spell(Voucher.objects.get().code) in page


@pytest.mark.parametrize(("destination", "currency"), [("MA", "MAD"), ("FR", "EUR"), ("FR", "USD")])
def test_the_code_shown_takes_off_an_amount_in_each_currency(destination, currency):
    make()
    open_deliveries()
    guest = Guest(destination=destination, currency=currency)
    guest.add(stock("320.00", in_stock=5))
    guest.post("basket/code/", code=Voucher.objects.get().code)

    guest.place()

    order = Order.objects.get()
    off = {"MAD": 50, "EUR": 5, "USD": 5}[currency]
    assert [row.amount for row in order.goods_discounts if row.voucher_code] == [off]
    assert [(name, rows) for name, rows in violations() if rows] == []
