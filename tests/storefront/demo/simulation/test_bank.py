"""The simulated bank answers as the port promises: the same for the same key, never more back than came in."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from catalogue.kernel.money import ZERO
from fulfilment.payments.gateways.base import Charge, GiveBack, NoSuchPayment, ProviderRefused
from storefront.demo.simulation.bank import DISPUTE_FEE, CardBank

NOW = datetime(2025, 3, 1, 10)
CHARGE = Charge("order-1-attempt-1", "BAK1", 1, Decimal("120.00"), "EUR")


@pytest.fixture
def bank() -> CardBank:
    return CardBank(lambda: NOW)


@pytest.fixture
def paid(bank):
    payment = bank.start(CHARGE)
    bank.pay(payment.id)
    return bank.settle(payment.id)


def give_back(paid, amount: str, key: str = "refund-1") -> GiveBack:
    return GiveBack(key, paid.id, Decimal(amount), paid.currency, "BAK1", 1)


def test_a_payment_is_started_once_under_its_key(bank):
    assert bank.start(CHARGE) == bank.start(CHARGE)


def test_a_payment_says_what_was_kept_of_it(paid):
    assert (paid.state, paid.received, paid.net + paid.fee) == ("SUCCEEDED", CHARGE.amount, CHARGE.amount)


def test_a_refund_asked_again_is_made_once_and_never_beyond_what_came_in(bank, paid):
    assert bank.refund(give_back(paid, "100.00")) == bank.refund(give_back(paid, "100.00"))

    with pytest.raises(ProviderRefused):
        bank.refund(give_back(paid, "20.01", "refund-2"))


def test_what_was_paid_is_not_cancelled(bank, paid):
    assert bank.cancel(paid.id) == paid


def test_a_payment_that_nobody_started_is_not_known(bank):
    with pytest.raises(NoSuchPayment):
        bank.settle("order-2-attempt-1")


@pytest.mark.parametrize(("won", "left"), [(True, ZERO), (False, -CHARGE.amount - DISPUTE_FEE)])
def test_a_dispute_that_is_won_brings_back_the_money_and_the_fee(bank, paid, won, left):
    name = bank.open_dispute(paid.id)

    bank.close_dispute(name, won=won)

    assert sum((one.amount - one.fee for one in bank.find_dispute(name).movements), ZERO) == left


def test_movements_are_listed_by_their_instants(bank, paid):
    assert [one.amount for one in bank.movements(NOW, NOW + timedelta(seconds=1))] == [CHARGE.amount]
    assert bank.movements(NOW - timedelta(days=1), NOW) == []
