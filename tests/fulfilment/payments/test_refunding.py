"""Giving back what was sold: exact shares, the second person, cooperatives' part, cash by transfer."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalogue.kernel.invariants import registered
from catalogue.kernel.shopping import Shopping
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import AccountKey
from fulfilment.orders import signals
from fulfilment.payments import operations
from fulfilment.payments.models import Refund, RefundTransfer
from fulfilment.payments.policies import free_runs
from fulfilment.payments.queries import refunds_to_look_at
from storefront.demo.stripe.cards import ACCEPTED, REFUND_FAILS
from tests.factories.bank import events_of, pay, tell
from tests.factories.orders import place_order, stock
from tests.factories.parcels import move_to
from tests.factories.payouts import pay_all
from tests.factories.people import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]
FRANCE = Shopping("EUR", "FR")
RIB = "011780000012345678901213"


def broken():
    return [name for name, check in registered().items() if list(check())]


@pytest.fixture
def support():
    return make_staff("support")


@pytest.fixture
def finance():
    return make_staff("finance")


def paid_order(bank, run_jobs, *items, card=ACCEPTED):
    order = place_order(*(items or ((stock("120.00", in_stock=50), 3),)), shopping=FRANCE)
    pay(bank, operations.start(order_id=order.pk, now=timezone.now()).id, card)
    operations.sweep(now=timezone.now())
    run_jobs()
    order.refresh_from_db()
    return order


def ask(order, quantities=None, **fields):
    if quantities is None:
        quantities = {order.lines.get().pk: 1}
    values = {"reason": Refund.Reason.DAMAGED, "now": timezone.now()} | fields
    return operations.ask_refund(order_id=order.pk, quantities=quantities, **values)


def deliver(order, run_jobs):
    for parcel in order.consignments.all():
        move_to(parcel, "DELIVERED")
    run_jobs()


def owed(order, code):
    return -ledger.balance_of(AccountKey(f"cooperatives.{code}", "MAD", order.lines.get().partner_id))


def rib():
    from catalogue.kernel.identifiers import rib_key

    return RIB[:22] + rib_key(RIB[:22])


@pytest.mark.parametrize(
    ("taken", "wanted", "runs"),
    [
        ([], 2, [(0, 2)]),
        ([(0, 1)], 2, [(1, 2)]),
        ([(1, 1)], 2, [(0, 1), (2, 1)]),
        ([(0, 3)], 1, [(3, 1)]),
        ([(0, 3)], 4, [(3, 1)]),
        ([], 0, []),
    ],
)
def test_pieces_are_chosen_among_those_still_there(taken, wanted, runs):
    assert free_runs(4, taken, wanted) == runs


def test_a_refund_before_delivery_is_taken_from_what_is_accrued_and_follows_the_goods(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    whole = owed(order, "accrued")
    refund = ask(order)
    before = owed(order, "accrued"), owed(order, "payable")

    deliver(order, run_jobs)

    assert before == (whole * 2 / 3, 0)
    assert (owed(order, "accrued"), owed(order, "payable")) == (0, whole * 2 / 3)
    assert Refund.objects.get(pk=refund.pk).state == "SUCCEEDED"
    assert broken() == []


def test_a_refund_after_delivery_is_taken_from_what_is_payable(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    deliver(order, run_jobs)
    whole = owed(order, "payable")

    refund = ask(order)

    legs = ledger.legs_of(ledger.find("refund", refund.key))
    (leg,) = [leg for leg in legs if leg.account.code == "cooperatives.payable"]
    assert leg.order_line == order.lines.get().pk
    assert (owed(order, "accrued"), owed(order, "payable")) == (0, whole * 2 / 3)
    assert broken() == []


def test_a_refund_that_fails_after_its_goods_arrived_leaves_all_of_it_payable(bank, run_jobs, clock):
    order = paid_order(bank, run_jobs, card=REFUND_FAILS)
    whole = owed(order, "accrued")
    ask(order)
    deliver(order, run_jobs)
    clock.shift(9)
    bank.bank.settle_due()
    for event in events_of(bank, "refund.failed"):
        tell(event)
    run_jobs()

    assert Refund.objects.get().state == "FAILED"
    assert (owed(order, "accrued"), owed(order, "payable")) == (0, whole)
    assert broken() == []


def test_the_money_leg_is_what_the_buyer_gets(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    clearing = ledger.balance_of(AccountKey("clearing.card", "EUR"))

    refund = ask(order, delivery=True)

    assert clearing - ledger.balance_of(AccountKey("clearing.card", "EUR")) == refund.amount
    assert (refund.currency, refund.delivery) == ("EUR", True)


def test_case_18_no_piece_nor_delivery_is_given_back_twice(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    line = order.lines.get().pk
    ask(order, {line: 2}, delivery=True)

    with pytest.raises(operations.MoreThanLeft) as refused:
        ask(order, {line: 2})
    with pytest.raises(operations.MoreThanLeft):
        ask(order, {line: 0}, delivery=True)
    ask(order, {line: 1})

    assert refused.value.left == 1
    assert sum(refund.amount for refund in Refund.objects.all()) == order.total_incl_tax
    assert broken() == []


@pytest.mark.parametrize("quantities", [{}, {"line": 0}, {"line": -1}, {"line": 4}, {"other": 1}])
def test_a13_nothing_less_than_nothing_and_another_orders_line_are_refused(bank, run_jobs, quantities):
    order = paid_order(bank, run_jobs)
    lines = {"line": order.lines.get().pk, "other": 0}

    with pytest.raises((operations.MoreThanLeft, operations.NothingToGiveBack)):
        ask(order, {lines[name]: pieces for name, pieces in quantities.items()})

    assert Refund.objects.count() == 0


def test_money_that_did_not_come_in_is_not_given_back(bank):
    order = place_order((stock("120.00"), 1))

    with pytest.raises(operations.MoreThanCaptured) as refused:
        ask(order)

    assert refused.value.left == 0


def test_a13_above_the_limit_a_second_person_decides(bank, run_jobs, support, finance, settings):
    settings.REFUND_ALONE_UP_TO = {"EUR": Decimal("15.00")}
    order = paid_order(bank, run_jobs)
    refund = ask(order, {order.lines.get().pk: 3}, by=support)
    entries = ledger.find("refund", refund.key)

    with pytest.raises(operations.OwnRefund):
        operations.approve_refund(refund_id=refund.pk, by=support, now=timezone.now())
    operations.approve_refund(refund_id=refund.pk, by=finance, now=timezone.now())
    with pytest.raises(operations.NotAsked):
        operations.approve_refund(refund_id=refund.pk, by=finance, now=timezone.now())
    run_jobs()

    refund = Refund.objects.get()
    assert (entries, refund.state, refund.asked_by, refund.decided_by) == (None, "SUCCEEDED", support, finance)
    assert broken() == []


def test_a13_many_small_refunds_of_one_person_count_together(bank, run_jobs, support, settings):
    order = paid_order(bank, run_jobs)
    settings.REFUND_ALONE_UP_TO = {"EUR": ask(order, by=support).amount * 2}

    states = [ask(order, by=support).state for _ in range(2)]

    assert states == ["DUE", "ASKED"]


def test_what_was_declined_can_be_asked_for_again_and_ends_exactly(bank, run_jobs, support, finance, settings):
    settings.REFUND_ALONE_UP_TO = {"EUR": Decimal("0.01")}
    order = paid_order(bank, run_jobs)
    first, second = ask(order, by=support), ask(order, by=support)
    operations.decline_refund(refund_id=first.pk, by=finance, now=timezone.now(), note="seen, whole")
    operations.approve_refund(refund_id=second.pk, by=finance, now=timezone.now())

    third = ask(order, {order.lines.get().pk: 2}, delivery=True, by=support)
    operations.approve_refund(refund_id=third.pk, by=finance, now=timezone.now())

    assert list(third.lines.values_list("first_piece", "pieces")) == [(0, 1), (2, 1)]
    assert second.amount + third.amount == order.total_incl_tax
    assert broken() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment_refund SET decided_by_id = asked_by_id, decided_at = now()",
        "UPDATE payment_refund SET state = 'PENDING'",
        "UPDATE payment_refund SET amount = amount - 1",
        "UPDATE payment_refundline SET pieces = 1",
        "DELETE FROM payment_refundline",
        "INSERT INTO payment_refundline (refund_id, order_line_id, first_piece, pieces) "
        "SELECT refund_id, order_line_id, first_piece + 1, pieces FROM payment_refundline",
        "INSERT INTO payment_refundline (refund_id, order_line_id, first_piece, pieces) "
        "SELECT refund_id, order_line_id, 2, 2 FROM payment_refundline",
    ],
)
def test_the_database_keeps_pieces_persons_and_terms(bank, run_jobs, support, settings, statement):
    settings.REFUND_ALONE_UP_TO = {"EUR": Decimal("0.01")}
    order = paid_order(bank, run_jobs)
    ask(order, {order.lines.get().pk: 2}, by=support)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_case_19_a_line_refund_that_fails_is_put_back_and_made_another_way(bank, run_jobs, clock, finance):
    order = paid_order(bank, run_jobs, card=REFUND_FAILS)
    accrued = owed(order, "accrued")
    failed = ask(order)
    run_jobs()
    clock.shift(9)
    bank.bank.settle_due()
    for event in events_of(bank, "refund.failed"):
        tell(event)
    run_jobs()
    seen, put_back = list(refunds_to_look_at()), owed(order, "accrued")

    again = operations.refund_again(refund_id=failed.pk, now=timezone.now(), by=finance, way="transfer")
    with pytest.raises(operations.NotFailed):
        operations.refund_again(refund_id=failed.pk, now=timezone.now())
    operations.give_account(refund_id=again.pk, holder="Jeanne", account=rib(), now=timezone.now())
    operations.transfer_made(refund_id=again.pk, reference="VIR-1", by=finance, now=timezone.now())

    assert (seen, put_back) == ([failed], accrued)
    assert (again.follows, again.amount, list(refunds_to_look_at())) == (failed, failed.amount, [])
    assert ledger.balance_of(AccountKey("bank", "EUR")) == -failed.amount
    assert broken() == []


def cash_refund(run_jobs):
    order = place_order((stock("120.00"), 3))
    run_jobs()
    deliver(order, run_jobs)
    return ask(order)


def test_cash_is_given_back_by_transfer_and_the_account_is_forgotten(run_jobs, finance):
    refund = cash_refund(run_jobs)
    with pytest.raises(operations.NoTransferAwaited):
        operations.transfer_made(refund_id=refund.pk, reference="VIR-1", by=finance, now=timezone.now())
    with pytest.raises(operations.NotAnAccount):
        operations.give_account(refund_id=refund.pk, holder="Fatima", account=rib()[:-1] + "9", now=timezone.now())
    given = operations.give_account(refund_id=refund.pk, holder="Fatima", account=rib(), now=timezone.now())
    payee = operations.payee_of(given)

    operations.transfer_made(refund_id=refund.pk, reference="VIR-1", by=finance, now=timezone.now())

    transfer = RefundTransfer.objects.get()
    assert (payee.holder, payee.iban, rib() in given.sealed) == ("Fatima", f"MA64{rib()}", False)
    assert (transfer.sealed, transfer.last_four, transfer.bank_reference) == ("", rib()[-4:], "VIR-1")
    assert Refund.objects.get().state == "SUCCEEDED"
    assert ledger.balance_of(AccountKey("bank")) == -refund.amount
    assert broken() == []


def test_whoever_types_an_account_does_not_say_that_the_money_went_there(run_jobs, finance):
    refund = cash_refund(run_jobs)
    operations.give_account(refund_id=refund.pk, holder="Me", account=rib(), now=timezone.now(), by=finance)

    with pytest.raises(operations.OwnAccount):
        operations.transfer_made(refund_id=refund.pk, reference="VIR-1", by=finance, now=timezone.now())

    assert Refund.objects.get().state == "DUE"


def test_a_transfer_that_came_back_is_for_a_person(run_jobs, finance):
    refund = cash_refund(run_jobs)
    operations.give_account(refund_id=refund.pk, holder="Fatima", account=rib(), now=timezone.now())
    operations.transfer_made(refund_id=refund.pk, reference="VIR-1", by=finance, now=timezone.now())

    operations.transfer_returned(refund_id=refund.pk, reason="account closed", by=finance, now=timezone.now())

    assert list(refunds_to_look_at()) == [refund]
    assert ledger.balance_of(AccountKey("bank")) == 0
    assert broken() == []


def test_cancelling_a_paid_order_owes_all_of_it_by_itself(bank, run_jobs, settings):
    settings.REFUND_ALONE_UP_TO = {"EUR": Decimal("0.01")}
    order = paid_order(bank, run_jobs)

    operations.cancel_order(order_id=order.pk, now=timezone.now())
    run_jobs()

    refund = Refund.objects.get()
    assert (refund.state, refund.reason, refund.amount) == ("SUCCEEDED", "CANCELLED", order.total_incl_tax)
    assert owed(order, "accrued") == 0
    assert broken() == []


def test_cancelling_after_a_refund_owes_the_rest_and_what_waited(bank, run_jobs, support, settings):
    settings.REFUND_ALONE_UP_TO = {"EUR": Decimal("0.01")}
    order = paid_order(bank, run_jobs)
    ask(order, by=support)

    operations.cancel_order(order_id=order.pk, now=timezone.now())
    run_jobs()

    assert [refund.state for refund in Refund.objects.all()] == ["SUCCEEDED", "SUCCEEDED"]
    assert sum(refund.amount for refund in Refund.objects.all()) == order.total_incl_tax
    assert broken() == []


def test_goods_sent_back_are_given_back(bank, run_jobs, support):
    order = paid_order(bank, run_jobs)
    line = order.lines.get().pk
    with transaction.atomic():
        signals.withdrawal_accepted.send(
            sender=None, order_id=order.pk, withdrawal_id=7, quantities={line: 2}, delivery=True, by=support
        )

    refund = Refund.objects.get()
    assert (refund.reason, refund.delivery, refund.asked_by) == ("WITHDRAWN", True, support)


@given(data=st.data())
@settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_refund_after_refund_of_a_discounted_order_ends_at_nothing_exactly(bank, discounted, data):
    """Whatever is asked for in whatever order, some of it declined or failed on the way."""
    order = discounted
    with transaction.atomic():
        point = transaction.savepoint()
        left = {line.pk: line.quantity for line in order.lines.all()}
        delivery = True
        while any(left.values()) or delivery:
            chosen = {pk: data.draw(st.integers(0, pieces)) for pk, pieces in left.items()}
            with_delivery = delivery and data.draw(st.booleans())
            try:
                refund = ask(order, chosen, delivery=with_delivery)
            except operations.NothingToGiveBack:
                chosen, with_delivery = left, delivery
                refund = ask(order, left, delivery=delivery)
            if data.draw(st.booleans()) and data.draw(st.booleans()):
                operations.refunds.move(refund, "FAILED", now=timezone.now(), error="tests")
                continue
            left = {pk: pieces - chosen[pk] for pk, pieces in left.items()}
            delivery = delivery and not with_delivery
        standing = Refund.objects.exclude(state="FAILED")
        total = sum(refund.amount for refund in standing)
        remaining = ledger.balances_by_cooperative("cooperatives.accrued")
        trading = ledger.balance_of(AccountKey("trading.eur", "EUR"))
        found = broken()
        transaction.savepoint_rollback(point)
    assert (total, remaining, trading, found) == (order.total_incl_tax, {}, order.payment_attempts.get().fee, [])


@pytest.fixture
def discounted(bank, run_jobs):
    from fulfilment.orders.models import Order
    from tests.factories.offers import make_voucher
    from tests.factories.orders import Guest

    voucher = make_voucher()
    guest = Guest(language="en", destination="FR", currency="EUR")
    for price, quantity in (("119.50", 3), ("83.00", 7)):
        guest.add(stock(price, in_stock=50), quantity)
    guest.post("basket/code/", code=voucher.code)
    guest.place()
    order = Order.objects.get()
    pay(bank, operations.start(order_id=order.pk, now=timezone.now()).id)
    operations.sweep(now=timezone.now())
    run_jobs()
    assert order.lines.filter(discounts__isnull=False).exists()
    return order


def test_payout_runs_still_pay_what_was_earned(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    deliver(order, run_jobs)
    ask(order)

    pay_all()

    assert broken() == []
