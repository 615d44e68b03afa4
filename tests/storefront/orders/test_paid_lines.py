"""An order's page and receipt say line by line whether the cooperative has its money, and since when."""

import re

import pytest
from django.urls import reverse

from catalogue.kernel.formats import month
from fulfilment.orders.links import order_path
from fulfilment.orders.models import Order
from fulfilment.payouts.models import Payout
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.movements import give_back
from tests.factories.parcels import make_held_order
from tests.factories.payouts import deliver, pay_all, send_back_from_bank

pytestmark = pytest.mark.django_db
PAGES = ("detail", "receipt")


@pytest.fixture
def oil():
    return make_stockrecord(cooperative=make_cooperative(short_name="Asni"), farm_gate="80.00", in_stock=20)


def badges(client, order, name="detail", language="en"):
    """Return what a page says of each line's payment."""
    client.get(order_path(order))
    html = client.get(f"/{language}" + reverse(f"orders:{name}", args=[order.number])[3:]).content.decode()
    _before, found, after = html.partition("Has the cooperative been paid?")
    said = re.findall(r'badge[^"]*">(.*?)</span>', after.partition("</ul>")[0]) if found else []
    return [re.sub(r"<[^>]+>", "", text).strip() for text in said]


@pytest.mark.parametrize("name", PAGES)
def test_a_line_is_paid_once_the_bank_paid_its_cooperative(client, oil, name):
    order = deliver((oil, 2), method="card")
    before = badges(client, order, name)
    pay_all()

    when = month(Payout.objects.get().settled_at, "en")
    assert (before, badges(client, order, name)) == (["Not paid yet"], [f"Paid in {when}"])


def test_each_line_for_itself(client, oil):
    order = deliver(
        (oil, 2), (make_stockrecord(cooperative=make_cooperative(payout_cycle="monthly")), 1), method="card"
    )
    pay_all()

    assert sorted(text.split()[0] for text in badges(client, order)) == ["Not", "Paid"]


def test_a_payment_that_came_back_is_not_paid(client, oil):
    order = deliver((oil, 2), method="card")
    pay_all()
    send_back_from_bank(Payout.objects.get())

    assert badges(client, order) == ["Not paid yet"]


def test_of_goods_given_back_nothing_is_said(client, oil):
    order = deliver((oil, 2), method="card")
    give_back(order.lines.select_related("order").get(), 2)

    assert badges(client, order) == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("CONFIRMED", ["Not paid yet"]),
        ("PAID", ["Not paid yet"]),
        ("PENDING_PAYMENT", []),
        ("PENDING_CONFIRMATION", []),
        ("CANCELLED", []),
        ("EXPIRED", []),
    ],
)
def test_it_is_said_of_what_was_sold(client, oil, status, said):
    order = make_held_order((oil, 1))
    Order.objects.filter(pk=order.pk).update(status=status)

    assert badges(client, order) == said
