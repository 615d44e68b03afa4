"""Work at the demonstration's hub: deliveries, a stocktake under way, and what cooperatives are asked for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from catalogue.cooperatives.models import Membership, StockRecord
from catalogue.kernel.periods import day_of
from catalogue.lots.models import LotStock, Place
from catalogue.people.models import User
from catalogue.receiving import operations
from catalogue.receiving.models import CallOff, Delivery
from catalogue.receiving.operations import Announced, Counted
from catalogue.receiving.queries import proposed_number

DELIVERIES, ASKED, COUNTED = 4, 3, 5


@transaction.atomic
def fill(*, now: datetime) -> int:
    """Make a few of each and return how many deliveries that is; a second call makes nothing."""
    hub = Place.objects.filter(code="CASA-HUB").first()
    keeper = User.objects.filter(is_staff=True, groups__name="logistics").order_by("pk").first()
    if hub is None or keeper is None or Delivery.objects.exists():
        return 0
    records = _records()
    for number, record in enumerate(records[:DELIVERIES]):
        _deliver(record, hub, keeper, number, now)
    operations.propose_call_offs(place=hub, now=now)
    members = Membership.objects.values("cooperative")
    wanted = CallOff.objects.filter(stockrecord__partner__in=members).order_by("pk")
    for call_off in wanted[:ASKED]:
        operations.ask_call_off(call_off_id=call_off.pk, quantity=call_off.quantity, by=keeper, now=now)
    _count(hub, keeper, now)
    return min(DELIVERIES, len(records))


def _records() -> Sequence[StockRecord]:
    """Return products of the cooperatives whose people can sign in, food that lasts first."""
    rows = StockRecord.objects.filter(partner__memberships__isnull=False, product__status="published")
    lasting = rows.filter(product__kind="food", product__shelf_life_days__gt=180).distinct()
    return list(lasting.select_related("product", "partner").order_by("pk")[:DELIVERIES])


def _deliver(record: StockRecord, hub: Place, keeper: User, number: int, now: datetime) -> None:
    """Announce a delivery; the first is only announced, the others are taken in, the last with a broken piece."""
    made_on = day_of(now) - timedelta(days=10 + number)
    life = record.product.shelf_life_days
    line = Announced(
        stockrecord_id=record.pk,
        lot_number=proposed_number(record, made_on),
        produced_on=made_on,
        best_before=made_on + timedelta(days=life) if life else None,
        pieces=24,
    )
    delivery = operations.announce(
        cooperative=record.partner,
        place=hub,
        expected_on=day_of(now) + timedelta(days=2 if not number else 0),
        lines=[line],
        key=uuid5(NAMESPACE_URL, f"demo-delivery-{number}"),
        by=keeper,
        now=now,
    )
    if not number:
        return
    is_last = number == DELIVERIES - 1
    found = Counted(24, refused=2, refusal="broken") if is_last else Counted(24)
    counted = dict.fromkeys(delivery.lines.values_list("pk", flat=True), found)
    operations.count_delivery(delivery_id=delivery.pk, found=counted, now=now)
    operations.receive_delivery(delivery_id=delivery.pk, by=keeper, now=now)


def _count(hub: Place, keeper: User, now: datetime) -> None:
    """Begin a stocktake in which one lot is a piece short."""
    stocktake = operations.open_stocktake(place=hub, by=keeper, now=now)
    rows = LotStock.objects.filter(place=hub, on_hand__gt=3, held=0).select_related("lot").order_by("pk")[:COUNTED]
    for number, row in enumerate(rows):
        pieces = row.on_hand - (number == 0)
        operations.count_one(stocktake_id=stocktake.pk, code=row.lot.number, pieces=pieces, by=keeper, now=now)
