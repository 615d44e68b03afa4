from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel.periods import Period, start_of
from fulfilment.jobs.models import Job
from fulfilment.orders.models import Order
from fulfilment.payments.models import PaymentAttempt
from fulfilment.reports import queries
from fulfilment.reports.policies import Amount
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.sales import make_consignment, make_order

pytestmark = pytest.mark.django_db
WEEK = Period(date(2026, 11, 14), date(2026, 11, 21))
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
CARD, CASH = Order.PaymentMethod.CARD, Order.PaymentMethod.CASH
Status = Order.Status


@pytest.fixture
def oil():
    return make_stockrecord()


def test_each_currency_stands_in_a_row_of_its_own(oil):
    make_order((oil, 1), placed_at=NOON, total="100.00")
    make_order((oil, 1), placed_at=NOON, total="20.00")
    make_order((oil, 1), placed_at=NOON, total="10.00", currency="EUR")
    make_order((oil, 1), placed_at=NOON, total="10.00", currency="EUR", destination="FR", method=CARD)

    rows = queries.sales(WEEK)

    assert [(row.country, row.currency, row.orders, row.ordered.amount, row.ordered.amount_mad) for row in rows] == [
        ("MA", "MAD", 2, Decimal("120.00"), Decimal("120.00")),
        ("MA", "EUR", 1, Decimal("10.00"), Decimal("108.00")),
        ("FR", "EUR", 1, Decimal("10.00"), Decimal("108.00")),
    ]


def test_a_day_begins_at_midnight_in_casablanca_also_while_it_was_an_hour_ahead(oil):
    make_order((oil, 1), placed_at=datetime(2026, 9, 1, 22, 59, tzinfo=UTC), total="1.00")
    make_order((oil, 1), placed_at=datetime(2026, 9, 1, 23, 0, tzinfo=UTC), total="2.00")

    rows = queries.sales(Period(date(2026, 9, 2), date(2026, 9, 3)))

    assert [(row.day, row.ordered.amount) for row in rows] == [(date(2026, 9, 2), Decimal("2.00"))]


def test_orders_cancelled_or_never_paid_are_not_counted(oil):
    make_order((oil, 1), placed_at=NOON, status=Status.CANCELLED)
    make_order((oil, 1), placed_at=NOON, status=Status.EXPIRED, method=CARD)

    assert queries.sales(WEEK) == []


def test_a_card_payment_is_taken_on_the_day_it_succeeded(oil):
    order = make_order((oil, 1), placed_at=NOON, status=Status.PAID, method=CARD, currency="EUR", total="30.00")
    order.events.create(kind="paid", at=datetime(2026, 11, 19, 9, tzinfo=UTC))

    rows = queries.sales(WEEK)

    assert [(row.day, row.ordered.amount, row.taken.amount) for row in rows] == [
        (date(2026, 11, 19), Decimal(0), Decimal("30.00")),
        (date(2026, 11, 18), Decimal("30.00"), Decimal(0)),
    ]


def test_cash_is_taken_on_the_day_the_last_parcel_is_delivered(oil):
    couscous = make_stockrecord()
    order = make_order((oil, 1), (couscous, 1), placed_at=NOON, status=Status.DELIVERED, total="300.00")
    make_consignment(order, oil.partner, Consignment.State.DELIVERED, delivered_at=start_of(date(2026, 11, 19)))
    make_consignment(order, couscous.partner, Consignment.State.DELIVERED, delivered_at=start_of(date(2026, 11, 20)))

    taken = [row for row in queries.sales(WEEK) if row.taken.amount]

    assert [(row.day, row.taken) for row in taken] == [
        (date(2026, 11, 20), Amount("MAD", Decimal("300.00"), Decimal("300.00")))
    ]


def test_cash_counts_for_what_was_accepted_at_the_door(oil):
    order = make_order((oil, 1), placed_at=NOON, status=Status.DELIVERED, total="300.00")
    make_consignment(order, state=Consignment.State.DELIVERED, delivered_at=NOON)
    attempt = order.payment_attempts.create(
        number=1, provider="cash", amount=300, currency="MAD", state="SUCCEEDED", created_at=NOON, updated_at=NOON
    )
    attempt.collections.create(parcel="P-1", amount="120.00", with_delivery=True, collected_at=NOON)

    (row,) = queries.sales(WEEK)

    assert (row.ordered.amount, row.taken) == (Decimal("300.00"), Amount("MAD", Decimal("120.00"), Decimal("120.00")))


def test_cash_on_its_way_and_cards_not_charged_are_no_takings(oil):
    make_order((oil, 1), placed_at=NOON, status=Status.SHIPPED, method=CASH)
    make_order((oil, 1), placed_at=NOON, status=Status.PENDING_PAYMENT, method=CARD)

    assert [row.taken.amount for row in queries.sales(WEEK)] == [Decimal(0)]


def test_money_of_an_order_placed_before_the_period_counts_in_it(oil):
    order = make_order((oil, 1), placed_at=datetime(2026, 10, 1, tzinfo=UTC), status=Status.DELIVERED, total="50.00")
    make_consignment(order, state=Consignment.State.DELIVERED, delivered_at=NOON)

    assert [(row.orders, row.taken.amount) for row in queries.sales(WEEK)] == [(0, Decimal("50.00"))]


def test_sales_ask_two_questions_whatever_is_sold(oil, django_assert_num_queries):
    for currency in ("MAD", "EUR", "USD"):
        make_order((oil, 1), placed_at=NOON, currency=currency)

    with django_assert_num_queries(2):
        assert len(queries.sales(WEEK)) == 3


def test_waiting_counts_parcels_jobs_and_payments(oil):
    now = timezone.now()
    order = make_order((oil, 1))
    make_consignment(order, state=Consignment.State.PACKED)
    make_consignment(make_order((oil, 1)), state=Consignment.State.DELIVERED)
    minutes = (3, 1)
    for number, ago in enumerate(minutes):
        run_at = now - timezone.timedelta(minutes=ago)
        Job.objects.create(task="t", key=f"waiting-{number}", run_at=run_at, created_at=now)
    Job.objects.create(task="t", key="dead", state=Job.State.DEAD, run_at=now, created_at=now)
    PaymentAttempt.objects.create(
        order=order, number=1, provider="stripe", amount=1, currency="MAD", state="QUARANTINED",
        idempotency_key="k", created_at=now, updated_at=now,
    )  # fmt: skip

    found = queries.waiting(now)

    assert found.consignments == {"PACKED": 1}
    assert (found.jobs_dead, found.jobs_late, found.payments_quarantined) == (1, 1, 1)
    assert [(code, number) for code, _words, number in found.to_move] == [
        ("OPEN", 0), ("PICKED", 0), ("PACKED", 1), ("HANDED_OVER", 0),
    ]  # fmt: skip
