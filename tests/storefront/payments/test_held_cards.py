"""Case 24 of the table of failures: made to order. The card is held, and one answer decides what becomes of it."""

import contextlib
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.products.models import Product
from fulfilment.jobs.models import Job
from fulfilment.ledger.models import Entry
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.gateways.base import ProviderUnavailable
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.operations import holding
from storefront.demo.stripe.cards import SECURE
from storefront.notifications.models import Message
from tests.factories.bank import authenticate, events_of, pay, tell
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.people import make_staff

from .support import FRANCE, broken, return_page, start, start_page, status_of, sweep

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def order(bank):
    open_deliveries()
    record = stock("120.00", in_stock=2)
    Product.objects.update(made_to_order=True)
    return place_order((record, 2), shopping=FRANCE, email="jeanne@example.org")


@pytest.fixture
def held(bank, order):
    """The order's hold, after its buyer came back from the bank."""
    payment = start(order)
    pay(bank, payment.id)
    return_page(order, payment.id)
    return Hold.objects.get()


def accept(hold, **changes):
    return operations.accept_hold(hold_id=hold.pk, now=timezone.now(), **changes)


def refuse(hold, **changes):
    return operations.refuse_hold(hold_id=hold.pk, reason="no wool left", now=timezone.now(), **changes)


def carry_out(hold):
    return operations.carry_out_hold(hold_id=hold.pk, now=timezone.now())


def intent(bank):
    (found,) = bank.bank.intents.values()
    return found["status"], found["amount_received"]


def told():
    return sorted(Message.objects.filter(channel="mail").values_list("kind", flat=True))


def promised():
    return StockRecord.objects.get().num_allocated


def test_case_24_made_to_order_holds_the_card_and_books_nothing(bank, order, held, run_jobs):
    run_jobs()

    attempt = PaymentAttempt.objects.get()
    assert (attempt.hold, attempt.state, attempt.captured, intent(bank)) == (
        True,
        "AUTHORISED",
        0,
        ("requires_capture", 0),
    )
    assert (status_of(order), promised(), Entry.objects.count(), told()) == ("PENDING_PAYMENT", 2, 0, ["order.held"])
    order.refresh_from_db()
    assert (held.answer_by, order.reserved_until) == (held.held_at + 6 * DAY, held.held_at + 6 * DAY)
    assert held.capture_before - held.held_at > timedelta(days=6, hours=23)
    assert broken() == []


def test_case_24_accepted_the_money_is_taken_the_order_paid_and_its_parcels_opened(bank, order, held, run_jobs):
    person = make_staff("support")

    accept(held, by=person)
    run_jobs()

    assert intent(bank) == ("succeeded", bank.bank.intents[PaymentAttempt.objects.get().intent_id]["amount"])
    assert (status_of(order), order.consignments.count()) == ("PAID", 1)
    assert list(Entry.objects.filter(source="sale").values_list("external_id", flat=True)) == [order.number]
    assert told() == ["order.accepted", "order.held"]
    kinds = ["placed", "authorised", "accepted", "paid", "consignment_open", "preparing"]
    assert (list(order.events.values_list("kind", flat=True)), order.events.get(kind="accepted").by) == (kinds, person)
    assert broken() == []


def test_case_24_refused_the_card_is_freed_then_the_order_ends(bank, order, held, run_jobs, monkeypatch):
    at_the_bank = []
    cancel = orders.cancel

    def note_and_cancel(**kwargs):
        at_the_bank.append(intent(bank)[0])
        cancel(**kwargs)

    monkeypatch.setattr(holding.orders, "cancel", note_and_cancel)

    refuse(held)
    run_jobs()

    assert at_the_bank == ["canceled"]  # there first, then here
    assert (intent(bank), status_of(order), promised()) == (("canceled", 0), "CANCELLED", 0)
    assert (told(), Entry.objects.count(), broken()) == (["order.declined", "order.held"], 0, [])


