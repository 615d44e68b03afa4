"""What a dispute lost in part leaves: given back where it came too late, shown to a person where it was sold."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel.identifiers import rib_key
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.models import Dispute, PaymentAttempt, Refund
from fulfilment.payments.queries import to_look_at
from tests.factories.bank import pay
from tests.factories.disputes import ABROAD, balance, broken, close_dispute, open_dispute, pay_by_card
from tests.factories.orders import place_order, stock
from tests.factories.people import make_staff

RIB = "0117800000123456789012"
RIB += rib_key(RIB)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]


def of_money():
    """Return which invariants of money are broken: here orders end with their goods still promised."""
    return [name for name in broken() if not name.startswith("orders: what is promised")]


@pytest.fixture
def people():
    return make_staff("support"), make_staff("finance")


@pytest.fixture
def partly(bank):
    """Late money of which five were disputed, before the payment was settled or after."""

    def make(*, settled=True):
        order = place_order((stock("120.00", in_stock=1), 1), shopping=ABROAD)
        payment = operations.start(order_id=order.pk, now=timezone.now())
        Order.objects.filter(pk=order.pk).update(status="CANCELLED")
        pay(bank, payment.id)
        made = bank.bank.open_dispute(bank.bank.intents[payment.id]["latest_charge"], amount=500)
        if settled:
            return operations.settle_dispute(provider_id=made["id"], now=timezone.now())
        bank.bank.close_dispute(made["id"], won=False)
        return operations.settle_dispute(provider_id=made["id"], now=timezone.now())

    return make


def transfer(refund, reference, by):
    """Give a refund back by transfer that this bank refused: it gives nothing back of what was disputed."""
    again = operations.refund_again(refund_id=refund.pk, way="transfer", now=timezone.now())
    operations.give_account(refund_id=again.pk, holder="Jeanne", account=RIB, now=timezone.now())
    return operations.transfer_made(refund_id=again.pk, reference=reference, by=by, now=timezone.now())


def at_the_bank(bank):
    (there,) = bank.bank.balance()["available"]
    return Decimal(there["amount"]) / 100


@pytest.mark.parametrize("settled", [True, False])
def test_what_a_lost_dispute_left_of_late_money_is_given_back(bank, partly, run_jobs, people, settled):
    dispute = partly(settled=settled)
    waited = Refund.objects.count()
    if settled:
        close_dispute(bank, dispute, won=False)
    refund, attempt = Refund.objects.get(), PaymentAttempt.objects.get()
    owed = (refund.reason, attempt.captured - refund.amount, balance("held", "EUR"))
    run_jobs()

    made = transfer(refund, "VIR-1", people[1])

    assert (waited, owed) == (0 if settled else 1, ("PAID_TOO_LATE", 5, -refund.amount))
    assert (balance("held", "EUR"), balance("clearing.disputes", "EUR"), balance("expense.disputes_lost")) == (0, 0, 0)
    assert (balance("bank", "EUR"), balance("clearing.card", "EUR")) == (-made.amount, at_the_bank(bank))
    assert of_money() == []

    back = operations.transfer_returned(refund_id=made.pk, reason="closed", by=people[1], now=timezone.now())
    held = balance("held", "EUR")
    transfer(back, "VIR-2", people[1])
    assert (held, balance("held", "EUR"), of_money()) == (-made.amount, 0, [])


def test_late_money_that_was_lost_and_won_after_its_rest_went_back_is_given_back_too(bank, partly, run_jobs, people):
    dispute = close_dispute(bank, partly(), won=False)
    run_jobs()
    transfer(Refund.objects.get(), "VIR-1", people[1])
    bank.bank.disputes[dispute.provider_id]["status"] = "under_review"

    close_dispute(bank, dispute, won=True)

    rest = Refund.objects.latest("pk")
    assert (rest.amount, rest.state, balance("held", "EUR")) == (5, "DUE", -5)
    run_jobs()
    transfer(rest, "VIR-2", people[1])
    assert (balance("held", "EUR"), balance("clearing.card", "EUR"), of_money()) == (0, at_the_bank(bank), [])


def test_what_is_left_of_late_money_and_not_given_back_is_found(bank, partly):
    dispute = partly()
    name = "payments: money for an order that never came to be is given back"
    during = name in of_money()

    Dispute.objects.filter(pk=dispute.pk).update(state="LOST", bearer="OFFICE", closed_at=timezone.now())

    assert (during, name in of_money(), list(to_look_at())) == (False, True, [PaymentAttempt.objects.get()])


@pytest.mark.parametrize("amount", [500, None])
def test_the_rest_of_a_cancelled_order_of_which_a_part_was_lost_is_shown_to_a_person(bank, run_jobs, amount):
    attempt = pay_by_card(bank)
    dispute = open_dispute(bank, attempt, amount=amount)
    operations.cancel_order(order_id=attempt.order_id, now=timezone.now())
    during = list(to_look_at())

    close_dispute(bank, dispute, won=False)

    assert (during, list(to_look_at())) == ([], [attempt] if amount else [])
    assert (Refund.objects.count(), broken()) == (0, [])
