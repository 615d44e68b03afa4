"""Money that comes after an order ended: what the order uses again, and what the ledger says meanwhile."""

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import AccountKey
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.models import Refund
from storefront.offers.models import OfferUse
from storefront.vouchers.models import Voucher, VoucherUse
from tests.factories.bank import pay
from tests.factories.offers import make_voucher
from tests.factories.orders import Guest, open_deliveries, place_order, stock

from .support import FRANCE, broken, return_page, start, status_of

pytestmark = pytest.mark.django_db
HELD = AccountKey("held", "EUR")


def place_with_code(voucher):
    """Buy in France with a code; deliveries are open."""
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock("120.00", in_stock=50), 2)
    guest.post("basket/code/", code=voucher.code)
    guest.place()
    return Order.objects.latest("pk")


def paid_after_its_end(bank, order):
    payment = start(order)
    orders.expire(order_id=order.pk, now=timezone.now())
    pay(bank, payment.id)
    return payment


def goods_gone(bank, order):
    """Pay an order after its end, when one of its two jars is sold: nothing of it can be had any more."""
    payment = paid_after_its_end(bank, order)
    place_order((StockRecord.objects.get(), 1), shopping=FRANCE)
    return_page(order, payment.id)


def test_an_order_taken_up_again_uses_its_offer_and_its_code_again(bank, run_jobs):
    open_deliveries()
    order = place_with_code(make_voucher(usage=Voucher.SINGLE_USE))
    payment = paid_after_its_end(bank, order)
    given_back = [use.released_at for use in (VoucherUse.objects.get(), OfferUse.objects.get())]

    return_page(order, payment.id)
    run_jobs()

    assert None not in given_back
    assert (VoucherUse.objects.get().released_at, OfferUse.objects.get().released_at) == (None, None)
    assert (status_of(order), Refund.objects.count(), broken()) == ("PAID", 0, [])


def test_money_goes_back_when_the_code_was_used_by_someone_else_meanwhile(bank, run_jobs):
    open_deliveries()
    voucher = make_voucher(usage=Voucher.SINGLE_USE)
    order = place_with_code(voucher)
    payment = paid_after_its_end(bank, order)
    place_with_code(voucher)

    return_page(order, payment.id)
    run_jobs()

    assert (status_of(order), Refund.objects.get().state) == ("EXPIRED", "SUCCEEDED")
    assert VoucherUse.objects.get(released_at=None).order != order.pk
    assert broken() == []


def test_late_money_is_held_in_the_ledger_until_it_went_back(bank, order, run_jobs):
    goods_gone(bank, order)
    held = ledger.balance_of(HELD)

    run_jobs()

    assert (held, ledger.balance_of(HELD)) == (-order.total_incl_tax, 0)
    fee = order.payment_attempts.get().fee
    assert ledger.balance_of(AccountKey("clearing.card", "EUR")) == -fee  # the bank keeps it for what came to nothing
    assert broken() == []


def test_money_that_went_back_and_returned_is_held_again(bank, order, run_jobs):
    goods_gone(bank, order)
    run_jobs()
    provider_id = Refund.objects.get().provider_id
    bank.bank.cancel_or_fail(provider_id)

    operations.settle_refund(provider_id=provider_id, now=timezone.now())

    assert Refund.objects.get().state == "FAILED"
    assert ledger.balance_of(HELD) == -order.total_incl_tax


def test_money_given_back_at_the_second_try_is_held_no_more(bank, order, run_jobs):
    goods_gone(bank, order)
    run_jobs()
    provider_id = Refund.objects.get().provider_id
    bank.bank.cancel_or_fail(provider_id)
    operations.settle_refund(provider_id=provider_id, now=timezone.now())

    operations.refund_again(refund_id=Refund.objects.get().pk, now=timezone.now())
    run_jobs()

    assert [refund.state for refund in Refund.objects.order_by("pk")] == ["FAILED", "SUCCEEDED"]
    assert ledger.balance_of(HELD) == 0
