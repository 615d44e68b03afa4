"""Drivers are made and ended by the office; what they write at doors is kept, and applied where it can be."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from catalogue.kernel.constraints import refused_as
from catalogue.kernel.locks import lock_one
from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import day_of
from catalogue.kernel.photos import Photo
from fulfilment.orders.models import Order
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment, DeliveryAttempt
from fulfilment.warehouse.policies import AT_THE_DOOR

from . import policies, queries
from .models import DoorPhoto, DoorReport, Driver, ReportClosed

Outcome, Problem = DeliveryAttempt.Outcome, DoorReport.Problem


class PhoneTaken(Exception):
    """Another driver signs in with this number."""


class WrongPin(Exception):
    """No driver has this number, or the PIN is another."""


class Locked(Exception):
    """Too many wrong PINs: until then no PIN is looked at."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(until)


class PassEnded(Exception):
    """The office has ended the driver's pass, or its days are over or to come."""


class KeyUsed(Exception):
    """The phone sends another report under a key that it has used."""


class NothingToClose(Exception):
    """The report was applied as it was, or someone has closed it."""


@dataclass(frozen=True)
class Said:
    """What a driver wrote at a door; ``key`` is the phone's own, the same however often it sends it."""

    key: uuid.UUID
    driver_id: int
    consignment_id: int
    outcome: str
    happened_at: datetime
    reason: str = ""
    received_by: str = ""
    cash_mad: Decimal = ZERO
    photo: Photo | None = None


def make_driver(
    *,
    name: str,
    phone: str,
    courier_id: int,
    language: str,
    pin: str,
    valid_from: date,
    valid_until: date,
    by: Any,
    now: datetime,
) -> Driver:
    """Let someone drive for a courier. Raises ``PhoneTaken``."""
    with refused_as(lambda: PhoneTaken(phone), constraint="driver_phone_once_active"):
        return Driver.objects.create(
            name=name,
            phone=phone,
            courier_id=courier_id,
            language=language,
            pin=make_password(pin),
            valid_from=valid_from,
            valid_until=valid_until,
            made_by=by,
            made_at=now,
        )


@transaction.atomic
def give_pin(*, driver_id: int, pin: str, valid_until: date, now: datetime) -> Driver:
    """Give an active driver another PIN and more days; the old PIN, and phones signed in with it, open nothing more.

    Raises ``PassEnded``.
    """
    driver = lock_one(Driver.objects.filter(pk=driver_id))
    if not driver.is_active:
        raise PassEnded(driver_id)
    driver.pin, driver.valid_until = make_password(pin), valid_until
    driver.valid_from = min(driver.valid_from, day_of(now))
    driver.wrong_pins, driver.locked_until = 0, None
    driver.save(update_fields=["pin", "valid_from", "valid_until", "wrong_pins", "locked_until"])
    return driver


@transaction.atomic
def end_driver(*, driver_id: int, by: Any, now: datetime) -> Driver:
    """End a driver's pass at once. A second call changes nothing."""
    driver = lock_one(Driver.objects.filter(pk=driver_id))
    if driver.is_active:
        driver.is_active, driver.ended_at, driver.ended_by = False, now, by
        driver.save(update_fields=["is_active", "ended_at", "ended_by"])
    return driver


def check_pin(*, phone: str, pin: str, now: datetime) -> Driver:
    """Return the driver who has this number and this PIN. Raises ``WrongPin``, ``Locked`` or ``PassEnded``."""
    driver = _checked(phone, pin, now)
    if driver is None:
        raise WrongPin(phone)
    if driver.locked_until and driver.locked_until > now:
        raise Locked(driver.locked_until)
    if not queries.has_pass(driver, now):
        raise PassEnded(driver.pk)
    return driver


@transaction.atomic
def _checked(phone: str, pin: str, now: datetime) -> Driver | None:
    """Look at a PIN and count it when it is wrong; the row is locked, so that guesses made together count each."""
    found = Driver.objects.filter(phone=phone).order_by("-is_active", "-pk").first()
    if found is None:
        make_password(pin)  # as long as a number that someone has
        return None
    driver = lock_one(Driver.objects.filter(pk=found.pk))
    if driver.locked_until and driver.locked_until > now:
        return driver
    if check_password(pin, driver.pin):
        Driver.objects.filter(pk=driver.pk).update(wrong_pins=0, locked_until=None)
        driver.locked_until = None
        return driver
    driver.wrong_pins = min(driver.wrong_pins + 1, policies.WRONG_PINS)
    driver.locked_until = policies.locked_until(driver.wrong_pins, now)
    driver.save(update_fields=["wrong_pins", "locked_until"])
    return driver if driver.locked_until else None


