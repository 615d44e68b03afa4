"""A parcel that was paid from afar and comes back: what was paid for it is owed again, once."""

import pytest
from django.utils import timezone

from fulfilment.payments import operations as payments
from fulfilment.payments.models import Refund
from fulfilment.warehouse import operations
from tests.factories.bank import open_bank, pay
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to
from tests.storefront.payments.support import FRANCE, broken, start

pytestmark = pytest.mark.django_db


def test_a_paid_parcel_that_comes_back_is_refunded_with_the_delivery_once(run_jobs):
    with open_bank() as bank:
        open_deliveries()
        order = place_order((stock("120.00"), 2), shopping=FRANCE)
        intent = start(order)
        pay(bank, intent.id)
        payments.settle(intent_id=intent.id, now=timezone.now())
        run_jobs()
        parcel = move_to(order.consignments.get(), "HANDED_OVER")
        operations.refuse(consignment_id=parcel.pk, reason="changed_mind", by=None, now=timezone.now())

        for _ in range(2):
            operations.take_back(consignment_id=parcel.pk, by=None, now=timezone.now())
            run_jobs()

        refund = Refund.objects.get()
        assert (refund.reason, refund.amount, refund.delivery) == ("REFUSED", order.total_incl_tax, True)
        assert refund.state == Refund.State.SUCCEEDED
        assert broken() == []
