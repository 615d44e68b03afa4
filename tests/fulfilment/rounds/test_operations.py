"""What drivers write: applied once, kept always; PINs that cannot be guessed at."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from fulfilment.payments.models import CashCollected
from fulfilment.rounds import operations, queries
from fulfilment.rounds.models import DoorPhoto, DoorReport, Driver, ReportClosed
from fulfilment.warehouse import operations as warehouse
from tests.factories.drivers import PIN, make_courier, make_driver, photo, say
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to
from tests.factories.people import make_staff
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def courier():
    return make_courier()


@pytest.fixture
def driver(courier):
    return make_driver(courier)


@pytest.fixture
def parcel(courier, run_jobs):
    """A parcel of 120.00 and 35.00 for its delivery, asked in cash, with our own round."""
    open_deliveries()
    order = place_order((stock("120.00", farm_gate="80.00"), 1))
    run_jobs()
    return move_to(order.consignments.get(), "HANDED_OVER")


def deliver_at_the_office(parcel):
    warehouse.deliver(consignment_id=parcel.pk, by=None, now=timezone.now())


def test_report_delivers_the_parcel_and_keeps_who_took_it_in(driver, parcel, run_jobs):
    made = say(driver, parcel, cash_mad=Decimal("155.00"), photo=photo())
    run_jobs()

    parcel.refresh_from_db()
    assert (made.problem, made.visit, made.received_by, made.due_mad) == ("", 1, "Si Ahmed", Decimal("155.00"))
    assert (parcel.state, parcel.order.status) == ("DELIVERED", "DELIVERED")
    assert bytes(DoorPhoto.objects.get(report=made).jpeg) == photo().content
    assert list(queries.to_see_to()) == []
    assert broken() == []


def test_report_sent_again_with_its_key_is_the_same_report(driver, parcel):
    key = uuid.uuid4()

    first, again = (say(driver, parcel, key=key, cash_mad=Decimal("155.00"), photo=photo()) for _time in range(2))

    assert first == again
    assert (DoorReport.objects.count(), CashCollected.objects.count(), DoorPhoto.objects.count()) == (1, 1, 1)
    assert parcel.delivery_attempts.count() == 1


def test_report_under_a_key_of_another_parcel_or_driver_is_refused(courier, driver, parcel):
    key = uuid.uuid4()
    say(driver, parcel, "absent", key=key)

    with pytest.raises(operations.KeyUsed):
        say(make_driver(courier), parcel, "absent", key=key)

    assert DoorReport.objects.count() == 1


@pytest.mark.parametrize("counted", ["150.00", "155.50", "0.00"])
def test_cash_that_is_not_what_was_due_is_shown_and_the_books_follow_what_was_due(driver, parcel, counted):
    made = say(driver, parcel, cash_mad=Decimal(counted))

    assert CashCollected.objects.get().amount == Decimal("155.00")
    assert made.difference_mad == Decimal(counted) - Decimal("155.00")
    assert list(queries.to_see_to()) == [made]
    assert not queries.lately().exists()


def test_refused_says_why_and_asks_no_cash(driver, parcel):
    made = say(driver, parcel, "refused", reason="no_money", cash_mad=Decimal("9.00"))

    parcel.refresh_from_db()
    assert (parcel.state, made.cash_mad, made.asks_for_a_person) == ("REFUSED", None, False)
    assert parcel.delivery_attempts.get().reason == "no_money"


def test_two_visits_that_waited_on_the_phone_are_two(driver, parcel):
    """Both come at once in the evening; what tells them apart is when they happened."""
    now = timezone.now()

    made = [say(driver, parcel, "absent", happened_at=now - timedelta(hours=hours), now=now) for hours in (7, 2)]

    parcel.refresh_from_db()
    assert [(one.visit, one.problem) for one in made] == [(1, ""), (2, "")]
    assert parcel.coming_back_at == now


def test_nobody_there_written_by_two_within_the_hour_counts_once(courier, driver, parcel):
    say(driver, parcel, "absent")

    second = say(make_driver(courier), parcel, "absent", reason="another_day")

    assert (second.problem, second.visit, parcel.delivery_attempts.count()) == ("same", 1, 1)
    assert list(queries.to_see_to()) == []


def test_delivered_after_the_office_wrote_it_changes_nothing_and_asks_nobody(driver, parcel):
    deliver_at_the_office(parcel)

    made = say(driver, parcel, cash_mad=Decimal("155.00"))

    assert (made.problem, made.due_mad, made.asks_for_a_person) == ("same", Decimal("155.00"), False)


@pytest.mark.parametrize(
    ("before", "problem"),
    [
        (deliver_at_the_office, "otherwise"),
        (lambda parcel: type(parcel).objects.filter(pk=parcel.pk).update(courier=make_courier()), "not_theirs"),
        (lambda parcel: Driver.objects.update(is_active=False, ended_at=timezone.now()), "pass_ended"),
        (lambda parcel: type(parcel).objects.filter(pk=parcel.pk).update(state="PACKED"), "not_under_way"),
    ],
)
def test_what_cannot_be_applied_is_kept_for_a_person(driver, parcel, before, problem):
    before(parcel)
    state = type(parcel).objects.get(pk=parcel.pk).state

    made = say(driver, parcel, "refused", reason="damaged")

    parcel.refresh_from_db()
    assert (made.problem, parcel.state) == (problem, state)
    assert list(queries.to_see_to()) == [made]


def test_delivered_after_two_visits_is_kept_for_a_person(driver, parcel):
    for number in (1, 2):
        warehouse.miss(consignment_id=parcel.pk, number=number, reason="no_answer", by=None, now=timezone.now())

    made = say(driver, parcel, cash_mad=Decimal("155.00"))

    assert (made.problem, made.asks_for_a_person) == ("not_under_way", True)
    assert not CashCollected.objects.exists()


def test_close_report_once_and_only_what_asks_for_a_person(driver, parcel):
    wrong, by = say(driver, parcel, cash_mad=Decimal("1.00")), make_staff("logistics")

    operations.close_report(report_id=wrong.pk, note="He brings the rest tomorrow", by=by, now=timezone.now())
    with pytest.raises(operations.NothingToClose):
        operations.close_report(report_id=wrong.pk, note="Again", by=by, now=timezone.now())
    same = say(driver, parcel, cash_mad=Decimal("155.00"))
    with pytest.raises(operations.NothingToClose):
        operations.close_report(report_id=same.pk, note="No need", by=by, now=timezone.now())

    assert ReportClosed.objects.get().note == "He brings the rest tomorrow"
    assert (list(queries.to_see_to()), set(queries.lately())) == ([], {wrong, same})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rounds_doorreport SET cash_mad = 155",
        "DELETE FROM rounds_doorreport",
        "DELETE FROM rounds_doorphoto",
        "DELETE FROM rounds_driver",
    ],
)
def test_the_application_may_not_change_what_was_written(driver, parcel, statement):
    say(driver, parcel, cash_mad=Decimal("1.00"), photo=photo())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("outcome", "fields", "constraint"),
    [
        ("delivered", {"received_by": ""}, "door_report_delivered_to_someone"),
        ("absent", {}, "door_report_says_why"),
        ("delivered", {"cash_mad": Decimal("-1")}, "door_report_cash_when_delivered"),
        ("delivered", {"cash_mad": Decimal("100000.01")}, "door_report_cash_when_delivered"),
    ],
)
def test_the_database_refuses_half_a_report(driver, parcel, outcome, fields, constraint):
    values = {"outcome": outcome, "received_by": "A", "cash_mad": 0, "due_mad": 0, "reason": ""} | fields
    if outcome == "absent":
        values |= {"cash_mad": None, "due_mad": None, "received_by": ""}
    now = timezone.now()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DoorReport.objects.create(
            key=uuid.uuid4(),
            driver=driver,
            consignment=parcel,
            happened_at=now,
            received_at=now,
            problem="same",
            **values,
        )


def test_a_pin_opens_until_five_wrong_ones_and_then_for_nobody(driver):
    now = timezone.now()
    for _time in range(4):
        with pytest.raises(operations.WrongPin):
            operations.check_pin(phone=driver.phone, pin="000000", now=now)
    assert operations.check_pin(phone=driver.phone, pin=PIN, now=now) == driver  # and the count begins again

    for number in range(5):
        with pytest.raises(operations.Locked if number == 4 else operations.WrongPin):
            operations.check_pin(phone=driver.phone, pin="000000", now=now)
    with pytest.raises(operations.Locked):
        operations.check_pin(phone=driver.phone, pin=PIN, now=now)
    later = now + timedelta(hours=1, seconds=1)
    with pytest.raises(operations.Locked):  # one more wrong one, and it is closed for another hour
        operations.check_pin(phone=driver.phone, pin="000000", now=later)
    with pytest.raises(operations.Locked):
        operations.check_pin(phone=driver.phone, pin=PIN, now=later)

    assert operations.check_pin(phone=driver.phone, pin=PIN, now=later + timedelta(hours=2)) == driver


def test_a_new_pin_opens_what_was_locked_and_ends_the_old_one(driver):
    now = timezone.now()
    Driver.objects.update(wrong_pins=5, locked_until=now + timedelta(hours=1))

    operations.give_pin(driver_id=driver.pk, pin="1234", valid_until=driver.valid_until, now=now)

    assert operations.check_pin(phone=driver.phone, pin="1234", now=now) == driver
    with pytest.raises(operations.WrongPin):
        operations.check_pin(phone=driver.phone, pin=PIN, now=now)
    assert "1234" not in Driver.objects.get().pin


def test_an_ended_pass_opens_nothing_and_its_number_is_free(courier, driver):
    operations.end_driver(driver_id=driver.pk, by=None, now=timezone.now())
    with pytest.raises(operations.PassEnded):
        operations.check_pin(phone=driver.phone, pin=PIN, now=timezone.now())

    again = make_driver(courier, phone=driver.phone, pin="2222")

    assert operations.check_pin(phone=driver.phone, pin="2222", now=timezone.now()) == again
    with pytest.raises(operations.PhoneTaken):
        make_driver(courier, phone=driver.phone)


def test_a_number_of_nobody_is_as_wrong_as_a_pin(driver):
    with pytest.raises(operations.WrongPin):
        operations.check_pin(phone="+212740099999", pin=PIN, now=timezone.now())
