"""Two buyers of the last days whose jars broke: one waits for an answer, to the other the office said why not."""

from datetime import datetime, timedelta
from io import BytesIO

from django.db.models import F
from PIL import Image, ImageDraw

from catalogue.kernel.photos import Photo, take_in
from fulfilment.complaints import operations
from fulfilment.complaints.queries import offer_of
from fulfilment.orders.models import Order
from fulfilment.orders.queries import for_page

LOOKED_AT, WANTED = 40, 2
RECENT = timedelta(days=20)


def write(*, now: datetime) -> int:
    """Report them through the shop's own operations; return how many there were orders for."""
    recent = Order.objects.filter(status=Order.Status.DELIVERED, date_placed__gt=now - RECENT, withdrawals=None)
    done = 0
    for number in recent.order_by(F("user_id").asc(nulls_last=True), "-date_placed").values_list("number", flat=True)[
        :LOOKED_AT
    ]:
        order = for_page(number)
        offer = offer_of(order, order.lines.all(), now) if order else None
        if order is None or offer is None or offer.obstacle:
            continue
        complaint = operations.report(
            order_id=order.pk,
            faults={offer.open_items[0].line.pk: operations.Fault("BROKEN", 1)},
            words="",
            photos=[_drawn()],
            confirmation="history",
            now=now,
        )
        if done:
            operations.reject(complaint_id=complaint.pk, rejection="AS_SOLD", answer="", now=now, by=None)
        done += 1
        if done == WANTED:
            break
    return done


def _drawn() -> Photo:
    """Draw something like a broken jar on a table."""
    picture = Image.new("RGB", (640, 480), "#d8c6a4")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((120, 300, 560, 430), fill="#c98a1b")
    pen.polygon([(250, 140), (390, 140), (410, 250), (345, 220), (300, 270), (240, 230)], fill="#e8eef0")
    pen.polygon([(230, 290), (330, 300), (300, 390), (235, 380)], fill="#dfe8ea")
    pen.rectangle((255, 100, 385, 140), fill="#7b5a2c")
    written = BytesIO()
    picture.save(written, "PNG")
    written.seek(0)
    return take_in(written)
