"""What somebody changed behind the shop's back is found, each under its own cause."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger.policies import NewEntry, Source
from fulfilment.matching.models import Difference
from fulfilment.matching.operations import run_match
from fulfilment.orders.models import Order
from fulfilment.payments import operations as payments
from fulfilment.payments.models import PaymentAttempt, Refund
from fulfilment.payouts import operations as payouts
from fulfilment.payouts.models import BankFileLine, PayoutRun
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.disputes import pay_by_card
from tests.factories.exports import make_packed, record_export
from tests.factories.matching import SETTLED, deliver_cash, match_later, open_ones
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to
from tests.factories.payouts import deliver, draft, send, send_back_from_bank, settle, submitter
from tests.fulfilment.ledger.test_invariants import as_owner

pytestmark = pytest.mark.django_db
D = Decimal
LEDGER = ("ledger_entry", "ledger_line")
tampering = pytest.mark.django_db(transaction=True)
"""The owner's own connection sees what was committed."""


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def order(run_jobs):
    return deliver_cash(run_jobs)


def behind_our_back(*statements: str, tables: tuple[str, ...]) -> None:
    """Do what the triggers of these tables refuse."""
    as_owner(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
    as_owner(*statements)
    as_owner(*(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))


def forget_entry(source: str) -> None:
    found = f"SELECT id FROM ledger_entry WHERE source = '{source}'"
    behind_our_back(
        f"DELETE FROM ledger_line WHERE entry_id IN ({found})",
        f"DELETE FROM ledger_entry WHERE source = '{source}'",
        tables=LEDGER,
    )


def double(source: str, account: str) -> None:
    """Let one account's legs of these entries say twice as much."""
    behind_our_back(
        "UPDATE ledger_line SET amount_minor = 2 * amount_minor"
        f" WHERE entry_id IN (SELECT id FROM ledger_entry WHERE source = '{source}')"
        f" AND account_id IN (SELECT id FROM ledger_account WHERE code = '{account}')",
        tables=LEDGER,
    )


def causes() -> list[str]:
    match_later()
    return [cause for cause, _subject in open_ones()]


def post(source: Source, name: str, legs: tuple, order_number: str = "") -> None:
    now = timezone.now()
    ledger.post(NewEntry(source, name, legs, now, order_number=order_number), now=now)


def test_nothing_differs_of_an_order_that_went_the_whole_way(order):
    run = match_later()

    assert (run.orders, run.found, open_ones()) == (1, 0, [])


def test_nothing_differs_of_an_order_paid_by_card_in_euros(bank, run_jobs):
    attempt = pay_by_card(bank)
    run_jobs()
    for parcel in attempt.order.consignments.all():
        move_to(parcel, "DELIVERED")
    run_jobs()

    assert causes() == []


@tampering
def test_a_sale_that_is_gone(order):
    forget_entry("sale")

    assert causes() == ["sale_missing"]
    row = Difference.objects.get()
    assert (row.subject, row.expected, row.found, row.unit) == (f"{order.number}-1", order.total_incl_tax, D(0), "MAD")


@tampering
def test_a_sale_of_another_amount(order):
    double("sale", "clearing.courier")

    assert causes() == ["sale_other_amount"]


@tampering
def test_a_card_paid_and_not_in_the_ledger(bank):
    pay_by_card(bank)
    forget_entry("sale")

    assert causes() == ["sale_missing"]


def test_a_sale_that_nobody_paid(order):
    legs = (policies.debit("clearing.card", D(5)), policies.credit("income.delivery", D(5)))
    other = place_order((stock("90.00"), 1))
    post(Source.SALE, other.number, legs, other.number)
    post(Source.SALE, "NOBODY", legs, "NOBODY")

    assert causes() == ["sale_without_payment", "sale_without_payment"]
    assert {subject for _cause, subject in open_ones()} == {other.number, "NOBODY"}


def test_an_order_that_says_paid_without_a_payment(bank):
    attempt = pay_by_card(bank)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="FAILED", updated_at=timezone.now())

    assert causes() == ["order_unpaid", "sale_without_payment"]


