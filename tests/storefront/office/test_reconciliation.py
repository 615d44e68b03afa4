"""The bank's account against ours at the office: three lists, who sees to what, and how it is closed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.payments import operations
from fulfilment.payments.gateways.base import ProviderUnavailable
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.reconciliation.models import Discrepancy, ReconciliationRun
from tests.factories.bank import pay
from tests.factories.disputes import open_dispute, pay_by_card
from tests.factories.orders import place_order, stock
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]


@pytest.fixture
def paid(bank):
    """Give a function that returns the attempt of an order paid by card."""
    record = stock("120.00", in_stock=9)

    def make():
        order = place_order((record, 1), shopping=Shopping("EUR", "FR"))
        payment = operations.start(order_id=order.pk, now=timezone.now())
        pay(bank, payment.id)
        return operations.settle(intent_id=payment.id, now=timezone.now())

    return make


def compare():
    now = timezone.now()
    return operations.run_reconciliation(since=now - timedelta(days=3), until=now + timedelta(minutes=1), now=now)


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


@pytest.fixture
def difference(bank, paid):
    """One cent more at the bank than with us."""
    paid()
    (row,) = bank.bank.transactions.values()
    row["amount"] += 1
    compare()
    return Discrepancy.objects.get()


def press(client, difference, name, **data):
    return client.post(english("reconciliation-step", difference.pk, name), data, follow=True).content.decode()


def page_of(client):
    return client.get(english("reconciliation")).content.decode()


def test_before_the_first_run_the_page_says_so(client, finance):
    assert "never compared" in page_of(client)


def test_two_sides_that_agree_say_so(client, finance, paid):
    paid()
    compare()

    page = page_of(client)

    assert "Both sides say the same." in page
    assert (ReconciliationRun.objects.get().compared, Discrepancy.objects.count()) == (1, 0)


def test_three_lists_show_both_amounts_and_lead_to_the_order(client, finance, bank, paid):
    ours, theirs, cent = paid(), paid(), paid()
    bank.bank.transactions = {
        key: row for key, row in bank.bank.transactions.items() if row["source"] != ours.charge_id
    }
    PaymentAttempt.objects.filter(pk=theirs.pk).update(charge_id="")
    next(row for row in bank.bank.transactions.values() if row["source"] == cent.charge_id)["amount"] += 1
    compare()

    page = page_of(client)

    kinds = dict(Discrepancy.objects.values_list("source", "kind"))
    assert kinds == {ours.charge_id: "OURS_ONLY", theirs.charge_id: "THEIRS_ONLY", cent.charge_id: "DIFFERENT"}
    assert all(source in page for source in kinds)
    assert page.count(f"/office/orders/{cent.order.number}/") == 1
    one = Discrepancy.objects.get(source=cent.charge_id)
    assert (one.ours, one.theirs, one.order, one.ours_currency) == (
        cent.captured,
        cent.captured + Decimal("0.01"),
        cent.order,
        "EUR",
    )


def test_a_fee_of_a_dispute_that_differs_is_kept_and_shown_with_both_amounts(bank, client, finance):
    dispute = open_dispute(bank, pay_by_card(bank))
    next(row for row in bank.bank.transactions.values() if row["type"] == "adjustment")["fee"] += 1
    compare()

    page = page_of(client)

    one, movement = Discrepancy.objects.get(), dispute.movements.get()
    assert (one.source, one.kind, one.order) == (movement.provider_id, "DIFFERENT", dispute.attempt.order)
    assert (one.ours, one.ours_fee) == (movement.amount, movement.fee)
    assert (one.theirs, one.theirs_fee) == (movement.amount, movement.fee + Decimal("0.01"))
    assert ("15.00" in page, "15.01" in page) == (True, True)


def test_a_difference_is_taken_up_noted_and_closed_with_a_reason(client, finance, difference):
    press(client, difference, "take")
    press(client, difference, "note", note="asked the bank")
    press(client, difference, "close", note="the bank corrected it")

    difference.refresh_from_db()
    kinds = list(difference.notes.values_list("kind", "by", "text"))
    assert (difference.taken_by, difference.closed_at is not None) == (finance, True)
    assert kinds == [
        ("TAKEN", finance.pk, ""),
        ("NOTED", finance.pk, "asked the bank"),
        ("CLOSED", finance.pk, "the bank corrected it"),
    ]
    assert "the bank corrected it" in page_of(client)


@pytest.mark.parametrize("name", ["note", "close"])
def test_nothing_is_noted_or_closed_without_words(client, finance, difference, name):
    page = press(client, difference, name, note="  ")

    difference.refresh_from_db()
    assert ("Write in a few words why." in page, difference.closed_at, difference.notes.count()) == (True, None, 0)


def test_what_was_closed_and_is_still_there_is_open_again(client, finance, difference, clock):
    press(client, difference, "take")
    press(client, difference, "close", note="nothing")
    clock.shift(timedelta(minutes=20))

    compare()

    difference.refresh_from_db()
    assert (difference.closed_at, difference.taken_by) == (None, None)
    assert difference.notes.last().kind == "REOPENED"
    assert "found again" in page_of(client)


def test_a_closed_difference_is_not_closed_again(client, finance, difference):
    press(client, difference, "close", note="nothing")

    page = press(client, difference, "close", note="again")

    assert "closed already" in page
    assert difference.notes.count() == 1


def test_the_page_says_how_old_a_difference_is_and_when_the_last_run_saw_it_no_more(
    client, finance, difference, bank, clock
):
    clock.shift(timedelta(days=2))
    next(iter(bank.bank.transactions.values()))["amount"] -= 1
    compare()

    page = page_of(client)

    assert "2 days ago" in page
    assert "the last run found it no more" in page
    assert Discrepancy.objects.get().closed_at is None  # a person closes it


def test_steps_and_differences_that_are_none_are_not_there(client, finance, difference):
    answers = [
        client.post(english("reconciliation-step", difference.pk, "forget")).status_code,
        client.post(english("reconciliation-step", 10**9, "take")).status_code,
        client.get(english("reconciliation-step", difference.pk, "take")).status_code,
    ]

    assert answers == [404, 404, 405]


def test_support_sees_nothing_of_it(client, difference):
    sign_in(client, make_staff("support"))

    assert client.get(english("reconciliation")).status_code == 403
    assert client.post(english("reconciliation-step", difference.pk, "take")).status_code == 403


def test_a_bank_that_was_away_is_said_on_the_page(client, finance, bank):
    bank.faults.add("unreachable", path="balance_transactions", times=9)
    with pytest.raises(ProviderUnavailable):
        compare()

    assert "the bank did not answer" in page_of(client)
    assert ReconciliationRun.objects.get().failure


def test_the_page_asks_the_same_for_one_and_for_three(client, finance, bank, paid, django_assert_num_queries):
    paid()
    bank.bank.transactions.clear()
    compare()
    page_of(client)
    with CaptureQueriesContext(connection) as first:
        page_of(client)
    for _ in range(2):
        paid()
    bank.bank.transactions.clear()
    compare()

    with django_assert_num_queries(len(first)):
        page_of(client)


def test_today_counts_what_nobody_closed(client, finance, difference):
    page = client.get(english("home")).content.decode()

    assert "Differences with the bank" in page


def test_the_figures_count_open_differences_and_the_age_of_the_last_run(client, difference, clock):
    clock.shift(3600)

    page = client.get("/metrics").content.decode()

    assert 'shop_reconciliation_open_differences{list="different"} 1\n' in page
    assert 'shop_reconciliation_open_differences{list="ours_only"} 0\n' in page
    assert "shop_reconciliation_age_seconds 360" in page
