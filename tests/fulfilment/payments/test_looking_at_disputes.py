"""The hourly look at disputes: what nothing was heard of, whatever else is wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fulfilment.payments import operations
from fulfilment.payments.disputing.queries import silent
from tests.factories.disputes import balance, broken, open_dispute, pay_by_card

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]


def limbo(bank, dispute):
    bank.bank.disputes[dispute.provider_id]["status"] = "in_a_new_limbo"


def of_nobody(bank, dispute):
    bank.bank.disputes[dispute.provider_id].update(payment_intent="pi_0", charge="ch_0")


def forgotten(bank, dispute):
    del bank.bank.disputes[dispute.provider_id]


@pytest.mark.parametrize("spoil", [limbo, of_nobody, forgotten])
def test_a_dispute_that_cannot_be_settled_stops_no_other_and_comes_last_the_next_time(bank, clock, caplog, spoil):
    bad = open_dispute(bank, pay_by_card(bank))
    clock.shift(timedelta(minutes=1))
    good = open_dispute(bank, pay_by_card(bank))
    spoil(bank, bad)
    bank.bank.close_dispute(good.provider_id, won=True)
    clock.shift(timedelta(hours=7))
    first = silent(timezone.now())

    operations.look_at_disputes(now=timezone.now())

    good.refresh_from_db()
    assert (first, good.state) == ([bad.provider_id, good.provider_id], "WON")
    assert (f"dispute not settled: dispute={bad.provider_id}" in caplog.text, silent(timezone.now())) == (True, [])


def test_a_bank_that_is_away_ends_the_look_at_disputes(bank, clock, caplog):
    disputes = [open_dispute(bank, pay_by_card(bank)) for _ in range(2)]
    clock.shift(timedelta(hours=7))
    bank.faults.add("unreachable", times=20)

    operations.look_at_disputes(now=timezone.now())

    asked = [f"provider unavailable: dispute={each.provider_id}" in caplog.text for each in disputes]
    assert (asked, len(silent(timezone.now()))) == ([True, False], 2)


def won_before_its_money_returns(bank, *, returned=0):
    """Return a dispute that is won, and what the bank has not told yet of its money."""
    dispute = open_dispute(bank, pay_by_card(bank))
    bank.bank.close_dispute(dispute.provider_id, won=True)
    rows = bank.bank.disputes[dispute.provider_id]["balance_transactions"]
    whole = rows.pop()
    if returned:
        rows.append(whole | {"id": "txn_part", "amount": returned, "fee": 0})
    return operations.settle_dispute(provider_id=dispute.provider_id, now=timezone.now()), rows, whole


def test_money_that_returns_after_the_win_is_asked_for_until_it_came(bank, clock):
    dispute, rows, whole = won_before_its_money_returns(bank)
    rows.append(whole)
    clock.shift(timedelta(hours=7))

    operations.look_at_disputes(now=timezone.now())

    dispute.refresh_from_db()
    assert (dispute.reinstated_at is None, balance("clearing.disputes", "EUR"), broken()) == (False, 0, [])
    clock.shift(timedelta(hours=7))
    assert silent(timezone.now()) == []


@pytest.mark.parametrize("returned", [0, 100])
def test_money_that_does_not_return_after_the_win_is_noticed_in_a_week(bank, clock, returned):
    won_before_its_money_returns(bank, returned=returned)
    clock.shift(timedelta(days=6))
    early = broken()
    clock.shift(timedelta(days=2))

    assert (early, broken()) == ([], ["payments: no dispute that is over holds money of the shop"])