@pytest.mark.parametrize("tried", ["by the page", "by the job", "by the sweep"])
@pytest.mark.parametrize("fault", ["lost", "error_after", "error", "unreachable"])
def test_case_24_a_capture_whose_answer_is_lost_is_asked_again_and_made_once(bank, order, held, run_jobs, tried, fault):
    accept(held)
    bank.faults.add(fault, path="capture$", times=3)
    with contextlib.suppress(ProviderUnavailable):
        carry_out(held)
    bank.faults.clear()

    if tried == "by the page":
        carry_out(held)
    elif tried == "by the job":
        run_jobs()
    else:
        sweep()

    captured = [row for row in bank.bank.transactions.values() if row["type"] == "charge"]
    assert (status_of(order), len(captured), Entry.objects.filter(source="sale").count()) == ("PAID", 1, 1)


def test_case_24_the_second_answer_is_refused_and_changes_nothing(bank, order, held, run_jobs):
    accept(held)

    for answer in (refuse, accept):
        with pytest.raises(operations.HoldAnswered) as refused:
            answer(held)
        assert refused.value.answer == "ACCEPTED"
    run_jobs()

    assert (status_of(order), intent(bank)[0]) == ("PAID", "succeeded")


def test_case_24_the_database_itself_keeps_the_one_answer(held):
    accept(held)

    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Hold.objects.update(answer="REFUSED", reason="changed my mind")
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM payment_hold")


def test_case_24_what_was_accepted_is_not_cancelled_by_its_buyer_nor_by_the_clock(bank, order, held, clock):
    accept(held)
    bank.faults.add("unreachable", path="capture$", times=3)
    with pytest.raises(ProviderUnavailable):
        carry_out(held)

    with pytest.raises(operations.StillPaying):
        operations.cancel_order(order_id=order.pk, now=timezone.now())
    clock.shift(6 * DAY + timedelta(minutes=1))
    sweep()

    assert (status_of(order), intent(bank)[0]) == ("PAID", "succeeded")


def test_case_24_the_buyer_may_cancel_before_anyone_accepts(bank, order, held, run_jobs):
    operations.cancel_order(order_id=order.pk, now=timezone.now())
    run_jobs()

    assert (Hold.objects.get().answer, intent(bank)[0], status_of(order)) == ("WITHDRAWN", "canceled", "CANCELLED")
    with pytest.raises(operations.HoldAnswered):
        accept(held)
    assert (told(), promised(), broken()) == (["order.cancelled", "order.held"], 0, [])


def test_case_24_on_day_five_someone_is_reminded_once(order, held, clock, caplog):
    clock.shift(5 * DAY - timedelta(minutes=10))
    before = operations.remind_of_holds(now=timezone.now())
    clock.shift(timedelta(minutes=20))

    reminded = [operations.remind_of_holds(now=timezone.now()) for _ in range(2)]

    assert (before, reminded) == (0, [1, 0])
    assert order.events.filter(kind="hold_ends_soon").count() == 1
    assert "nobody answered" in caplog.text


def test_case_24_nobody_is_reminded_of_what_was_answered(held, clock):
    accept(held)
    clock.shift(5 * DAY + timedelta(hours=1))

    assert operations.remind_of_holds(now=timezone.now()) == 0


def test_case_24_unanswered_on_day_six_the_card_is_freed_first_and_the_buyer_asked_again(
    bank, order, held, run_jobs, clock
):
    clock.shift(6 * DAY - timedelta(minutes=1))
    sweep()
    waiting = status_of(order)
    clock.shift(timedelta(minutes=2))
    bank.faults.add("unreachable", path="cancel$")
    sweep()
    held_still = (status_of(order), promised())

    sweep()
    run_jobs()

    assert (waiting, held_still) == ("PENDING_PAYMENT", ("PENDING_PAYMENT", 2))
    assert (intent(bank)[0], status_of(order), promised()) == ("canceled", "EXPIRED", 0)
    assert Hold.objects.get().answer == "LAPSED"
    text = Message.objects.get(kind="order.hold_over").text
    assert "commander" in text or "again" in text
    assert broken() == []


