"""Reports of missing and broken goods, through the real operations; and photos to send."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from fulfilment.complaints import operations
from fulfilment.complaints.models import Complaint
from fulfilment.orders.models import Order


def photo(name: str = "jar.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", (64, 48), "saddlebrown").save(written, kind)
    return SimpleUploadedFile(name, written.getvalue(), "image/jpeg")


def report(order: Order, pieces: int = 1, fault: str = "BROKEN", **fields: Any) -> Complaint:
    """Report pieces of an order's first line."""
    values: dict[str, Any] = {
        "faults": {order.lines.order_by("pk")[0].pk: operations.Fault(fault, pieces)},
        "words": "",
        "confirmation": "key-1",
        "now": timezone.now(),
    }
    return operations.report(order_id=order.pk, **values | fields)
