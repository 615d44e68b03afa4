"""Couriers' files of remitted cash, as they send them."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from fulfilment.payments import operations
from fulfilment.payments.models import CashCollected, RemittanceFile
from fulfilment.shipping.models import Courier

from .orders import open_deliveries, place_order, stock
from .parcels import move_to


def collect(run_jobs: Any, count: int = 3) -> list[CashCollected]:
    """Return collections of 155.00 each by the courier ``Own``, the first the oldest."""
    courier, _ = Courier.objects.get_or_create(name="Own", defaults={"kind": "own"})
    open_deliveries()
    orders = [place_order((stock("120.00"), 1)) for _ in range(count)]
    run_jobs()
    for order in orders:
        move_to(order.consignments.get(), "DELIVERED")
    run_jobs()
    return list(CashCollected.objects.filter(courier=courier).order_by("pk"))


def sheet(*rows: tuple[str, object] | tuple[str, object, object], heads: str = "parcel,amount") -> bytes:
    """Return a CSV file of these parcels and amounts."""
    return "\n".join([heads, *(",".join(map(str, row)) for row in rows), ""]).encode()


def take_in(courier: Courier, content: bytes, received: str, *, reference: str = "V1", **fields: Any) -> RemittanceFile:
    values = {"name": "file.csv", "received_on": timezone.now().date(), "fees": None, "now": timezone.now()} | fields
    return operations.take_in_file(
        courier_id=courier.pk, content=content, received=Decimal(received), reference=reference, **values
    )


def confirm(file: RemittanceFile, **fields: Any) -> RemittanceFile:
    """Book a file as it stands."""
    values = {"seen": operations.fingerprint(file), "now": timezone.now(), "by": None} | fields
    operations.confirm_file(file_id=file.pk, **values)
    file.refresh_from_db()
    return file