@tampering
def test_cash_that_is_gone(order):
    behind_our_back(
        "DELETE FROM payment_cashcollected",
        "UPDATE payment_paymentattempt SET captured = 0",
        tables=("payment_cashcollected", "payment_paymentattempt"),
    )

    assert "cash_missing" in causes()


def test_an_orphan_payment(bank):
    attempt = pay_by_card(bank)
    Order.objects.filter(pk=attempt.order_id).update(status="EXPIRED")

    assert causes() == ["payment_without_order"]


def test_money_that_goes_back_for_an_order_that_ended_is_no_difference(bank, run_jobs):
    attempt = pay_by_card(bank)
    Order.objects.filter(pk=attempt.order_id).update(status="EXPIRED")
    Refund.objects.create(
        attempt=attempt,
        amount=attempt.captured,
        currency=attempt.currency,
        reason="PAID_TOO_LATE",
        created_at=timezone.now(),
        updated_at=timezone.now(),
    )

    assert causes() == []


def test_a_payment_of_another_amount(bank):
    attempt = pay_by_card(bank)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(captured=attempt.captured - 1)

    assert causes() == ["payment_other_amount", "sale_other_amount"]


@tampering
def test_a_movement_that_is_gone(order):
    behind_our_back("DELETE FROM lots_stockmovement WHERE kind = 'sold'", tables=("lots_stockmovement",))

    assert causes() == ["movement_missing"]
    row = Difference.objects.get()
    assert (row.subject, row.expected, row.found, row.unit) == (f"{order.number}-1", D(2), D(0), "pieces")


@tampering
def test_a_movement_too_many(order):
    behind_our_back(
        "INSERT INTO lots_stockmovement (stock_id, kind, change, reason, reference, at)"
        f" SELECT stock_id, 'sold', -1, '', '{order.number}-1', at FROM lots_stockmovement WHERE kind = 'sold'",
        tables=("lots_stockmovement",),
    )

    assert causes() == ["movement_too_many"]


@tampering
def test_a_movement_for_no_parcel(order):
    behind_our_back(
        "UPDATE lots_stockmovement SET reference = 'ELSEWHERE' WHERE kind = 'sold'", tables=("lots_stockmovement",)
    )

    assert causes() == ["movement_missing", "movement_unknown"]


@tampering
def test_a_parcel_that_came_back_without_its_movement(order):
    as_owner("UPDATE warehouse_consignment SET state = 'RETURNED', returned_at = delivered_at")

    assert "return_missing" in causes()


@tampering
def test_a_delivery_that_is_gone_and_one_of_another_amount(order):
    double("delivery", "cooperatives.payable")
    assert causes() == ["delivery_other_amount"]

    forget_entry("delivery")
    assert causes() == ["delivery_missing"]


@tampering
def test_a_delivery_of_nothing(order):
    behind_our_back(
        "UPDATE ledger_entry SET external_id = 'ELSEWHERE' WHERE source = 'delivery'", tables=("ledger_entry",)
    )

    assert causes() == ["delivery_missing", "delivery_unfounded"]


@pytest.fixture
def refund(bank, run_jobs):
    """A refund of one of two pieces, sent and booked."""
    attempt = pay_by_card(bank)
    run_jobs()
    payments.ask_refund(
        order_id=attempt.order_id,
        quantities={attempt.order.lines.get().pk: 1},
        reason="GOODWILL",
        by=None,
        now=timezone.now(),
    )
    run_jobs()
    return Refund.objects.get()


def test_nothing_differs_of_a_refund(refund):
    assert causes() == []


@tampering
def test_a_refund_that_is_gone(refund):
    forget_entry("refund")

    assert causes() == ["refund_missing"]


@tampering
def test_a_refund_of_another_amount(refund):
    double("refund", "clearing.card")

    assert causes() == ["refund_other_amount"]


@tampering
def test_a_refund_that_is_none(refund):
    behind_our_back("UPDATE ledger_entry SET external_id = 'refund-0' WHERE source = 'refund'", tables=LEDGER)

    assert causes() == ["refund_missing", "refund_unfounded"]


