"""Parcels with much to say on paper, and the address that a label's QR opens."""

from typing import Any

from fulfilment.orders.models import Order, ShippingAddress
from fulfilment.warehouse.models import Consignment

from .catalogue import make_stockrecord
from .parcels import make_held_order, open_parcels

ARABIC = {
    "last_name": "لالة خديجة بنت الحاج محمد العلوي المدغري",
    "line1": "رقم 12، زنقة الفرن، الطابق 2",
    "locality": "دوار أولاد علي",
    "landmark": "أمام مسجد النور، قرب حانوت سي محمد",
    "line4": "تاونات",
}
GIFT = {
    "recipient_name": ARABIC["last_name"],
    "recipient_language": "ar",
    "recipient_phone": "+212698765432",
    "gift_message": "عيد مبارك سعيد يا أمي",
    "prices_hidden": True,
    "method": "card",
}


def make_parcel(number: int = 1, address: dict[str, str] | None = None, **fields: Any) -> Consignment:
    """Return the open parcel of an order of ``number`` things of one cooperative."""
    first = make_stockrecord()
    others = [make_stockrecord(cooperative=first.partner) for _ in range(number - 1)]
    order = make_held_order(*((record, 2) for record in [first, *others]), **fields)
    if address:
        ShippingAddress.objects.filter(pk=order.shipping_address_id).update(**address)
    return open_parcels(Order.objects.get(pk=order.pk))[0]


def driver_address(parcel: Consignment) -> str:
    return f"https://shop.example/ar/driver/{parcel.reference}/?k=0123456789abcdef01234567"
