"""The hourly look at disputes: what nothing was heard of, whatever else is wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fulfilment.payments import operations
from fulfilment.payments.disputing.queries import silent
from tests.factories.disputes import open_dispute, pay_by_card

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

    asked = [each.provider_id in caplog.text for each in disputes]
    assert (asked, len(silent(timezone.now()))) == ([True, False], 2)