@pytest.mark.parametrize("heard", ["by the event", "by the sweep"])
def test_case_24_a_hold_that_ran_out_at_the_bank_ends_the_order(bank, order, held, run_jobs, clock, heard):
    clock.shift(7 * DAY + timedelta(minutes=1))  # nothing of ours ran for a day

    if heard == "by the event":
        bank.bank.settle_due()
        (event,) = events_of(bank, "payment_intent.canceled")
        assert tell(event).status_code == 200
        run_jobs()
    else:
        sweep()
        run_jobs()

    assert next(iter(bank.bank.intents.values()))["cancellation_reason"] == "automatic"
    assert (PaymentAttempt.objects.get().state, status_of(order), promised()) == ("CANCELLED", "EXPIRED", 0)
    assert told() == ["order.held", "order.hold_over"]
    assert broken() == []


def test_case_24_an_acceptance_that_came_after_the_bank_let_go_takes_nothing_and_says_so(
    bank, order, held, run_jobs, clock
):
    accept(held)  # and nothing could be asked until the hold was over
    clock.shift(7 * DAY + timedelta(minutes=1))

    carry_out(held)
    run_jobs()

    assert (intent(bank), status_of(order), promised()) == (("canceled", 0), "EXPIRED", 0)
    assert (told(), Entry.objects.count(), broken()) == (["order.held", "order.hold_over"], 0, [])


def test_case_24_too_late_to_answer_once_day_six_is_over(held, clock):
    clock.shift(6 * DAY + timedelta(minutes=1))

    with pytest.raises(operations.HoldAnswered):
        accept(held)
    assert Hold.objects.get().answer == ""


@pytest.mark.parametrize("change", [{"amount": 1}, {"currency": "usd"}, {"metadata": {"order_number": "OTHER"}}])
def test_case_24_a_card_held_for_something_else_is_freed_and_never_taken(bank, order, caplog, change):
    payment = start(order)
    bank.bank.intents[payment.id].update(change)
    pay(bank, payment.id)

    return_page(order, payment.id)
    sweep()

    assert (Hold.objects.count(), intent(bank)[0], promised()) == (0, "canceled", 2)
    assert "held for something else" in caplog.text


def test_case_24_the_hold_survives_the_half_hour_that_others_have(bank, order, clock):
    payment = start(order)
    pay(bank, payment.id, SECURE)
    clock.shift(timedelta(minutes=29))
    authenticate(bank, payment.id)
    clock.shift(timedelta(minutes=2))

    sweep()  # the first to hear of it, when the half hour is over

    assert (status_of(order), intent(bank)[0], Hold.objects.get().answer) == ("PENDING_PAYMENT", "requires_capture", "")


def test_case_24_a_hold_is_looked_at_once_an_hour(bank, held, clock):
    asked = []
    bank.before_answer = lambda handler: asked.append(handler.path) or True

    for _ in range(3):
        sweep()
    clock.shift(timedelta(minutes=61))
    sweep()

    assert len(asked) == 1


def test_case_24_a_held_order_is_not_paid_twice_and_says_so_on_its_pages(bank, order, held):
    again = start_page(order).json()
    page = return_page(order, PaymentAttempt.objects.get().intent_id).content.decode()

    assert "payment_intent=" in again["go"]
    assert "is held on your card; nothing is taken yet" in page
    assert (f"/orders/{order.number}/pay/" in page, len(bank.bank.intents)) == (False, 1)


def test_case_24_a_product_that_stops_being_made_to_order_changes_no_order(bank, order, held):
    Product.objects.update(made_to_order=False)

    with pytest.raises(IntegrityError, match="what was agreed"), transaction.atomic():
        Order.objects.update(made_to_order=False)
    assert start(order).state == "AUTHORISED"


def test_case_24_what_is_not_made_to_order_is_charged_at_once(bank):
    open_deliveries()
    order = place_order((stock("120.00"), 1), shopping=FRANCE)
    payment = start(order)
    pay(bank, payment.id)

    return_page(order, payment.id)

    assert (Hold.objects.count(), PaymentAttempt.objects.get().hold, status_of(order)) == (0, False, "PAID")


def test_case_24_the_job_is_written_once(held):
    accept(held)

    assert list(Job.objects.filter(key__startswith="hold:").values_list("task", flat=True)) == [
        "fulfilment.payments.carry_out_hold"
    ]