def test_an_export_without_proof_is_someones_work_after_its_days(settings):
    parcel = move_to(make_packed(), "HANDED_OVER")
    match_later(timedelta(days=settings.CLOSING_PROOF_DAYS - 1))
    early = open_ones()
    match_later(timedelta(days=settings.CLOSING_PROOF_DAYS + 1))
    late = open_ones()
    record_export(parcel)
    match_later(timedelta(days=settings.CLOSING_PROOF_DAYS + 1))

    assert ("export_unproved", parcel.reference) not in early
    assert ("export_unproved", parcel.reference) in late
    assert ("export_unproved", parcel.reference) not in open_ones()


@pytest.fixture
def sent():
    """A payout that was sent to the bank."""
    deliver((make_stockrecord(farm_gate="80.00"), 2), method="card")
    return send(draft()).payouts.select_related("run").get()


def of_payouts() -> list[tuple[str, str]]:
    """Match some hours after the last run was made."""
    run_match(now=PayoutRun.objects.latest("run_at").run_at + SETTLED)
    return [one for one in open_ones() if one[0].startswith("payout_")]


def test_nothing_differs_of_a_payout_under_way_paid_or_returned(sent):
    under_way = of_payouts()
    settle(sent.run)
    paid = of_payouts()
    send_back_from_bank(sent)

    assert (under_way, paid, of_payouts()) == ([], [], [])


def test_nothing_differs_of_what_was_fetched_at_an_agency_or_thrown_away():
    cooperative = make_cooperative(payout_method="cash_at_agency")
    deliver((make_stockrecord(cooperative=cooperative, farm_gate="80.00"), 2), method="card")
    settle(send(draft()))
    deliver((make_stockrecord(farm_gate="80.00"), 2), method="card")
    run = draft()
    payouts.cancel(run_id=run.pk, by=submitter(), now=run.run_at)

    assert of_payouts() == []


@tampering
def test_a_payout_the_ledger_does_not_know(sent):
    behind_our_back("UPDATE ledger_entry SET external_id = 'ELSEWHERE' WHERE source = 'payout'", tables=LEDGER)

    assert of_payouts() == [("payout_not_booked", sent.reference), ("payout_unfounded", "ELSEWHERE")]
    row = Difference.objects.get(subject=sent.reference)
    assert (row.expected, row.found) == (sent.amount_mad, D(0))


@tampering
def test_a_payout_that_went_through_and_is_under_way_in_the_ledger(sent):
    settle(sent.run)
    forget_entry("payout_settled")

    assert of_payouts() == [("payout_not_booked", sent.reference)]


@tampering
def test_a_payout_settled_that_no_line_of_the_bank_names(sent):
    settle(sent.run)
    behind_our_back("DELETE FROM payouts_bankfileline", tables=("payouts_bankfileline",))

    assert of_payouts() == [("payout_not_at_bank", sent.reference)]


@tampering
def test_a_line_that_waited_and_was_closed_speaks_for_the_payout_whose_proof_it_is(sent):
    settle(sent.run)
    line = BankFileLine.objects.get()
    behind_our_back(
        "UPDATE payouts_bankfileline SET payout_id = NULL, outcome = 'HELD', why = 'OTHER_AMOUNT'",
        tables=("payouts_bankfileline",),
    )
    waiting = of_payouts()
    payouts.close_line(line_id=line.pk, why="it is of this one", by=submitter(), now=sent.run.run_at)

    assert (waiting, of_payouts()) == ([("payout_not_at_bank", sent.reference)], [])


@tampering
def test_a_payout_under_way_that_a_line_of_the_bank_ended(sent):
    settle(sent.run)
    behind_our_back(
        "UPDATE payouts_payout SET state = 'EXPORTED', settled_at = NULL, settled_by_id = NULL, proof = ''",
        tables=("payouts_payout",),
    )

    assert of_payouts() == [("payout_not_at_bank", sent.reference), ("payout_not_booked", sent.reference)]


def test_an_entry_of_a_payout_that_is_none():
    legs = (policies.debit("clearing.payouts", D(5)), policies.credit("bank", D(5)))
    post(Source.PAYOUT_SETTLED, "PAY-NOWHERE", legs)
    match_later()

    assert open_ones() == [("payout_unfounded", "PAY-NOWHERE")]