@transaction.atomic
def report(*, said: Said, now: datetime) -> DoorReport:
    """Keep what a driver wrote and let the parcel follow where it can; what it was is in the row's ``problem``.

    The same key again returns the first row. Locks the order before anything is looked at, as every move does. Raises
    ``KeyUsed``.
    """
    lock_one(Order.objects.filter(consignments=said.consignment_id))
    if known := DoorReport.objects.filter(key=said.key).first():
        if (known.driver_id, known.consignment_id) != (said.driver_id, said.consignment_id):
            raise KeyUsed(said.key)
        return known
    driver = Driver.objects.get(pk=said.driver_id)
    consignment = Consignment.objects.select_related("order").get(pk=said.consignment_id)
    due = queries.due_for(consignment) if said.outcome == Outcome.DELIVERED else None
    problem, visit = _apply(said, driver, consignment, now)
    made = DoorReport.objects.create(
        key=said.key,
        driver=driver,
        consignment=consignment,
        outcome=said.outcome,
        reason=said.reason,
        received_by=said.received_by,
        photo_sha256=said.photo.sha256 if said.photo else "",
        cash_mad=None if due is None else said.cash_mad,
        due_mad=due,
        happened_at=said.happened_at,
        received_at=now,
        visit=visit,
        problem=problem,
    )
    if said.photo:
        DoorPhoto.objects.create(report=made, jpeg=said.photo.content)
    return made


def _apply(said: Said, driver: Driver, consignment: Consignment, now: datetime) -> tuple[str, int | None]:
    """Move the parcel as the driver says; return what was in the way, and which visit it is or was."""
    if not queries.has_pass(driver, now):
        return Problem.PASS_ENDED, None
    if consignment.courier_id != driver.courier_id:
        return Problem.NOT_THEIRS, None
    made = list(consignment.delivery_attempts.order_by("number"))
    ended = next((attempt for attempt in made if attempt.outcome != Outcome.ABSENT), None)
    if ended or AT_THE_DOOR[said.outcome] == consignment.state:
        same = AT_THE_DOOR[said.outcome] == consignment.state or (ended and ended.outcome == said.outcome)
        return (Problem.SAME if same else Problem.OTHERWISE), (ended.number if ended else None)
    visit = len(made) + 1
    if said.outcome == Outcome.ABSENT:
        visit = policies.visit_of(said.happened_at, queries.moments_of(consignment, made))
        if visit <= len(made):
            return Problem.SAME, visit
    try:
        with transaction.atomic():
            _move(said, visit, now)
    except warehouse.RecordedOtherwise as error:
        return Problem.OTHERWISE, error.attempt.number
    except warehouse.ImpossibleMove:
        return Problem.NOT_UNDER_WAY, None
    return "", visit


def _move(said: Said, visit: int, now: datetime) -> None:
    """Call the warehouse. It writes no person: drivers are none of the shop's users, the report says who it was."""
    common: dict[str, Any] = {"consignment_id": said.consignment_id, "by": None, "now": now}
    match said.outcome:
        case Outcome.DELIVERED:
            warehouse.deliver(**common)
        case Outcome.REFUSED:
            warehouse.refuse(reason=said.reason, **common)
        case _:
            warehouse.miss(number=visit, reason=said.reason, **common)


def close_report(*, report_id: int, note: str, by: Any, now: datetime) -> ReportClosed:
    """Say how a report was seen to that asked for a person. Raises ``NothingToClose``; of two people the second."""
    if not DoorReport.objects.get(pk=report_id).asks_for_a_person:
        raise NothingToClose(report_id)
    try:
        with transaction.atomic():
            return ReportClosed.objects.create(report_id=report_id, note=note, closed_at=now, closed_by=by)
    except IntegrityError as error:  # the row itself may not be locked: it is never changed
        raise NothingToClose(report_id) from error
