"""Who carried the history's parcels, and the cash they handed in week by week. The last week's is still with them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import day_of
from fulfilment.payments.models import CashCollected, CashRemittance
from fulfilment.shipping.models import Courier
from fulfilment.tracking import operations as tracking
from fulfilment.tracking.gateways import FILES, Columns, Told
from fulfilment.tracking.gateways.base import key_of
from fulfilment.tracking.models import TrackingEvent
from fulfilment.warehouse.models import Consignment

from .written import Written

NAMES = (("Tournée de Fès", Courier.Kind.OWN), ("Atlas Messagerie", Courier.Kind.PARTNER))
WEEK = timedelta(days=7)


def make() -> list[Courier]:
    return [Courier.objects.get_or_create(name=name, defaults={"kind": kind})[0] for name, kind in NAMES]


def carry(written: Iterable[Written], couriers: Sequence[Courier]) -> None:
    """Give each order's parcels, and the money for them, to one of the couriers in turn."""
    for place, one in enumerate(written):
        courier = couriers[place % len(couriers)]
        for parcel in one.consignments:
            if parcel.handed_over_at is not None:
                parcel.courier = courier
        for row in one.collections:
            row.courier = courier


def hand_in(collections: Sequence[CashCollected], now: datetime) -> list[CashRemittance]:
    """Return a remittance for each courier and week that is over, and point what it paid for at it."""
    old = [row for row in collections if row.courier is not None and now - row.collected_at > WEEK]
    made = []
    in_weeks = sorted(old, key=lambda row: (row.courier_id or 0, _week(row, now)))
    for (_courier, week), found in groupby(in_weeks, key=lambda row: (row.courier_id, _week(row, now))):
        rows = list(found)
        at = now + week * WEEK + WEEK
        remittance = CashRemittance(
            courier=rows[0].courier,
            amount=sum((row.amount for row in rows), ZERO),
            received_on=day_of(at),
            reference=f"R-{day_of(at):%Y%m%d}",
            recorded_at=at,
        )
        made.append(remittance)
        for row in rows:
            row.remittance = remittance
    return made


def tell(now: datetime) -> None:
    """Let the courier company tell what it did this morning: of a parcel, in a word, and of one that nobody knows."""
    courier = Courier.objects.get(name=NAMES[1][0])
    tracking.set_up(courier_id=courier.pk, code="atlas", gateway=FILES, columns=Columns(), by=None, now=now)
    under_way = Consignment.objects.filter(courier=courier, state=Consignment.State.HANDED_OVER).order_by("-pk")
    references = list(under_way.values_list("reference", flat=True)[:2])
    morning = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    said = zip([*references, "AM-778120"], ("Delivering", "Livré au voisin", "Transit"), strict=False)
    told = [Told(key_of(parcel, word, morning), parcel, word, morning) for parcel, word in said]
    tracking.take_in(courier_id=courier.pk, told=told, source=TrackingEvent.Source.WEBHOOK, now=now)


def _week(row: CashCollected, now: datetime) -> int:
    """Count weeks from now: the one that ends now is -1."""
    return (row.collected_at - now) // WEEK
