"""Disputes: looked up whatever was told in whatever order, booked to the cent, kept by the database."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.models import Entry
from fulfilment.payments import operations, signals
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.gateways.base import NotUnderstood
from fulfilment.payments.models import Dispute, DisputeAnswer, DisputeMovement, StripeEvent
from tests.factories.bank import events_of, tell
from tests.factories.disputes import answer_dispute, balance, broken, close_dispute, open_dispute, pay_by_card
from tests.factories.people import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]
CASES = [Shopping("EUR", "FR"), Shopping("USD", "US"), Shopping("MAD", "FR")]
KINDS = ("created", "funds_withdrawn", "updated", "closed")


@pytest.fixture
def told():
    """Collect what is announced of disputes."""
    heard = []

    def opened(order_id, dispute_id, **kwargs):
        heard.append("opened")

    def closed(order_id, dispute_id, won, **kwargs):
        heard.append("won" if won else "lost")

    signals.dispute_opened.connect(opened)
    signals.dispute_closed.connect(closed)
    yield heard
    signals.dispute_opened.disconnect(opened)
    signals.dispute_closed.disconnect(closed)


def books(dispute):
    """Return what must be the same however the news came."""
    dispute = Dispute.objects.get(pk=dispute.pk)
    entries = sorted(Entry.objects.filter(order_number=dispute.attempt.order.number).values_list("source", "memo"))
    balances = [
        (one.account.code, str(one.account.currency), one.amount)
        for each in ledger.trial_balance()
        for one in each.balances
    ]
    return dispute.state, dispute.bearer, dispute.movements.count(), len(entries), balances


@pytest.mark.parametrize("won", [True, False])
def test_all_orders_of_the_four_events_told_twice_end_the_same(bank, run_jobs, won):
    ends = []
    for order in itertools.permutations(KINDS):
        with transaction.atomic():
            attempt = pay_by_card(bank)
            made = bank.bank.open_dispute(attempt.charge_id)
            bank.bank.update_dispute(made["id"], {"evidence": {"uncategorized_text": "x"}})
            bank.bank.close_dispute(made["id"], won=won)
            mine = [one for one in events_of(bank) if one["data"]["object"].get("id") == made["id"]]
            by_kind = {one["type"].rpartition(".")[2]: one for one in mine}
            for kind in (*order, *order):
                tell(by_kind[kind])
                run_jobs()
            dispute = Dispute.objects.get()
            kinds = list(attempt.order.events.filter(kind__startswith="dispute").values_list("kind", flat=True))
            ends.append((*books(dispute), sorted(kinds), sorted(StripeEvent.objects.values_list("outcome", flat=True))))
            transaction.set_rollback(True)

    assert len(ends) == 24
    assert all(end == ends[0] for end in ends)
    assert ends[0][:2] == (("WON", "") if won else ("LOST", "OFFICE"))


def test_news_as_it_comes_books_each_step_once(bank, told):
    attempt = pay_by_card(bank)
    dispute = open_dispute(bank, attempt)
    withdrawn = balance("clearing.disputes", "EUR")
    for _ in range(3):
        operations.settle_dispute(provider_id=dispute.provider_id, now=timezone.now())

    won = close_dispute(bank, dispute, won=True)

    assert (withdrawn, dispute.amount) == (attempt.amount, attempt.amount)
    assert (won.state, won.bearer, balance("clearing.disputes", "EUR")) == ("WON", "", 0)
    assert (won.withdrawn_at is None, won.reinstated_at is None, won.closed_at is None) == (False, False, False)
    assert balance("expense.provider_fees") > 0  # of the payment; the one of the dispute came back
    assert balance("clearing.card", "EUR") == attempt.net
    assert (told, broken()) == (["opened", "won"], [])


@pytest.mark.parametrize("shopping", CASES)
def test_a_lost_dispute_is_borne_by_the_office_and_the_card_account_is_the_banks(bank, told, shopping):
    attempt = pay_by_card(bank, shopping=shopping)
    currency = attempt.currency

    dispute = close_dispute(bank, open_dispute(bank, attempt), won=False)

    lost_mad = (attempt.amount * attempt.order.mad_per_unit).quantize(Decimal("0.01"))
    assert (dispute.state, dispute.bearer) == ("LOST", "OFFICE")
    assert (balance("clearing.disputes", currency), balance("expense.disputes_lost")) == (0, lost_mad)
    (there,) = bank.bank.balance()["available"]
    assert balance("clearing.card", currency) == Decimal(there["amount"]) / 100
    assert (told, broken()) == (["opened", "lost"], [])


def test_a_part_of_a_payment_may_be_disputed(bank):
    attempt = pay_by_card(bank)

    dispute = close_dispute(bank, open_dispute(bank, attempt, amount=500), won=False)

    assert (dispute.amount, balance("clearing.card", "EUR")) == (Decimal("5.00"), attempt.net - 5 - 15)
    assert broken() == []


def test_what_was_lost_and_is_won_after_all_leaves_nothing(bank, told):
    attempt = pay_by_card(bank)
    dispute = close_dispute(bank, open_dispute(bank, attempt), won=False)
    operations.charge_back(dispute_id=dispute.pk, reason="contract", now=timezone.now(), by=make_staff("finance"))
    bank.bank.disputes[dispute.provider_id]["status"] = "under_review"

    dispute = close_dispute(bank, dispute, won=True)

    assert (dispute.state, dispute.bearer, told) == ("WON", "", ["opened", "lost", "won"])
    assert (balance("expense.disputes_lost"), balance("clearing.disputes", "EUR")) == (0, 0)
    assert balance("cooperatives.accrued", "MAD", attempt.order.lines.get().partner_id) == -160
    assert broken() == []


def test_a_bank_that_only_asks_takes_nothing_and_a_refund_is_allowed(bank, told, run_jobs):
    attempt = pay_by_card(bank)
    dispute = open_dispute(bank, attempt, warning=True)
    operations.owe_refund(attempt_id=attempt.pk, amount=Decimal(1), reason="PAID_TOO_LATE", now=timezone.now())

    closed = close_dispute(bank, dispute, won=False)

    assert (dispute.state, closed.state, closed.movements.count()) == ("WARNING_NEEDS_RESPONSE", "WARNING_CLOSED", 0)
    assert (told, balance("clearing.disputes", "EUR")) == (["opened", "won"], 0)


def test_a_question_may_become_a_dispute_even_after_it_was_closed(bank, told):
    attempt = pay_by_card(bank)
    dispute = open_dispute(bank, attempt, warning=True)
    close_dispute(bank, dispute, won=False)
    bank.bank.escalate_dispute(dispute.provider_id)

    dispute = operations.settle_dispute(provider_id=dispute.provider_id, now=timezone.now())

    assert (dispute.state, dispute.closed_at, told) == ("NEEDS_RESPONSE", None, ["opened", "won", "opened"])
    assert (balance("clearing.disputes", "EUR"), broken()) == (attempt.amount, [])


def test_an_older_answer_that_comes_late_takes_no_step_back(bank):
    attempt = pay_by_card(bank)
    made = bank.bank.open_dispute(attempt.charge_id)
    early = provider_for("stripe").find_dispute(made["id"])
    bank.bank.close_dispute(made["id"], won=True)
    operations.settle_dispute(provider_id=made["id"], now=timezone.now())

    dispute = operations.record_dispute(attempt=attempt, told=early, now=timezone.now())

    assert (dispute.state, balance("clearing.disputes", "EUR"), broken()) == ("WON", 0, [])


def test_a_dispute_of_a_payment_that_nobody_knows_is_seen(bank, run_jobs):
    attempt = pay_by_card(bank)
    made = bank.bank.open_dispute(attempt.charge_id)
    bank.bank.disputes[made["id"]].update(payment_intent="pi_0", charge="ch_0")
    tell(events_of(bank, "charge.dispute.created")[0])

    with pytest.raises(operations.DisputeOfUnknownPayment, match="pi_0, which nobody here knows"):
        operations.apply_event(event_id=StripeEvent.objects.get().event_id, now=timezone.now())

    assert (Dispute.objects.count(), StripeEvent.objects.get().processed_at) == (0, None)


def test_a_dispute_without_its_intent_is_known_by_its_charge(bank):
    attempt = pay_by_card(bank)
    made = bank.bank.open_dispute(attempt.charge_id)
    bank.bank.disputes[made["id"]]["payment_intent"] = None

    assert operations.settle_dispute(provider_id=made["id"], now=timezone.now()).attempt == attempt


def test_a_state_that_nobody_knows_is_not_written(bank):
    made = bank.bank.open_dispute(pay_by_card(bank).charge_id)
    bank.bank.disputes[made["id"]]["status"] = "in_a_new_limbo"

    with pytest.raises(NotUnderstood, match="in_a_new_limbo"):
        operations.settle_dispute(provider_id=made["id"], now=timezone.now())


@pytest.mark.parametrize("told_first", [True, False])
def test_a_dispute_that_was_prevented_with_our_money_is_lost(bank, told_first):
    attempt = pay_by_card(bank)
    made = bank.bank.open_dispute(attempt.charge_id)
    there = bank.bank.disputes[made["id"]]
    there["status"], moved = "prevented", there["balance_transactions"]
    if not told_first:  # its money is told later
        there["balance_transactions"] = []
        early = operations.settle_dispute(provider_id=made["id"], now=timezone.now())
        assert (early.state, early.bearer) == ("PREVENTED", "")
        there["balance_transactions"] = moved

    dispute = operations.settle_dispute(provider_id=made["id"], now=timezone.now())

    assert (dispute.state, dispute.bearer, balance("clearing.disputes", "EUR")) == ("LOST", "OFFICE", 0)
    with pytest.raises(operations.MoreThanCaptured):
        operations.owe_refund(attempt_id=attempt.pk, amount=Decimal(1), reason="PAID_TOO_LATE", now=timezone.now())
    assert broken() == []


def test_a_dispute_in_another_currency_is_kept_and_not_booked(bank, caplog):
    made = bank.bank.open_dispute(pay_by_card(bank).charge_id)
    bank.bank.disputes[made["id"]]["currency"] = "usd"

    dispute = operations.settle_dispute(provider_id=made["id"], now=timezone.now())

    assert (dispute.currency, Entry.objects.filter(source="dispute").count()) == ("USD", 0)
    assert "another currency" in caplog.text
    assert any("what disputes took" in name for name in broken())


def test_what_lasts_is_asked_about_again(bank, clock):
    dispute = open_dispute(bank, pay_by_card(bank))
    bank.bank.close_dispute(dispute.provider_id, won=True)  # and no event comes
    clock.shift(timedelta(hours=7))

    operations.look_at_disputes(now=timezone.now())

    assert Dispute.objects.get().state == "WON"


@pytest.mark.parametrize(
    "change",
    [
        lambda: DisputeMovement.objects.update(amount=1),
        lambda: DisputeMovement.objects.all().delete(),
        lambda: Dispute.objects.update(provider_id="dp_other"),
        lambda: Dispute.objects.update(state="LOST", closed_at=timezone.now()),
        lambda: Dispute.objects.update(bearer="COOPERATIVES"),
        lambda: Dispute.objects.update(amount=0),
        lambda: DisputeAnswer.objects.update(sha256="0" * 64),
        lambda: DisputeAnswer.objects.all().delete(),
    ],
)
def test_the_database_refuses_what_must_not_be(bank, change):
    answer_dispute(open_dispute(bank, pay_by_card(bank)))

    with pytest.raises(DatabaseError), transaction.atomic():
        change()
