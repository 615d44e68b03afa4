"""Every movement at the bank against one record of ours, by id and to the cent."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.payments import operations, tasks
from fulfilment.payments.models import PaymentAttempt, Refund
from storefront.demo.stripe.cards import ACCEPTED
from tests.factories.bank import pay
from tests.factories.disputes import close_dispute, open_dispute
from tests.factories.orders import place_order, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]
ABROAD = [Shopping("EUR", "FR"), Shopping("USD", "US"), Shopping("MAD", "FR")]


@pytest.fixture
def paid(bank):
    """Give a function that returns the attempt of an order paid by card."""

    def make(shopping=ABROAD[0]):
        order = place_order((stock("120.00"), 2), shopping=shopping, payment_method="card")
        pay(bank, operations.start(order_id=order.pk, now=timezone.now()).id, ACCEPTED)
        operations.sweep(now=timezone.now())
        return order.payment_attempts.get()

    return make


def compare(days=3):
    now = timezone.now()
    return operations.reconcile(since=now - timedelta(days=days), until=now + timedelta(minutes=1))


def give_back(attempt, run_jobs):
    operations.owe_refund(attempt_id=attempt.pk, amount=attempt.captured, reason="PAID_TOO_LATE", now=timezone.now())
    run_jobs()
    return Refund.objects.get()


def test_what_was_paid_and_given_back_in_each_currency_is_the_same_on_both_sides(bank, paid, run_jobs):
    attempts = [paid(shopping) for shopping in ABROAD]
    give_back(attempts[0], run_jobs)

    found = compare()

    assert (found.compared, bool(found)) == (4, False)


def test_a_refund_that_failed_after_it_went_through_comes_to_nothing_on_both_sides(bank, paid, run_jobs):
    refund = give_back(paid(), run_jobs)
    bank.bank.cancel_or_fail(refund.provider_id)
    operations.settle_refund(provider_id=refund.provider_id, now=timezone.now())

    assert (Refund.objects.get().state, bool(compare())) == ("FAILED", False)


@pytest.mark.parametrize(("won", "moved"), [(None, 2), (True, 3), (False, 2)])
def test_what_a_dispute_took_and_returned_is_the_same_on_both_sides_with_its_fee(bank, paid, won, moved):
    attempt = paid()
    dispute = open_dispute(bank, attempt)
    if won is not None:
        close_dispute(bank, dispute, won=won)

    found = compare()

    assert (found.compared, bool(found)) == (moved, False)


def test_a_dispute_that_was_won_months_later_is_matched_movement_by_movement(bank, paid, clock):
    dispute = open_dispute(bank, paid())
    clock.shift(timedelta(days=80))
    close_dispute(bank, dispute, won=True)

    found = compare()

    assert (found.compared, bool(found)) == (1, False)


@pytest.mark.parametrize("change", [{"amount": 1, "fee": 0}, {"amount": 0, "fee": 1}])
def test_one_cent_of_a_dispute_or_of_its_fee_is_a_difference(bank, paid, change):
    open_dispute(bank, paid())
    row = next(row for row in bank.bank.transactions.values() if row["type"] == "adjustment")
    row.update({name: row[name] + cents for name, cents in change.items()})

    (one,) = compare().different

    assert (one.source, "(fee 15.00)" in one.ours, one.ours != one.theirs) == (row["id"], True, True)


def test_a_dispute_that_only_the_bank_knows_is_on_its_list(bank, paid):
    bank.bank.open_dispute(paid().charge_id)

    assert [one.source[:4] for one in compare().theirs_only] == ["txn_"]


def test_money_that_only_the_bank_knows_is_on_its_list(bank, paid):
    attempt = paid()
    PaymentAttempt.objects.update(charge_id="")

    (one,) = compare().theirs_only

    assert (one.source, one.order_number, one.ours) == (attempt.charge_id, "", "")
    assert one.theirs == f"{attempt.captured} EUR"


def test_money_that_only_we_know_is_on_its_list(bank, paid):
    attempt = paid()
    bank.bank.transactions.clear()

    (one,) = compare().ours_only

    assert (one.source, one.order_number, one.theirs) == (attempt.charge_id, attempt.order.number, "")


@pytest.mark.parametrize("change", [{"amount": 1}, {"currency": "usd"}])
def test_one_cent_or_another_currency_is_a_difference(bank, paid, change):
    attempt = paid()
    (row,) = bank.bank.transactions.values()
    row.update({"amount": row["amount"] + 1} if "amount" in change else change)

    found = compare()

    assert [one.source for one in found.different] == [attempt.charge_id]
    assert (found.ours_only, found.theirs_only, found.compared) == ((), (), 0)


def test_what_was_paid_before_is_not_looked_at(bank, paid, clock):
    paid()
    bank.bank.transactions.clear()

    clock.shift(timedelta(days=5))

    assert not compare()


def test_the_command_names_each_difference_and_fails(bank, paid):
    attempt = paid()
    told = StringIO()
    call_command("reconcile", stdout=told)
    bank.bank.transactions.clear()

    with pytest.raises(CommandError, match="The accounts differ"):
        call_command("reconcile", stdout=told)

    assert "1 movements, both sides say the same." in told.getvalue()
    assert attempt.charge_id in told.getvalue()


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_the_command_refuses_a_span_that_is_none(days):
    with pytest.raises(CommandError, match="between 1 and 366"):
        call_command("reconcile", days=days)


def test_the_nightly_job_fails_when_accounts_differ_so_that_someone_sees_it(bank, paid, clock):
    paid()
    bank.bank.transactions.clear()
    clock.shift(timedelta(hours=2))

    with pytest.raises(operations.AccountsDiffer, match="1 only ours, 0 only theirs, 0 different"):
        tasks.check_accounts()
