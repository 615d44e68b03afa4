"""What proves that the history's parcels left Morocco. The latest still wait for a declaration, some for a proof."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from catalogue.kernel.periods import day_of
from catalogue.pricing.models import Side
from fulfilment.customs.models import ExportRecord, SdrRate
from fulfilment.customs.tasks import MAKE_PAPERS
from fulfilment.jobs.operations import enqueue
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment

POST = "Poste internationale"
MAD_PER_SDR = Decimal("12.70")
DECLARED_AFTER, PROVED_AFTER = timedelta(days=3), timedelta(days=14)
FORGOTTEN = 25
"""Of so many old shipments one has no proof of exit yet."""


def write(parcels: Iterable[Consignment], *, now: datetime) -> None:
    """Record what is known of each parcel abroad, and have the papers made of those that are packed now."""
    begins_on = day_of(now - timedelta(days=400))
    SdrRate.objects.create(mad_per_sdr=MAD_PER_SDR, valid_from=begins_on, note="hypothèse", written_at=now)
    post = Courier.objects.get_or_create(name=POST, defaults={"kind": Courier.Kind.PARTNER})[0]
    abroad = [parcel for parcel in parcels if parcel.order.side == Side.EXPORT]
    left = [parcel for parcel in abroad if parcel.handed_over_at and now - parcel.handed_over_at > DECLARED_AFTER]
    ExportRecord.objects.bulk_create(_record(parcel, place, post, now) for place, parcel in enumerate(left, start=1))
    for parcel in abroad:
        if parcel.state == Consignment.State.PACKED:
            payload = {"consignment_id": parcel.pk}
            enqueue(task=MAKE_PAPERS, key=f"customs:{parcel.pk}", payload=payload, now=now)


def _record(parcel: Consignment, place: int, post: Courier, now: datetime) -> ExportRecord:
    at = parcel.handed_over_at or now
    record = ExportRecord(
        consignment_id=parcel.pk,
        courier=post,
        declaration_number=f"DUM-{at:%Y}-{place:06d}",
        declared_on=day_of(at),
        recorded_at=at + DECLARED_AFTER,
    )
    if now - at > PROVED_AFTER and place % FORGOTTEN:
        record.proof_kind = ExportRecord.Proof.EXIT_VISA
        record.proof_reference = f"V-{place:06d}"
        record.proof_on = day_of(at + DECLARED_AFTER)
    return record
