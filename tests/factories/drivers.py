"""Drivers, and what they write at doors."""

import uuid
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

from django.utils import timezone
from PIL import Image

from catalogue.kernel.periods import day_of
from catalogue.kernel.photos import Photo, take_in
from fulfilment.rounds import operations
from fulfilment.rounds.models import DoorReport, Driver
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment

PIN = "471100"
_numbers = count(1)


def make_courier(kind: str = "own") -> Courier:
    return Courier.objects.create(name=f"Courier {next(_numbers)}", kind=kind)


def make_driver(courier: Courier, **fields: Any) -> Driver:
    """Return a driver who signs in with ``PIN``, for a month."""
    now = timezone.now()
    values = {
        "name": "Hamid",
        "phone": f"+2127400{next(_numbers) + 60000:05}",
        "language": "fr",
        "pin": PIN,
        "valid_from": day_of(now),
        "valid_until": day_of(now) + timedelta(days=30),
        "by": None,
        "now": now,
    }
    return operations.make_driver(courier_id=courier.pk, **values | fields)


def jpeg(colour: str = "red") -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    return file.getvalue()


def photo(colour: str = "red") -> Photo:
    return take_in(BytesIO(jpeg(colour)))


def say(driver: Driver, parcel: Consignment, outcome: str = "delivered", **fields: Any) -> DoorReport:
    """Report an outcome as the driver's phone does, now."""
    now = fields.pop("now", None) or timezone.now()
    values: dict[str, Any] = {"key": uuid.uuid4(), "happened_at": now}
    values |= {"received_by": "Si Ahmed"} if outcome == "delivered" else {"reason": "no_answer"}
    said = operations.Said(driver_id=driver.pk, consignment_id=parcel.pk, outcome=outcome, **values | fields)
    return operations.report(said=said, now=now)
