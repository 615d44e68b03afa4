"""What the checkout says when the basket, or its goods, went to someone else while the page was open."""

import pytest
from django.core.signing import Signer
from django.db import OperationalError

from catalogue.cooperatives.models import StockRecord
from fulfilment.orders.models import Order
from storefront.basket.models import BasketMoved
from storefront.basket.operations import switch_currency
from storefront.checkout import operations, policies
from tests.factories.orders import Guest, open_deliveries, stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def guest():
    guest = Guest(language="en")
    guest.add(stock())
    return guest


@pytest.mark.parametrize("basket_id", ["None", "", "-1", "1e3"])
def test_a_seal_without_a_basket_opens_nothing(basket_id):
    assert policies.unseal(Signer(salt=policies.SALT).sign(f"{basket_id}.abc")) == (0, ())


def ordered_meanwhile(**kwargs):
    raise BasketMoved


def test_another_country_for_a_basket_ordered_meanwhile_leads_to_the_basket(guest, monkeypatch):
    filled = guest.filled()
    monkeypatch.setattr("storefront.checkout.views.switch_currency", ordered_meanwhile)

    answer = guest.post("checkout/", **filled | {"country": "FR", "step": "quote"})

    assert (answer.status_code, answer.url) == (302, "/en/basket/")


def test_ordering_for_another_country_a_basket_ordered_meanwhile_leads_to_its_order(guest, monkeypatch):
    filled = guest.filled()

    def ordered_first(**kwargs):
        other = Guest(language="en")
        other.client.cookies = guest.client.cookies
        assert other.post("checkout/place/", **filled).status_code == 302
        switch_currency(**kwargs)

    monkeypatch.setattr("storefront.checkout.views.switch_currency", ordered_first)
    answer = guest.post("checkout/place/", **filled | {"country": "FR"})

    assert answer.url == f"/en/orders/{Order.objects.get().number}/"


def lost_its_locks(**kwargs):
    cause = Exception()
    cause.sqlstate = "55P03"
    raise OperationalError("canceling statement due to lock timeout") from cause


def test_a_crowd_is_told_to_try_again_and_keeps_its_baskets(guest, monkeypatch):
    filled = guest.filled()
    monkeypatch.setattr(operations.time, "sleep", lambda seconds: None)
    with monkeypatch.context() as crowded:
        crowded.setattr(operations.orders, "place", lost_its_locks)
        answer = guest.post("checkout/place/", **filled)
    page = answer.content.decode()

    assert answer.status_code == 503
    assert "Many people are buying this right now. Please try again; nothing was taken." in page
    assert (Order.objects.count(), StockRecord.objects.get().num_allocated or 0) == (0, 0)
    assert guest.post("checkout/place/", **filled).status_code == 302
