"""Each invariant of offers and vouchers sees what breaks it."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.orders.models import LineDiscount, Order
from storefront.offers.models import ConditionalOffer, OfferUse
from storefront.vouchers.models import Voucher, VoucherUse
from tests.factories.offers import make_offer, make_voucher
from tests.factories.orders import Guest, open_deliveries, stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ordered():
    """Two orders of one customer, with an offer for all and a code."""
    open_deliveries()
    make_offer(max_uses=5, max_each=5, budget_mad=Decimal(100))
    voucher = make_voucher()
    record = stock("120.00")
    for _ in range(2):
        guest = Guest()
        guest.add(record)
        guest.post("basket/code/", code=voucher.code)
        guest.place()


def broken():
    return [name for name, check in registered().items() if list(check())]


def in_one_order(model):
    return model.objects.filter(order=Order.objects.earliest("pk"))


BREAKS = {
    "offers: what was counted is what the order's rows say": lambda: OfferUse.objects.update(amount=Decimal("1.00")),
    "offers: each discount of an order is counted once": lambda: in_one_order(OfferUse).delete(),
    "offers: a use is given back exactly when its order came to nothing": lambda: in_one_order(OfferUse).update(
        released_at=timezone.now()
    ),
    "offers: none was used more often, or gave more, than its limits allow": lambda: ConditionalOffer.objects.filter(
        max_global_applications=5
    ).update(max_user_applications=1),
    "vouchers: none was used more often than it may": lambda: Voucher.objects.update(usage=Voucher.SINGLE_USE),
    "vouchers: a use is given back exactly when its order came to nothing": lambda: in_one_order(VoucherUse).update(
        released_at=timezone.now()
    ),
}


def test_all_hold_after_two_orders():
    assert broken() == []
    assert LineDiscount.objects.count() == 4


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_each_sees_what_breaks_it(name):
    BREAKS[name]()

    assert broken() == [name]
