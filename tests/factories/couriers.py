"""Couriers that tell: a profile with a secret, and what their machines and files say."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from fulfilment.shipping.models import Courier
from fulfilment.tracking import operations
from fulfilment.tracking.gateways import FILES, Columns, Told
from fulfilment.tracking.gateways.base import key_of
from fulfilment.tracking.models import TrackingEvent
from fulfilment.warehouse.models import Consignment

from .catalogue import make_stockrecord
from .parcels import make_held_order, move_to, open_parcels


def make_courier(name: str = "Atlas", *, gateway: str = FILES, columns: Columns = Columns()) -> Courier:
    """Return a courier that we speak with by file and by machine."""
    courier = Courier.objects.create(name=name, kind="partner" if gateway == FILES else "own")
    operations.set_up(
        courier_id=courier.pk, code=name.lower(), gateway=gateway, columns=columns, by=None, now=timezone.now()
    )
    return courier


def carried_by(courier: Courier, parcel: Consignment | None = None, *, ago: timedelta = timedelta(days=4)) -> Any:
    """Return a parcel that was handed to a courier some days ago."""
    parcel = parcel or open_parcels(make_held_order((make_stockrecord(in_stock=10), 3)))[0]
    move_to(parcel, "HANDED_OVER")
    Consignment.objects.filter(pk=parcel.pk).update(courier=courier, handed_over_at=timezone.now() - ago)
    parcel.refresh_from_db()
    return parcel


def told(parcel: Any, word: str, *, ago: timedelta = timedelta(), key: str = "") -> Told:
    """Return what a courier says of a parcel, or of a reference."""
    reference, at = getattr(parcel, "reference", parcel), timezone.now().replace(microsecond=0) - ago
    return Told(key or key_of(reference, word, at), reference, word, at)


def tell(courier: Courier, *said: Told) -> list[TrackingEvent]:
    """Have it told by the courier's machine and looked at."""
    operations.take_in(courier_id=courier.pk, told=said, source="webhook", now=timezone.now())
    look(courier, *said)
    rows = {row.key: row for row in TrackingEvent.objects.filter(courier=courier)}
    return [rows[one.key] for one in said]


def look(courier: Courier, *said: Told) -> None:
    parcels = sorted({one.parcel for one in said})
    operations.apply_parcels(courier_id=courier.pk, parcels=parcels, now=timezone.now())


def post_events(
    courier: Courier,
    secret: str,
    *events: dict[str, Any],
    body: bytes | None = None,
    at: datetime | None = None,
    signed: str | None = None,
) -> Any:
    """Post events to the webhook as a courier's machine does."""
    raw = body if body is not None else json.dumps({"events": events}).encode()
    timestamp = str(int((at or timezone.now()).timestamp()))
    made = hmac.new(secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return Client(enforce_csrf_checks=True).post(
        f"/couriers/{courier.profile.code}/events",
        raw,
        content_type="application/json",
        headers={"X-Courier-Timestamp": timestamp, "X-Courier-Signature": made if signed is None else signed},
    )
