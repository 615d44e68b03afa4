"""Orders paid by bank transfer: what pays them, what waits for a person, and what becomes of money that comes late."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from catalogue.places.operations import write_holiday
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.policies.accounts import BANK, CLEARING_TRANSFER
from fulfilment.ledger.queries import balance_of
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.orders.transfers import awaited_until, ends_soon
from fulfilment.payments import operations
from fulfilment.payments.models import BankCredit, PaymentAttempt, Refund
from fulfilment.payments.policies import NotABankReference
from fulfilment.payments.queries import standing_of
from storefront.notifications.models import Message
from tests.factories.lots import set_stock
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.transfers import place_transfer, receive

pytestmark = pytest.mark.django_db
Why, State = BankCredit.Why, BankCredit.State
CENT = Decimal("0.01")


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def order():
    return place_transfer()


def status(order):
    return Order.objects.get(pk=order.pk).status


def attempt_of(order):
    return PaymentAttempt.objects.get(order=order)


def wrong():
    return [name for name, rows in violations() if rows]


def run_out(order):
    operations.sweep(now=order.reserved_until + timedelta(minutes=1))
    return status(order)


def test_it_waits_until_noon_of_the_fifth_working_day_with_its_goods_held(order):
    attempt = attempt_of(order)

    assert (order.status, order.payment_method) == ("PENDING_PAYMENT", "transfer")
    assert order.reserved_until == datetime(2026, 11, 27, 12, tzinfo=UTC)  # placed on a Friday
    assert (attempt.provider, attempt.state, attempt.amount) == ("transfer", "STARTED", order.total_incl_tax)
    assert attempt.intent_id == attempt.idempotency_key
    assert StockRecord.objects.get().num_allocated == 2
    assert standing_of(order.pk).awaited


def test_working_days_leave_out_weekends_and_holidays():
    placed = datetime(2026, 11, 17, 9, tzinfo=UTC)
    until, friday = datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (awaited_until(placed), ends_soon(until, friday)) == (until, False)

    write_holiday(
        feast="other",
        first_day=date(2026, 11, 23),
        until=date(2026, 11, 25),
        now=timezone.now(),
        today=date(2026, 11, 20),
    )

    assert (awaited_until(placed), ends_soon(until, friday)) == (datetime(2026, 11, 27, 12, tzinfo=UTC), True)


def test_the_sweep_asks_nobody_about_it_and_leaves_it_alone_in_its_time(order):
    operations.sweep(now=order.reserved_until - timedelta(minutes=1))

    assert (status(order), attempt_of(order).state, wrong()) == ("PENDING_PAYMENT", "STARTED", [])


@pytest.mark.parametrize("message", ["{}", "cde {} merci", "{0[0]} {0[1]}-{0[2]}", "{lower}"])
def test_a_line_with_its_number_amount_and_currency_pays_it(order, message):
    number = order.number
    credit = receive(
        order,
        message=message.format(
            *([number] if "0[" not in message else [[number[:3], number[3:6], number[6:]]]), lower=number.lower()
        ),
    )

    attempt = attempt_of(order)
    sale = Entry.objects.get(source="sale", external_id=order.number)
    assert (status(order), attempt.state, attempt.captured) == ("PAID", "SUCCEEDED", order.total_incl_tax)
    assert (credit.state, credit.attempt_id, attempt.charge_id) == (State.SETTLED, attempt.pk, credit.reference)
    assert sale.lines.filter(account__code=CLEARING_TRANSFER).exists()
    assert balance_of(AccountKey(BANK)) == order.total_incl_tax
    assert balance_of(AccountKey(CLEARING_TRANSFER)) == 0
    assert wrong() == []


def test_a_transfer_in_euros_pays_an_order_in_euros():
    order = place_transfer((stock("3000.00"), 1), shopping=Shopping("EUR", "FR"))
    receive(order)

    assert (status(order), balance_of(AccountKey(BANK, "EUR"))) == ("PAID", order.total_incl_tax)
    assert wrong() == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"message": "loyer novembre"}, Why.UNKNOWN),
        ({"message": ""}, Why.UNKNOWN),
        ({"message": "ABCDEFGHJK"}, Why.UNKNOWN),
        ({"amount": Decimal("599.99")}, Why.OTHER_AMOUNT),
        ({"amount": Decimal("600.01")}, Why.OTHER_AMOUNT),
        ({"amount": CENT}, Why.OTHER_AMOUNT),
        ({"currency": "EUR"}, Why.OTHER_CURRENCY),
    ],
)
def test_any_other_line_waits_for_a_person_and_pays_nothing(order, fields, why):
    credit = receive(order, **fields)

    known = why != Why.UNKNOWN
    assert (credit.state, credit.why, credit.attempt_id) == (
        State.WAITING,
        why,
        attempt_of(order).pk if known else None,
    )
    assert (status(order), attempt_of(order).state) == ("PENDING_PAYMENT", "STARTED")
    assert balance_of(AccountKey(CLEARING_TRANSFER, credit.currency)) == -credit.amount
    assert standing_of(order.pk).held == known
    assert wrong() == []


def test_a_line_that_names_two_orders_pays_neither(order):
    other = place_transfer((StockRecord.objects.get(), 2))

    credit = receive(order, message=f"{order.number} {other.number}")

    assert (credit.why, status(order), status(other)) == (Why.UNKNOWN, "PENDING_PAYMENT", "PENDING_PAYMENT")


def test_an_order_paid_at_the_door_is_not_paid_by_transfer():
    order = place_order()

    credit = receive(order)

    assert (credit.why, credit.attempt, status(order)) == (Why.NOT_BY_TRANSFER, None, "CONFIRMED")
    assert wrong() == []


def test_the_same_money_sent_twice_waits_the_second_time(order):
    receive(order)

    second = receive(order)

    assert (second.state, second.why) == (State.WAITING, Why.PAID_ALREADY)
    assert balance_of(AccountKey(CLEARING_TRANSFER)) == -order.total_incl_tax
    assert Entry.objects.filter(source="sale").count() == 1
    assert wrong() == []


@pytest.mark.parametrize("again", ["VIR-77", " vir-77 ", "V I R - 7 7"])
def test_the_same_line_twice_is_refused_however_it_is_typed(order, again):
    first = receive(order, reference="VIR-77")

    with pytest.raises(operations.KnownReference) as raised:
        receive(order, reference=again)

    assert (raised.value.credit, BankCredit.objects.count()) == (first, 1)
    assert (balance_of(AccountKey(BANK)), wrong()) == (order.total_incl_tax, [])


@pytest.mark.parametrize("reference", ["", "  ", "X", "A" * 41, "é12", "12;34", "١٢٣٤"])
def test_what_no_bank_writes_is_no_reference(order, reference):
    with pytest.raises(NotABankReference):
        receive(order, reference=reference)


def test_two_parts_that_add_up_are_matched_by_a_person(order):
    parts = [receive(order, amount=order.total_incl_tax - 100), receive(amount=Decimal(100), message="le reste")]

    operations.match_credits(credit_ids=[part.pk for part in parts], number=order.number, now=timezone.now())

    attempt = attempt_of(order)
    assert (status(order), attempt.captured) == ("PAID", order.total_incl_tax)
    assert set(attempt.credits.values_list("state", flat=True)) == {State.SETTLED}
    assert (balance_of(AccountKey(CLEARING_TRANSFER)), wrong()) == (0, [])


@pytest.mark.parametrize("change", [-CENT, CENT, Decimal(-100)])
def test_parts_that_do_not_add_up_are_not_matched(order, change):
    credit = receive(amount=order.total_incl_tax + change)

    with pytest.raises(operations.DoesNotAddUp) as raised:
        operations.match_credits(credit_ids=[credit.pk], number=order.number, now=timezone.now())

    assert raised.value.received - raised.value.asked == change
    assert (status(order), BankCredit.objects.get().state, wrong()) == ("PENDING_PAYMENT", State.WAITING, [])


def test_money_in_another_currency_is_never_matched(order):
    lines = [receive(amount=order.total_incl_tax - 1), receive(amount=Decimal(1), currency="EUR")]

    with pytest.raises(operations.DoesNotAddUp):
        operations.match_credits(credit_ids=[each.pk for each in lines], number=order.number, now=timezone.now())


def test_a_line_is_matched_or_sent_back_once(order):
    credit = receive(amount=order.total_incl_tax)
    operations.match_credits(credit_ids=[credit.pk], number=order.number, now=timezone.now())

    for again in (
        lambda: operations.match_credits(credit_ids=[credit.pk], number=order.number, now=timezone.now()),
        lambda: operations.return_credit(credit_id=credit.pk, returned_as="RET-1", now=timezone.now()),
    ):
        with pytest.raises(operations.NotWaiting):
            again()
    assert wrong() == []


def test_a_paid_order_is_not_matched_again(order):
    receive(order)
    credit = receive(amount=order.total_incl_tax)

    with pytest.raises(operations.NotAwaited):
        operations.match_credits(credit_ids=[credit.pk], number=order.number, now=timezone.now())


def test_money_that_is_sent_back_leaves_the_bank_again(order):
    credit = receive(order, amount=Decimal("1.00"))

    operations.return_credit(credit_id=credit.pk, returned_as="ret 1", now=timezone.now())

    credit.refresh_from_db()
    assert (credit.state, credit.returned_as) == (State.RETURNED, "RET1")
    assert (balance_of(AccountKey(BANK)), balance_of(AccountKey(CLEARING_TRANSFER))) == (0, 0)
    assert (standing_of(order.pk).held, wrong()) == (False, [])
    with pytest.raises(operations.KnownReference):
        operations.return_credit(credit_id=receive().pk, returned_as="RET1", now=timezone.now())


def test_it_expires_when_its_time_is_over_and_frees_its_goods(order):
    assert run_out(order) == "EXPIRED"
    assert (attempt_of(order).state, StockRecord.objects.get().num_allocated, wrong()) == ("CANCELLED", 0, [])


def test_it_does_not_expire_while_a_person_looks_at_its_money(order):
    credit = receive(order, amount=Decimal("5.00"))
    kept = run_out(order)

    operations.return_credit(credit_id=credit.pk, returned_as="R-1", now=timezone.now())

    assert (kept, run_out(order), wrong()) == ("PENDING_PAYMENT", "EXPIRED", [])


def test_late_money_takes_the_order_up_again_while_its_goods_are_there(order):
    run_out(order)

    credit = receive(order)

    assert (credit.state, status(order), attempt_of(order).state) == (State.SETTLED, "PAID", "SUCCEEDED")
    assert (StockRecord.objects.get().num_allocated, wrong()) == (2, [])


def test_late_money_waits_for_a_person_when_the_goods_are_gone(order):
    run_out(order)
    set_stock(StockRecord.objects.get(), 1)

    credit = receive(order)
    with pytest.raises(operations.NotAwaited):
        operations.match_credits(credit_ids=[credit.pk], number=order.number, now=timezone.now())

    assert (credit.state, credit.why, status(order)) == (State.WAITING, Why.ENDED, "EXPIRED")
    assert (attempt_of(order).state, StockRecord.objects.get().num_allocated, wrong()) == ("CANCELLED", 0, [])
    assert not attempt_of(order).refunds.exists()


def test_a_buyer_cancels_what_is_not_paid_and_money_that_comes_then_waits(order):
    operations.cancel_order(order_id=order.pk, now=timezone.now())

    credit = receive(order)

    assert (status(order), attempt_of(order).state, credit.why) == ("CANCELLED", "CANCELLED", Why.ENDED)
    assert wrong() == []


def test_nobody_cancels_while_money_of_the_order_waits_and_what_is_paid_then_goes_back(order):
    waiting = receive(order, amount=Decimal("5.00"))
    with pytest.raises(operations.MoneyHeld):
        operations.cancel_order(order_id=order.pk, now=timezone.now())
    operations.return_credit(credit_id=waiting.pk, returned_as="R-2", now=timezone.now())
    receive(order)

    operations.cancel_order(order_id=order.pk, now=timezone.now())

    refund = Refund.objects.get()
    assert (status(order), refund.way, refund.amount) == ("CANCELLED", Refund.Way.TRANSFER, order.total_incl_tax)
    assert wrong() == []


def test_the_buyer_is_reminded_once_on_the_last_working_day_before_the_end(order, run_jobs):
    early = operations.remind_of_transfers(now=datetime(2026, 11, 25, 10, tzinfo=UTC))
    on_time = [operations.remind_of_transfers(now=datetime(2026, 11, 26, hour, tzinfo=UTC)) for hour in (9, 10)]
    run_jobs()

    assert (early, on_time) == (0, [1, 0])
    assert OrderEvent.objects.filter(kind="transfer_reminded").count() == 1
    assert Message.objects.filter(kind="order.transfer_reminder").count() == 1


def test_nobody_is_reminded_of_what_is_paid_or_looked_at(order):
    receive(order, amount=Decimal("5.00"))
    paid = place_transfer((StockRecord.objects.get(), 2))
    receive(paid)

    assert operations.remind_of_transfers(now=datetime(2026, 11, 26, 9, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    "change", [{"amount": 1}, {"currency": "EUR"}, {"reference": "X1"}, {"payer_name": "me"}, {"message": "other"}]
)
def test_the_database_keeps_what_the_bank_said(order, change):
    credit = receive()

    with pytest.raises(DatabaseError), transaction.atomic():
        BankCredit.objects.filter(pk=credit.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        BankCredit.objects.all().delete()


def test_the_database_keeps_a_decision(order):
    receive(order)

    with pytest.raises(DatabaseError), transaction.atomic():
        BankCredit.objects.update(state=State.WAITING, why=Why.UNKNOWN, decided_at=None)


def test_invariants_tell_of_lines_that_are_not_booked(order):
    BankCredit.objects.create(
        reference="GHOST",
        amount=Decimal("9.00"),
        currency="MAD",
        value_on=timezone.now().date(),
        payer_name="x",
        recorded_at=timezone.now(),
        why=Why.UNKNOWN,
    )

    assert set(wrong()) == {
        "ledger: every line of the bank's statement is booked as it was said, and taken back if it was sent back",
        "ledger: transfers not yet matched are the lines that wait for a person, in each currency",
    }
