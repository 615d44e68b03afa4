"""Who bears a lost dispute: the office, or by decision the cooperatives, wherever their goods stand."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from fulfilment.ledger.models import Entry
from fulfilment.payments import booking, operations
from fulfilment.payments.gateways.base import Disputed, Movement
from fulfilment.payments.models import Dispute, PaymentAttempt
from fulfilment.payouts.models import Freeze
from fulfilment.warehouse.models import Consignment
from tests.factories.disputes import balance, broken, close_dispute, fail_refund, open_dispute, pay_by_card
from tests.factories.orders import stock
from tests.factories.parcels import move_to, open_parcels
from tests.factories.payouts import pay_all
from tests.factories.people import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]


def deliver(attempt, run_jobs):
    for parcel in Consignment.objects.filter(order=attempt.order) or open_parcels(attempt.order):
        move_to(parcel, "DELIVERED")
    run_jobs()


def test_case_20_a_dispute_after_the_cooperative_was_paid_leaves_it_owing(bank, run_jobs):
    attempt = pay_by_card(bank)
    cooperative = attempt.order.lines.get().partner_id
    deliver(attempt, run_jobs)
    pay_all()
    paid = balance("cooperatives.payable", "MAD", cooperative)
    dispute = close_dispute(bank, open_dispute(bank, attempt), won=False)
    lost = balance("expense.disputes_lost")

    operations.charge_back(
        dispute_id=dispute.pk, reason="Contract, article 9", now=timezone.now(), by=make_staff("finance")
    )

    assert (paid, balance("cooperatives.payable", "MAD", cooperative)) == (0, 160)  # a debit: the cooperative owes it
    assert balance("expense.disputes_lost") == lost - 160
    assert Entry.objects.get(external_id__endswith="charged-back").lines.filter(order_line__isnull=False).count() == 1
    assert not [name for name in broken() if "disputes" in name or "ledger: every entry" in name]


def test_who_bears_a_loss_is_decided_once_and_only_of_a_loss(bank):
    attempt, finance = pay_by_card(bank), make_staff("finance")
    dispute = open_dispute(bank, attempt, amount=500)
    decide = {"dispute_id": dispute.pk, "reason": "contract", "now": timezone.now(), "by": finance}
    with pytest.raises(operations.NotLost):
        operations.charge_back(**decide)
    close_dispute(bank, dispute, won=False)
    decided = operations.charge_back(**decide)
    with pytest.raises(operations.AlreadyCharged):
        operations.charge_back(**decide)

    share = (Decimal(160) * 5 / attempt.captured).quantize(Decimal("0.01"), "ROUND_DOWN")
    assert balance("cooperatives.accrued", "MAD", attempt.order.lines.get().partner_id) == share - 160
    assert (decided.bearer, decided.bearer_by, decided.bearer_reason) == ("COOPERATIVES", finance, "contract")
    assert broken() == []


def charge(dispute):
    return operations.charge_back(
        dispute_id=dispute.pk, reason="contract", now=timezone.now(), by=make_staff("finance")
    )


def two_lines():
    return (stock("120.00", farm_gate="80.00"), 1), (stock("120.00", farm_gate="80.00"), 1)


def test_all_that_a_refund_left_of_a_payment_is_all_that_stands_with_its_cooperatives(bank, run_jobs):
    attempt = pay_by_card(bank, *two_lines())
    first, second = attempt.order.lines.order_by("pk")
    refund = operations.ask_refund(
        order_id=attempt.order_id, quantities={first.pk: 1}, reason="DAMAGED", now=timezone.now()
    )
    run_jobs()
    rest = int((attempt.captured - refund.amount) * 100)
    dispute = close_dispute(bank, open_dispute(bank, attempt, amount=rest), won=False)

    charge(dispute)

    stand = [balance("cooperatives.accrued", "MAD", line.partner_id) for line in (first, second)]
    assert (stand, broken()) == ([0, 0], [])


def test_a_second_dispute_takes_its_share_of_what_the_first_left(bank):
    attempt = pay_by_card(bank)
    cooperative = attempt.order.lines.get().partner_id
    half = int(attempt.captured * 100) // 2
    for amount in (half, int(attempt.captured * 100) - half):
        dispute = close_dispute(bank, open_dispute(bank, attempt, amount=amount), won=False)
        bank.bank.find(attempt.charge_id)["disputed"] = False
        charge(dispute)

    assert (balance("cooperatives.accrued", "MAD", cooperative), broken()) == (0, [])


def half_lost(bank):
    """Return a payment for two lines of which half was lost and charged back, its dispute and the lines."""
    attempt = pay_by_card(bank, *two_lines())
    half = int(attempt.captured * 100) // 2
    dispute = close_dispute(bank, open_dispute(bank, attempt, amount=half), won=False)
    return attempt, charge(dispute), list(attempt.order.lines.order_by("pk"))


def give_back(attempt, line):
    return operations.ask_refund(
        order_id=attempt.order_id, quantities={line.pk: 1}, reason="DAMAGED", now=timezone.now()
    )


def earned(lines):
    names = ("accrued", "payable")
    return [-sum(balance(f"cooperatives.{name}", "MAD", line.partner_id) for name in names) for line in lines]


@pytest.mark.parametrize("delivered", [False, True])
def test_a_refund_after_a_charge_back_takes_no_more_than_a_line_earned(bank, run_jobs, delivered):
    attempt, _dispute, lines = half_lost(bank)
    if delivered:
        deliver(attempt, run_jobs)
    before, lost = earned(lines), balance("expense.disputes_lost")

    refund = give_back(attempt, lines[0])
    after = earned(lines)
    deliver(attempt, run_jobs)
    fail_refund(refund)

    assert (after, earned(lines)) == ([0, before[1]], before)
    assert balance("expense.disputes_lost") == lost
    assert broken() == []


@pytest.mark.parametrize("again", [False, True])
def test_a_dispute_that_is_won_after_all_leaves_the_refund_alone(bank, again):
    attempt, dispute, lines = half_lost(bank)
    refund = give_back(attempt, lines[0])
    below = balance("expense.disputes_lost")
    bank.bank.disputes[dispute.provider_id]["status"] = "under_review"

    close_dispute(bank, dispute, won=True)

    assert (earned(lines), balance("expense.disputes_lost") < below, broken()) == ([0, 80], True, [])
    assert balance("expense.disputes_lost") == 0
    if again:
        fail_refund(refund)
        assert (earned(lines), broken()) == ([80, 80], [])


LOST = {"state": "LOST", "bearer": "OFFICE", "closed_at": timezone.now(), "opened_at": timezone.now()}


@pytest.mark.parametrize("captured", [0, 5])
def test_a_loss_of_a_payment_that_is_no_sale_is_not_charged_to_another_ones(bank, captured):
    sold = pay_by_card(bank)
    held = PaymentAttempt.objects.create(
        order=sold.order,
        number=2,
        provider="stripe",
        amount=sold.amount,
        currency=sold.currency,
        state="QUARANTINED",
        captured=captured,
        idempotency_key="another",
        intent_id="pi_another",
        created_at=timezone.now(),
        updated_at=timezone.now(),
    )
    now = timezone.now()
    took = Movement("txn_taken", "dispute", "dp_held", Decimal(-5), sold.currency, now)
    told = Disputed(
        "dp_held", "LOST", Decimal(5), sold.currency, "fraudulent", "pi_another", "ch_another", now, None, 0, (took,)
    )
    lost = operations.record_dispute(attempt=held, told=told, now=now)

    with pytest.raises(operations.NothingToCharge):
        charge(lost)

    assert not Entry.objects.filter(external_id__endswith="charged-back").exists()


def test_money_that_was_held_once_is_no_sale_of_its_order(bank):
    attempt = pay_by_card(bank)
    lost = close_dispute(bank, open_dispute(bank, attempt, amount=500), won=False)
    with transaction.atomic():
        booking.hold(attempt, received=attempt.captured, currency="EUR", now=timezone.now())

    with pytest.raises(operations.NothingToCharge):
        charge(lost)


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_a_loss_that_was_not_booked_is_charged_to_nobody(bank, currency):
    attempt = pay_by_card(bank)
    times = {"updated_at": timezone.now()}
    lost = Dispute.objects.create(attempt=attempt, provider_id="dp_other", amount=5, currency=currency, **LOST, **times)

    with pytest.raises(operations.NothingToCharge):
        charge(lost)

    assert Dispute.objects.get().bearer == "OFFICE"


@pytest.mark.parametrize("won", [False, True])
def test_what_was_charged_before_the_delivery_follows_its_goods_and_comes_back(bank, run_jobs, won):
    attempt = pay_by_card(bank)
    cooperative = attempt.order.lines.get().partner_id
    dispute = close_dispute(bank, open_dispute(bank, attempt), won=False)
    operations.charge_back(dispute_id=dispute.pk, reason="contract", now=timezone.now(), by=make_staff("finance"))
    deliver(attempt, run_jobs)
    if won:
        bank.bank.disputes[dispute.provider_id]["status"] = "under_review"
        close_dispute(bank, dispute, won=True)

    stands = [balance(f"cooperatives.{name}", "MAD", cooperative) for name in ("accrued", "payable")]

    assert (stands, broken()) == ([0, -160 if won else 0], [])
    owed = pay_all()
    assert [payout.amount_mad for payout in (owed.payouts.all() if owed else ())] == ([160] if won else [])


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_at_the_bank_freezes_what_is_paid_out_until_it_is_over(bank, run_jobs, won):
    attempt = pay_by_card(bank)
    deliver(attempt, run_jobs)
    dispute = open_dispute(bank, attempt)
    during = pay_all()

    close_dispute(bank, dispute, won=won)

    freeze = Freeze.objects.get()
    assert (during, freeze.order_id, freeze.dispute) == (None, attempt.order_id, dispute.pk)
    assert freeze.lifted_at is not None
    assert pay_all().payouts.get().amount_mad == 160
