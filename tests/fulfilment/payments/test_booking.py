"""What each payment leaves in the ledger."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from catalogue.kernel.invariants import registered
from catalogue.kernel.shopping import Shopping
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey, Source
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments import booking, operations
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.operations.paying import record
from fulfilment.payouts.models import Payable, Payout
from fulfilment.warehouse.models import Consignment
from tests.factories.bank import pay
from tests.factories.catalogue import make_cooperative
from tests.factories.orders import copy_line, open_deliveries, place_order, stock
from tests.factories.parcels import move_to, open_parcels
from tests.factories.payouts import pay_all
from tests.fulfilment.ledger.policies.test_sales import balances

pytestmark = pytest.mark.django_db
LEDGER = "ledger: "


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def order(bank):
    return place_order((stock("120.00", farm_gate="80.00"), 2), shopping=Shopping("EUR", "FR"))


@pytest.fixture
def cash_order():
    return place_order((stock("120.00", farm_gate="80.00"), 2))


def pay_by_card(bank, order, **change):
    payment = operations.start(order_id=order.pk, now=timezone.now())
    pay(bank, payment.id)
    bank.bank.intents[payment.id].update(change)
    operations.settle(intent_id=payment.id, now=timezone.now())
    return payment


def broken() -> list[str]:
    return [name for name, check in registered().items() if name.startswith(LEDGER) and list(check())]


def booked(source: Source, external_id: str) -> dict[str, int]:
    return balances(ledger.legs_of(ledger.find(source, external_id)))


def test_a_card_payment_books_its_sale_once_however_often_it_is_looked_at(bank, order):
    payment = pay_by_card(bank, order)
    operations.settle(intent_id=payment.id, now=timezone.now())
    operations.sweep(now=timezone.now())

    cooperative = order.lines.get().partner_id
    legs = booked(Source.SALE, order.number)
    assert Entry.objects.filter(source=Source.SALE).count() == 1
    assert legs["clearing.card EUR"] == int(order.total_incl_tax * 100)
    assert legs[f"cooperatives.accrued MAD {cooperative}"] == -160_00
    assert broken() == []


def test_a_sale_is_booked_with_the_payment_or_not_at_all(bank, order, monkeypatch):
    monkeypatch.setattr(booking.ledger, "post", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        pay_by_card(bank, order)

    assert PaymentAttempt.objects.get().state == "STARTED"
    assert Order.objects.get(pk=order.pk).status == "PENDING_PAYMENT"


def test_an_unpaid_order_is_no_sale(cash_order):
    assert Entry.objects.count() == 0
    assert broken() == []


def test_cash_at_the_door_is_a_sale_that_the_courier_owes(cash_order, run_jobs):
    run_jobs()
    move_to(Consignment.objects.get(), "DELIVERED")
    before_earnings = booked(Source.SALE, cash_order.number)
    run_jobs()

    cooperative = cash_order.lines.get().partner_id
    assert before_earnings["clearing.courier MAD"] == int(cash_order.total_incl_tax * 100)
    assert before_earnings[f"cooperatives.accrued MAD {cooperative}"] == -160_00
    assert ledger.balance_of(AccountKey("cooperatives.accrued", "MAD", cooperative)) == 0
    assert ledger.balance_of(AccountKey("cooperatives.payable", "MAD", cooperative)) == Decimal("-160.00")
    assert broken() == []


def test_money_stands_where_it_was_paid_whatever_the_order_said_first(cash_order):
    attempt = PaymentAttempt.objects.get()
    attempt.provider = "stripe"

    booking.sell(attempt, now=timezone.now())

    assert booked(Source.SALE, cash_order.number)["clearing.card MAD"] == int(cash_order.total_incl_tax * 100)


def test_cash_refused_at_the_door_is_no_sale(cash_order):
    move_to(open_parcels(cash_order)[0], "HANDED_OVER")

    orders.advance(order_id=cash_order.pk, status=Order.Status.REFUSED, now=timezone.now())

    assert Entry.objects.count() == 0
    assert broken() == []


def test_money_that_is_not_what_was_asked_is_held_as_it_came_in(bank, order):
    pay_by_card(bank, order, amount_received=123, currency="usd")

    assert booked(Source.HELD, f"order-{order.number}-attempt-1") == {"clearing.card USD": 1_23, "held USD": -1_23}
    assert broken() == []


def test_held_money_given_back_leaves_the_bank_s_fee_alone(bank, order):
    pay_by_card(bank, order, amount_received=1)

    operations.give_back_held(order_id=order.pk, now=timezone.now())

    fee = PaymentAttempt.objects.get().fee
    assert list(Entry.objects.order_by("pk").values_list("source", flat=True)) == ["fee", "held", "reversal"]
    assert ledger.balance_of(AccountKey("held", "EUR")) == 0
    assert ledger.balance_of(AccountKey("clearing.card", "EUR")) == -fee
    assert broken() == []


def test_money_held_for_a_payment_that_was_cancelled_here_is_seen(bank, order):
    pay_by_card(bank, order, amount_received=1)

    PaymentAttempt.objects.update(state="CANCELLED")

    assert broken() == [
        "ledger: money is held for every payment that waits for a person, and for none that came to nothing"
    ]


def test_a_settled_payment_that_is_held_to_be_given_back_is_no_sale(bank, order):
    pay_by_card(bank, order, amount_received=1)

    PaymentAttempt.objects.update(state="SUCCEEDED")

    assert broken() == []


def test_rows_that_do_not_come_to_what_was_paid_are_not_booked(bank, order):
    PaymentAttempt.objects.update(amount=Decimal("1.00"))

    with pytest.raises(booking.SaleDiffers, match=f"the rows of order {order.number} come to"):
        booking.sell(PaymentAttempt.objects.get(), now=timezone.now())


def test_what_the_bank_keeps_is_booked_once_and_leaves_its_net_on_the_account(bank, order):
    payment = pay_by_card(bank, order)
    operations.settle(intent_id=payment.id, now=timezone.now())

    attempt = PaymentAttempt.objects.get()
    fee = booked(Source.FEE, attempt.charge_id)
    assert attempt.fee > 0
    assert fee[f"clearing.card {attempt.currency}"] == -int(attempt.fee * 100)
    assert sum(fee.values()) == 0
    assert ledger.balance_of(AccountKey("clearing.card", attempt.currency)) == attempt.net
    assert broken() == []


def test_a_fee_that_the_bank_knows_later_is_booked_then(bank, order):
    payment = operations.start(order_id=order.pk, now=timezone.now())
    pay(bank, payment.id)
    attempt = PaymentAttempt.objects.get()
    told = provider_for("stripe").settle(payment.id)
    record(attempt, replace(told, fee=None, net=None), timezone.now())
    before = ledger.find(Source.FEE, told.charge_id)

    operations.settle(intent_id=payment.id, now=timezone.now())

    assert (before, PaymentAttempt.objects.get().fee) == (None, told.fee)
    assert booked(Source.FEE, told.charge_id)["clearing.card EUR"] == -int(told.fee * 100)


def test_a_fee_taken_in_another_currency_waits_for_the_bank_s_statement(bank, order):
    payment = operations.start(order_id=order.pk, now=timezone.now())
    pay(bank, payment.id)
    told = provider_for("stripe").settle(payment.id)

    record(PaymentAttempt.objects.get(), replace(told, settled_currency="MAD"), timezone.now())

    assert ledger.find(Source.FEE, told.charge_id) is None


def test_a_sale_paid_out_leaves_the_cooperative_nothing_and_the_office_its_part(bank, order, run_jobs):
    pay_by_card(bank, order)
    run_jobs()
    move_to(Consignment.objects.get(), "DELIVERED")
    run_jobs()

    run = pay_all()

    cooperative = order.lines.get().partner_id
    payout = run.payouts.get()
    assert booked(Source.PAYOUT, payout.reference) == {
        f"cooperatives.payable MAD {cooperative}": 160_00,
        "clearing.payouts MAD": -160_00,
    }
    assert booked(Source.PAYOUT_SETTLED, payout.reference) == {"clearing.payouts MAD": 160_00, "bank MAD": -160_00}
    for code in ("accrued", "payable"):
        assert ledger.balance_of(AccountKey(f"cooperatives.{code}", "MAD", cooperative)) == 0
    assert ledger.balance_of(AccountKey("income.commission")) < 0
    assert broken() == []


def test_two_parcels_become_payable_each_with_its_own_entry(run_jobs):
    order = place_order((stock("120.00", farm_gate="80.00"), 1), (stock("60.00", farm_gate="30.00"), 2))
    run_jobs()
    first, second = Consignment.objects.order_by("pk")
    move_to(first, "DELIVERED")
    run_jobs()

    assert booked(Source.DELIVERY, first.reference)[f"cooperatives.payable MAD {first.origin.cooperative_id}"] == -80_00
    assert ledger.find(Source.DELIVERY, second.reference) is None
    assert ledger.find(Source.SALE, second.reference) is None
    move_to(second, "DELIVERED")
    run_jobs()
    assert booked(Source.SALE, order.number)["clearing.courier MAD"] == 155_00  # with the delivery
    assert booked(Source.SALE, second.reference)["clearing.courier MAD"] == 120_00
    assert broken() == []


BREAKS = {
    "ledger: every settled payment has its sale, as the order's rows were frozen, or is held to be given back": (
        lambda order: copy_line()
    ),
    "ledger: every sale has a settled payment behind it": lambda order: order.payment_attempts.update(state="FAILED"),
    "ledger: money is held for every payment that waits for a person, and for none that came to nothing": (
        lambda order: order.payment_attempts.update(state="QUARANTINED")
    ),
    "ledger: what each delivered parcel earned is booked as its order's lines say": lambda order: (
        Payable.objects.update(cooperative=make_cooperative())
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_invariant_sees_rows_that_the_ledger_does_not_say(bank, order, run_jobs, name):
    pay_by_card(bank, order)
    run_jobs()
    move_to(Consignment.objects.get(), "DELIVERED")
    run_jobs()

    BREAKS[name](order)

    assert name in broken()


def test_a_payout_that_the_ledger_does_not_know_is_seen(cash_order, run_jobs):
    run_jobs()
    move_to(Consignment.objects.get(), "DELIVERED")
    run_jobs()
    payout = pay_all().payouts.get()

    Payout.objects.filter(pk=payout.pk).update(returned_at=timezone.now(), state="RETURNED")

    assert "ledger: every payout that was sent is booked, what came back is taken back, and nothing else is" in broken()
    transaction.set_rollback(True)
