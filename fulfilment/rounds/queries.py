"""What a driver sees, and what the office sees of drivers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import day_of
from fulfilment.payments.models import CashCollected
from fulfilment.payments.queries import due_at_door
from fulfilment.warehouse.models import Consignment, ConsignmentLine, DeliveryAttempt
from fulfilment.warehouse.policies import NEVER_SENT, UNDER_WAY

from . import policies
from .models import DoorReport, Driver

LONGEST_ROUND = 200
NOT_AS_DUE = Q(outcome="delivered") & (Q(cash_mad__lt=F("due_mad")) | Q(cash_mad__gt=F("due_mad")))
ASK_FOR_A_PERSON = ~Q(problem__in=("", DoorReport.Problem.SAME)) | NOT_AS_DUE


@dataclass(frozen=True)
class Door:
    """A parcel as the driver who carries it sees it: whose door, what to ask for; nothing of what is inside."""

    consignment: Consignment
    to_name: str
    phone: str
    address: Any
    due_mad: Decimal
    fragile: bool
    cold: bool
    place: int
    parcels: int
    visit: int


def has_pass(driver: Driver, now: datetime) -> bool:
    """Tell whether a driver may open anything now."""
    return driver.is_active and policies.is_good(driver.valid_from, driver.valid_until, day_of(now))


def driver(pk: int) -> Driver | None:
    return Driver.objects.select_related("courier").filter(pk=pk).first()


def drivers() -> QuerySet[Driver]:
    """Return every driver, those who drive now first (one query)."""
    return Driver.objects.select_related("courier", "made_by", "ended_by").annotate(written=Count("reports"))


def round_of(driver: Driver) -> list[Consignment]:
    """Return the parcels that a driver's courier has to bring, by town (two queries)."""
    found = _with_address().filter(courier=driver.courier_id, state__in=UNDER_WAY, coming_back_at=None)
    found = found.annotate(visits=Count("delivery_attempts"))
    return list(found.order_by("order__shipping_address__line4", "handed_over_at", "pk")[:LONGEST_ROUND])


def to_bring_back(driver: Driver) -> list[Consignment]:
    """Return the parcels that nobody took and that the courier still has (one query)."""
    not_taken = Q(state="REFUSED") | Q(state__in=UNDER_WAY, coming_back_at__isnull=False)
    return list(Consignment.objects.filter(not_taken, courier=driver.courier_id).order_by("pk")[:LONGEST_ROUND])


def parcel(reference: str) -> Consignment | None:
    return _with_address().filter(reference=reference).first()


def _with_address() -> QuerySet[Consignment]:
    return Consignment.objects.select_related(
        "courier",
        "order__shipping_address__country",
        "order__shipping_address__commune",
        "order__shipping_address__province",
    )


def is_under_way(consignment: Consignment) -> bool:
    """Tell whether a parcel is to be brought to its door."""
    return consignment.state in UNDER_WAY and consignment.coming_back_at is None


def door_of(consignment: Consignment) -> Door:
    """Return what a driver needs at the door of a parcel under way."""
    order = consignment.order
    address = order.shipping_address
    siblings = list(
        Consignment.objects.filter(order=order)
        .exclude(state__in=NEVER_SENT)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    inside = ConsignmentLine.objects.filter(consignment=consignment)
    handling = inside.aggregate(
        fragile=Count("pk", filter=Q(order_line__product__fragile=True)),
        cold=Count("pk", filter=Q(order_line__product__cold_chain=True)),
    )
    return Door(
        consignment=consignment,
        to_name=address.last_name if address else order.recipient_name or order.buyer_name,
        phone=order.door_phone,
        address=address,
        due_mad=due_for(consignment),
        fragile=bool(handling["fragile"]),
        cold=bool(handling["cold"]),
        place=siblings.index(consignment.pk) + 1,
        parcels=len(siblings),
        visit=consignment.delivery_attempts.count() + 1,
    )


def due_for(consignment: Consignment) -> Decimal:
    """Return what is asked for a parcel at the door, or what was booked for it; nothing when it was paid otherwise."""
    booked = CashCollected.objects.filter(parcel=consignment.reference).values_list("amount", flat=True).first()
    if booked is not None:
        return booked
    due = due_at_door(consignment.order, consignment.reference) if is_under_way(consignment) else None
    return due or ZERO


def moments_of(consignment: Consignment, attempts: Sequence[DeliveryAttempt]) -> list[datetime]:
    """Say when each visit was: as the driver's phone says where one wrote it, else when it was written down."""
    reported = dict(DoorReport.objects.filter(consignment=consignment, problem="").values_list("visit", "happened_at"))
    return [reported.get(attempt.number, attempt.at) for attempt in attempts]


def last_said(driver: Driver, consignment: Consignment) -> DoorReport | None:
    """Return what this driver wrote last about a parcel."""
    return DoorReport.objects.filter(driver=driver, consignment=consignment).first()


def applied_to(consignment: Consignment) -> DoorReport | None:
    """Return the report of a parcel's last visit; none when the office wrote it."""
    last = consignment.delivery_attempts.order_by("-number").values("number")[:1]
    found = DoorReport.objects.select_related("driver").filter(consignment=consignment, problem="", visit=last)
    return found.first()


def reports_of(consignment: Consignment) -> QuerySet[DoorReport]:
    """Return what drivers wrote of a parcel, for the office (one query)."""
    return DoorReport.objects.filter(consignment=consignment).select_related("driver", "closed__closed_by")


def to_see_to() -> QuerySet[DoorReport]:
    """Return the reports that wait for a person, the oldest first (one query)."""
    found = DoorReport.objects.filter(ASK_FOR_A_PERSON, closed=None)
    return found.select_related("driver__courier", "consignment", "closed").order_by("received_at", "pk")


def lately() -> QuerySet[DoorReport]:
    """Return the other reports, the newest first (one query)."""
    found = DoorReport.objects.filter(~ASK_FOR_A_PERSON | Q(closed__isnull=False))
    return found.select_related("driver__courier", "consignment", "closed__closed_by")
