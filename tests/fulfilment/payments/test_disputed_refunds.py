"""While the buyer's bank has the money the shop gives none back; what waited for it goes back once it is won."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel.identifiers import rib_key
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.models import Dispute, PaymentAttempt, Refund
from fulfilment.payments.operations.refunds import open_refunds
from fulfilment.payments.queries import refund_counts, refunds_to_look_at
from tests.factories.bank import pay
from tests.factories.disputes import ABROAD, balance, broken, close_dispute, fail_refund, open_dispute, pay_by_card
from tests.factories.orders import place_order, stock
from tests.factories.people import make_staff

RIB = "0117800000123456789012"
RIB += rib_key(RIB)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]


def test_no_refund_while_the_money_is_at_stake_and_none_of_what_was_lost(bank):
    attempt = pay_by_card(bank)
    dispute = open_dispute(bank, attempt, amount=500)
    with pytest.raises(operations.PaymentDisputed):
        operations.owe_refund(attempt_id=attempt.pk, amount=Decimal(1), reason="PAID_TOO_LATE", now=timezone.now())

    was_open = dispute.is_open
    dispute = close_dispute(bank, dispute, won=False)
    with pytest.raises(operations.MoreThanCaptured) as over:
        operations.owe_refund(
            attempt_id=attempt.pk, amount=attempt.captured, reason="PAID_TOO_LATE", now=timezone.now()
        )

    assert over.value.left == attempt.captured - 5
    assert (was_open, dispute.is_open, Refund.objects.count()) == (True, False, 0)


def test_money_that_was_lost_after_the_refund_of_late_money_was_due_stays_for_a_person(bank, caplog):
    """What is paid too late and disputed at once is not given back a second time, and the payment still settles."""
    order = place_order((stock("120.00", in_stock=1), 1), shopping=ABROAD)
    payment = operations.start(order_id=order.pk, now=timezone.now())
    Order.objects.filter(pk=order.pk).update(status="CANCELLED")
    pay(bank, payment.id)
    made = bank.bank.open_dispute(bank.bank.intents[payment.id]["latest_charge"])
    operations.settle_dispute(provider_id=made["id"], now=timezone.now())

    operations.settle(intent_id=payment.id, now=timezone.now())

    assert (PaymentAttempt.objects.get().state, Refund.objects.count()) == ("SUCCEEDED", 0)
    assert "paid too late and disputed" in caplog.text


def test_what_was_lost_in_another_currency_is_not_counted_as_ours(bank):
    attempt = pay_by_card(bank)
    dispute = close_dispute(bank, open_dispute(bank, attempt, amount=500), won=False)
    Dispute.objects.filter(pk=dispute.pk).update(currency="USD")

    with pytest.raises(operations.PaymentDisputed):
        ask(attempt)


def ask(attempt, pieces=1, by=None):
    line = attempt.order.lines.get().pk
    return operations.ask_refund(
        order_id=attempt.order_id, quantities={line: pieces}, reason="DAMAGED", now=timezone.now(), by=by
    )


@pytest.fixture
def people():
    return make_staff("support"), make_staff("finance")


def test_no_piece_is_given_back_of_what_is_disputed_or_lost(bank, run_jobs):
    attempt = pay_by_card(bank)
    dispute = open_dispute(bank, attempt)
    line = attempt.order.lines.get().pk
    for refuse in (ask, lambda one: operations.preview(order_id=one.order_id, quantities={line: 1})):
        with pytest.raises(operations.PaymentDisputed):
            refuse(attempt)
    close_dispute(bank, dispute, won=False)

    with pytest.raises(operations.MoreThanCaptured) as over:
        ask(attempt)

    assert (over.value.left, Refund.objects.count(), broken()) == (0, 0, [])


def test_a_refund_that_waited_for_its_second_person_does_not_go_while_a_dispute_lasts(bank, settings, people):
    settings.REFUND_ALONE_UP_TO = {"EUR": Decimal(0)}
    support, finance = people
    attempt = pay_by_card(bank)
    refund = ask(attempt, by=support)
    dispute = open_dispute(bank, attempt)
    with pytest.raises(operations.PaymentDisputed):
        operations.approve_refund(refund_id=refund.pk, by=finance, now=timezone.now())

    close_dispute(bank, dispute, won=True)
    approved = operations.approve_refund(refund_id=refund.pk, by=finance, now=timezone.now())

    assert (approved.state, broken()) == ("DUE", [])


def test_a_refund_that_waited_does_not_go_once_its_money_was_lost(bank, settings, people):
    settings.REFUND_ALONE_UP_TO = {"EUR": Decimal(0)}
    support, finance = people
    attempt = pay_by_card(bank)
    refund = ask(attempt, by=support)
    close_dispute(bank, open_dispute(bank, attempt), won=False)

    with pytest.raises(operations.MoreThanCaptured):
        operations.approve_refund(refund_id=refund.pk, by=finance, now=timezone.now())

    assert Refund.objects.get().state == "ASKED"


def by_transfer(attempt):
    """Return a refund that the bank refused and that a person is to make by transfer; its account is known."""
    failed = fail_refund(ask(attempt))
    refund = operations.refund_again(refund_id=failed.pk, way="transfer", now=timezone.now())
    operations.give_account(refund_id=refund.pk, holder="Jeanne", account=RIB, now=timezone.now())
    return refund


def test_no_transfer_is_made_while_a_dispute_lasts_and_it_goes_once_that_is_won(bank, people):
    attempt = pay_by_card(bank)
    refund = by_transfer(attempt)
    dispute = open_dispute(bank, attempt)
    made = {"refund_id": refund.pk, "reference": "VIR-1", "by": people[1], "now": timezone.now()}
    with pytest.raises(operations.PaymentDisputed):
        operations.transfer_made(**made)

    close_dispute(bank, dispute, won=True)

    assert (operations.transfer_made(**made).state, broken()) == ("SUCCEEDED", [])


def test_a_transfer_of_what_was_lost_fails_and_what_it_took_is_put_back(bank, people):
    attempt = pay_by_card(bank)
    cooperative = attempt.order.lines.get().partner_id
    refund = by_transfer(attempt)
    taken = balance("cooperatives.accrued", "MAD", cooperative)

    close_dispute(bank, open_dispute(bank, attempt), won=False)

    refund.refresh_from_db()
    assert (refund.state, refund.last_error) == ("FAILED", "taken by the buyer's bank")
    assert (taken, balance("cooperatives.accrued", "MAD", cooperative), broken()) == (-80, -160, [])
    with pytest.raises(operations.NoTransferAwaited):
        operations.transfer_made(refund_id=refund.pk, reference="VIR-1", by=people[1], now=timezone.now())


def test_a_transfer_that_still_fits_what_was_left_is_made(bank, people):
    attempt = pay_by_card(bank)
    refund = by_transfer(attempt)
    close_dispute(bank, open_dispute(bank, attempt, amount=500), won=False)

    done = operations.transfer_made(refund_id=refund.pk, reference="VIR-1", by=people[1], now=timezone.now())

    assert (done.state, broken()) == ("SUCCEEDED", [])


def test_no_bank_is_asked_for_a_refund_while_a_dispute_lasts(bank, run_jobs, clock):
    attempt = pay_by_card(bank)
    refund = ask(attempt)
    dispute = open_dispute(bank, attempt)
    run_jobs()
    clock.shift(3600)
    refund.refresh_from_db()
    waited = (refund.state, refund.provider_id, open_refunds(timezone.now()))

    close_dispute(bank, dispute, won=True)

    assert waited == ("DUE", None, [])
    assert open_refunds(timezone.now()) == [refund.pk]


def test_a_failed_refund_is_not_made_again_while_a_dispute_lasts(bank, run_jobs):
    attempt = pay_by_card(bank)
    refund = fail_refund(ask(attempt))
    open_dispute(bank, attempt)

    with pytest.raises(operations.PaymentDisputed):
        operations.refund_again(refund_id=refund.pk, way="TRANSFER", now=timezone.now())

    assert (Refund.objects.get().state, broken()) == ("FAILED", [])


@pytest.mark.parametrize(
    ("more", "won", "seen"), [(0, True, True), (1, True, True), (0, False, True), (1, False, False)]
)
def test_a_failed_refund_is_looked_at_unless_so_much_was_lost_that_it_cannot_be_made(bank, more, won, seen):
    attempt = pay_by_card(bank)
    refund = fail_refund(ask(attempt))
    dispute = open_dispute(bank, attempt, amount=int((attempt.captured - refund.amount) * 100) + more)
    lasting = (list(refunds_to_look_at()), refund_counts())

    close_dispute(bank, dispute, won=won)

    assert lasting == ([refund], {"FAILED": 1})
    assert list(refunds_to_look_at()) == ([refund] if seen else [])
    assert refund_counts() == ({"FAILED": 1} if seen else {})


@pytest.mark.parametrize(("won", "owed"), [(True, [True]), (False, [])])
def test_a_disputed_order_can_be_cancelled_and_its_money_goes_back_once_it_is_won(bank, run_jobs, caplog, won, owed):
    attempt = pay_by_card(bank)
    dispute = open_dispute(bank, attempt)
    operations.cancel_order(order_id=attempt.order_id, now=timezone.now())
    waited = (Refund.objects.count(), broken())

    close_dispute(bank, dispute, won=won)

    assert (waited, "cancelled and disputed" in caplog.text) == ((0, []), True)
    assert [amount == attempt.captured for amount in Refund.objects.values_list("amount", flat=True)] == owed
    run_jobs()
    assert broken() == []


@pytest.fixture
def late(bank):
    """Money that came when its order had ended, disputed at once."""
    order = place_order((stock("120.00", in_stock=1), 1), shopping=ABROAD)
    payment = operations.start(order_id=order.pk, now=timezone.now())
    Order.objects.filter(pk=order.pk).update(status="CANCELLED")
    pay(bank, payment.id)
    made = bank.bank.open_dispute(bank.bank.intents[payment.id]["latest_charge"])
    dispute = operations.settle_dispute(provider_id=made["id"], now=timezone.now())
    operations.settle(intent_id=payment.id, now=timezone.now())
    return dispute


def of_money():
    """Return which invariants of money are broken: here orders end with their goods still promised."""
    return [name for name in broken() if not name.startswith("orders: what is promised")]


@pytest.mark.parametrize("status", ["CANCELLED", "PENDING_PAYMENT"])
def test_a_payment_is_written_down_before_the_dispute_that_took_it(bank, status):
    order = place_order((stock("120.00", in_stock=1), 1), shopping=ABROAD)
    payment = operations.start(order_id=order.pk, now=timezone.now())
    Order.objects.filter(pk=order.pk).update(status=status)
    pay(bank, payment.id)
    made = bank.bank.open_dispute(bank.bank.intents[payment.id]["latest_charge"])
    bank.bank.close_dispute(made["id"], won=False)

    operations.settle_dispute(provider_id=made["id"], now=timezone.now())
    operations.settle(intent_id=payment.id, now=timezone.now())

    attempt = PaymentAttempt.objects.select_related("order").get()
    late = status == "CANCELLED"
    lost = 0 if late else (attempt.captured * attempt.order.mad_per_unit).quantize(Decimal("0.01"))
    assert (balance("held", "EUR"), balance("clearing.disputes", "EUR")) == (0, 0)
    assert (balance("expense.disputes_lost"), Refund.objects.count(), of_money()) == (lost, 0, [])


def test_late_money_that_was_disputed_is_owed_once_when_it_is_won(bank, late, run_jobs):
    close_dispute(bank, late, won=True)
    operations.settle_dispute(provider_id=late.provider_id, now=timezone.now())

    refund = Refund.objects.get()
    assert (refund.reason, refund.amount) == ("PAID_TOO_LATE", PaymentAttempt.objects.get().captured)
    run_jobs()  # this bank gives nothing back of what was disputed
    again = operations.refund_again(refund_id=refund.pk, way="TRANSFER", now=timezone.now())
    assert (again.state, again.amount, balance("held", "EUR")) == ("DUE", refund.amount, -refund.amount)


def test_late_money_that_was_lost_is_nobodys_loss(bank, late):
    close_dispute(bank, late, won=False)

    assert (Refund.objects.count(), balance("held", "EUR"), balance("expense.disputes_lost")) == (0, 0, 0)
    assert balance("clearing.disputes", "EUR") == 0
