"""What is late: each kind by its own limit, counted and listed with a fixed number of questions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.kernel.periods import day_of
from fulfilment.jobs.models import Job
from fulfilment.orders.models import Order
from fulfilment.payouts import operations as payouts
from fulfilment.payouts.models import BankFileLine
from fulfilment.reports.late import policies
from fulfilment.reports.late.queries import late
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, open_parcels
from tests.factories.payouts import deliver, draft, send, submitter
from tests.factories.people import make_staff, sign_in
from tests.factories.receiving import announced, make_delivery, make_hub
from tests.factories.sales import make_consignment, make_order
from tests.factories.shortages import say_missing
from tests.factories.statements import Moved, camt053
from tests.factories.withdrawals import declare, make_delivered_order
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
MARGIN = timedelta(minutes=5)
LATER = timedelta(minutes=10)


def make_job(queue="default", state="WAITING", ago=timedelta(), number=1):
    now = timezone.now()
    return Job.objects.create(
        task="fulfilment.jobs.nothing",
        key=f"{queue}:{state}:{number}",
        queue=queue,
        state=state,
        run_at=now - ago,
        created_at=now,
    )


def found(*kinds):
    return {section.kind: [row.what for row in section.rows] for section in late(timezone.now(), kinds or None)}


def parcel_at(state, column, ago, **fields):
    return make_consignment(make_order(status="PREPARING", **fields), state=state, **{column: timezone.now() - ago})


@pytest.mark.parametrize(("queue", "limit"), [("money", 60), ("default", 300), ("mail", 300), ("bulk", 3600)])
def test_a_job_is_late_beyond_the_limit_of_its_class(queue, limit):
    make_job(queue, ago=timedelta(seconds=limit / 3), number=1)
    over = make_job(queue, ago=timedelta(seconds=limit * 2), number=2)

    assert found() == {"jobs": [over.key]}


def test_a_dead_job_is_late_at_once():
    dead = make_job(state="DEAD")

    assert found() == {"jobs": [dead.key]}


@pytest.mark.parametrize(
    ("state", "column"),
    [("OPEN", "opened_at"), ("PICKED", "picked_at"), ("PACKED", "packed_at"), ("HANDED_OVER", "handed_over_at")],
)
def test_a_parcel_is_late_at_each_step_by_its_own_limit(state, column):
    limit = policies.STEP_WITHIN[state]
    parcel_at(state, column, limit - MARGIN)
    over = parcel_at(state, column, limit + MARGIN)

    assert found() == {state: [over.reference]}


@pytest.mark.parametrize("state", ["OPEN", "PACKED", "IN_TRANSIT"])
def test_beyond_the_last_promised_day_a_parcel_is_late_at_any_step(state):
    today = day_of(timezone.now())
    column = {"OPEN": "opened_at", "PACKED": "packed_at", "IN_TRANSIT": "in_transit_at"}[state]
    for days in (0, 1):
        last = today - timedelta(days=days)
        parcel = parcel_at(state, column, timedelta(), promised_first=last, promised_last=last)

    assert found() == {state: [parcel.reference]}


def test_what_waits_for_its_buyer_is_late_as_a_question_and_not_as_a_parcel(clock):
    order = make_held_order((make_stockrecord(in_stock=2), 2))
    (parcel,) = open_parcels(order)
    say_missing(parcel.lines.get().order_line, 1)
    clock.shift(policies.ANSWER_WITHIN - MARGIN)
    in_time = found("shortages", "OPEN")
    clock.shift(timedelta(days=2))

    assert (in_time, found("shortages", "OPEN")) == ({}, {"shortages": [parcel.reference]})


def test_a_delivery_that_did_not_come_is_late_on_the_next_day(clock):
    delivery = make_delivery(make_hub(), make_staff("logistics"), announced(make_stockrecord()))
    clock.move_to(datetime(2026, 11, 25, 23, tzinfo=UTC))
    same_day = found("deliveries")
    clock.shift(timedelta(hours=3))

    assert (same_day, found("deliveries")) == ({}, {"deliveries": [delivery.number]})


def test_a_withdrawal_waits_for_its_goods_or_for_a_decision(clock):
    withdrawal = declare(make_delivered_order())
    clock.shift(policies.SENT_BACK_WITHIN - MARGIN)
    in_time = found("withdrawals")
    clock.shift(LATER)

    assert (in_time, found("withdrawals")) == ({}, {"withdrawals": [withdrawal.reference]})


def test_a_parcel_nobody_took_should_be_back_after_some_days():
    order = make_order(status="SHIPPED")
    parcel = make_consignment(
        order,
        state="HANDED_OVER",
        handed_over_at=timezone.now(),
        coming_back_at=timezone.now() - policies.BACK_WITHIN - MARGIN,
    )

    assert found() == {"returns": [parcel.reference]}


def test_what_the_bank_has_not_said_or_said_otherwise_is_late_and_finances(client, clock):
    for day in (timezone.now().date() - timedelta(days=1), timezone.now().date()):
        line = Moved(Decimal("-9.00"), f"PAY-{day}", day=day.isoformat())
        payouts.take_in(name=str(day), content=camt053(line), by=submitter(), now=timezone.now())
    deliver((make_stockrecord(farm_gate="80.00"), 2), method="card")
    sent = send(draft()).payouts.get()
    in_time = found("bank_lines", "under_way")
    clock.move_to(sent.run.run_at + timedelta(days=20))
    sign_in(client, make_staff("finance"))
    page = client.get(english("late")).content.decode()

    yesterday = date(2026, 11, 19)
    assert in_time == {"bank_lines": [f"PAY-{yesterday}"]}
    assert found("under_way") == {"under_way": [sent.reference]}
    assert english("payout", sent.reference) in page
    assert english("bank-file", BankFileLine.objects.earliest("pk").file_id) in page


def test_the_page_names_what_since_when_by_how_much_and_whose(client):
    person = make_staff("logistics")
    parcel = parcel_at("PICKED", "picked_at", policies.STEP_WITHIN["PICKED"] + timedelta(hours=3))
    Consignment.objects.update(moved_by=person)
    sign_in(client, person)

    page = client.get(english("late")).content.decode()

    assert "Parcels not counted and closed" in page
    assert english("consignment", parcel.reference) in page
    assert "3 hours" in page
    assert str(person) in page


def test_each_reader_sees_the_kinds_that_are_theirs(client):
    make_job(state="DEAD")
    parcel_at("OPEN", "opened_at", timedelta(days=3))
    pages = {}
    for group in ("logistics", "support", "catalogue"):
        sign_in(client, make_staff(group))
        pages[group] = client.get(english("late")).content.decode()

    seen = {group: ("Jobs beyond" in page, "Parcels not taken" in page) for group, page in pages.items()}
    assert seen == {"logistics": (False, True), "support": (True, True), "catalogue": (False, False)}


def test_the_offices_first_page_counts_all_of_it(client):
    make_job(state="DEAD")
    parcel_at("OPEN", "opened_at", timedelta(days=3))
    sign_in(client, make_staff("director"))

    page = client.get(english("home")).content.decode()

    assert "<bdi>2</bdi>" in page.rsplit(english("late"), 1)[1][:120]


def test_three_rows_and_thirty_ask_the_same_number_of_questions(client):
    sign_in(client, make_staff("director"))
    record = make_stockrecord()
    hub, person = make_hub(), make_staff("logistics")
    asked = []
    for rows in (range(3), range(3, 30)):
        for number in rows:
            order = make_order((record, 1), status="PREPARING", placed_at=timezone.now() - timedelta(days=9))
            make_consignment(order)
            make_job(state="DEAD", number=number)
            late_day = day_of(timezone.now()) - timedelta(days=2)
            delivery = make_delivery(hub, person, announced(record, lot_number=f"L-{number}"))
            type(delivery).objects.filter(pk=delivery.pk).update(expected_on=late_day)
        client.get(english("late"))
        with CaptureQueriesContext(connection) as captured:
            client.get(english("late"))
        asked.append(len(captured))

    assert Order.objects.count() == 30
    assert asked[0] == asked[1]
