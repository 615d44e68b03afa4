"""Making a parcel's papers, and handing parcels over with a manifest.

A paper is laid out and set with no transaction open; who keeps it locks the parcel for a moment.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import events
from catalogue.kernel.locks import lock, lock_ids, lock_one
from fulfilment.documents import codes
from fulfilment.documents.keeping import as_kept, keep_once
from fulfilment.documents.numbering import next_number
from fulfilment.documents.rendering import render
from fulfilment.orders.models import Line, Order
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.policies import NEVER_SENT
from fulfilment.warehouse.queries import gross_weight_g
from fulfilment.warehouse.signals import HeldBack

from . import policies, queries, signals
from .label import label_of, language_of
from .manifest import manifest_of
from .models import Manifest, ManifestLine, ManifestPaper, ManifestSeries, ParcelPaper
from .slip import slip_of

Kind, State = ParcelPaper.Kind, Consignment.State
CONTENT: dict[str, Callable[[Consignment], dict[str, Any]]] = {Kind.LABEL: label_of, Kind.SLIP: slip_of}


class NothingToSend(Exception):
    """A parcel that was called off, or waits for what is missing, has no paper."""


class NothingChosen(Exception):
    """A manifest is of at least one parcel and of no more than ``policies.MOST_PARCELS``."""


class NotPacked(Exception):
    """Some of the parcels are not there to be handed over; ``parcels`` are they. Nothing was handed over."""

    def __init__(self, parcels: Collection[Consignment]) -> None:
        self.parcels = parcels
        super().__init__(", ".join(f"{parcel.reference} is {parcel.state}" for parcel in parcels))


class HeldUp(Exception):
    """A packed parcel may not leave; ``why`` is what the warehouse said of it. Nothing was handed over."""

    def __init__(self, parcel: Consignment, why: Exception) -> None:
        self.parcel, self.why = parcel, why
        super().__init__(f"{parcel.reference}: {why}")


def make_paper(*, consignment_id: int, kind: str, now: datetime) -> ParcelPaper:
    """Return a parcel's label or slip, made now unless one says the same already.

    While the parcel is still open to change another version is made of what changed; afterwards the last one stays.
    Of two at once one makes it. Raises ``NothingToSend``.
    """
    parcel = queries.parcel(consignment_id)
    known = queries.latest_paper(consignment_id, kind)
    if known and not policies.may_change(kind, parcel.state):
        return known
    content = CONTENT[kind](parcel)
    said = policies.digest(content)
    if known and _says(known, said, now):
        return known
    if parcel.state in NEVER_SENT:
        raise NothingToSend(parcel.reference)
    pdf = render(kind, _drawn(content))
    return _keep(parcel, kind, pdf, said, now)


@transaction.atomic
def _keep(parcel: Consignment, kind: str, pdf: bytes, said: str, now: datetime) -> ParcelPaper:
    lock_one(Consignment.objects.filter(pk=parcel.pk))
    known = queries.latest_paper(parcel.pk, kind)
    if known and _says(known, said, now):
        return known
    return ParcelPaper.objects.create(
        consignment=parcel,
        kind=kind,
        version=known.version + 1 if known else 1,
        language=language_of(parcel),
        content_sha256=said,
        **as_kept(pdf, now),
    )


def _says(known: ParcelPaper, said: str, now: datetime) -> bool:
    return known.content_sha256 == said and policies.still_good(known.kind, known.made_at, now)


@transaction.atomic
def hand_over(*, courier_id: int, consignment_ids: Collection[int], language: str, by: Any, now: datetime) -> Manifest:
    """Give packed parcels to a courier, all of them or none, and write the manifest that lists them.

    The same parcels once more give the manifest that stands. Locks all their orders, then consignments, then stock
    records, then the series; announces ``parcels_handed_over``. Raises ``NothingChosen``,
    ``NotPacked`` or ``HeldUp``.
    """
    if not 0 < len(set(consignment_ids)) <= policies.MOST_PARCELS:
        raise NothingChosen
    parcels = _locked(consignment_ids)
    if known := queries.manifest_of(consignment_ids, courier_id):
        return known
    if not_packed := [parcel for parcel in parcels if parcel.state != State.PACKED]:
        raise NotPacked(not_packed)
    due = queries.due_at_doors(parcels)
    for parcel in parcels:
        try:
            warehouse.hand_over(consignment_id=parcel.pk, courier_id=courier_id, by=by, now=now)
        except (HeldBack, warehouse.NotToBeSent, warehouse.StillAsked, warehouse.PiecesMissing) as why:
            raise HeldUp(parcel, why) from why
    manifest = Manifest.objects.create(
        **next_number(ManifestSeries, now=now),
        courier_id=courier_id,
        parcels=len(parcels),
        language=language,
        made_at=now,
        made_by=by,
    )
    ManifestLine.objects.bulk_create(
        ManifestLine(
            manifest=manifest,
            place=place,
            consignment=parcel,
            weight_g=gross_weight_g(parcel.lines.all()),
            cash_mad=due.get(parcel.pk),
        )
        for place, parcel in enumerate(parcels, start=1)
    )
    events.announce(signals.parcels_handed_over, manifest_id=manifest.pk)
    return manifest


def make_manifest_paper(*, manifest_id: int, now: datetime) -> ManifestPaper:
    """Make a manifest's PDF and keep it. A second call gives the one that was kept."""

    def draw() -> bytes:
        manifest = Manifest.objects.select_related("courier").get(pk=manifest_id)
        return render("manifest", _drawn(manifest_of(manifest)))

    return keep_once(ManifestPaper, draw, now=now, manifest_id=manifest_id)


def _locked(consignment_ids: Collection[int]) -> list[Consignment]:
    """Lock all that handing these over will: one parcel after the other would wait for others in a circle."""
    wanted = set(consignment_ids)
    orders = Consignment.objects.filter(pk__in=wanted).values_list("order_id", flat=True)
    lock_ids(Order, orders)
    lock(Consignment.objects.filter(order__in=set(orders)))
    records = Line.objects.filter(consignment_line__consignment__in=wanted, stockrecord__isnull=False)
    lock_ids(StockRecord, records.values_list("stockrecord_id", flat=True))
    return queries.parcels(wanted)


def _drawn(content: Mapping[str, Any]) -> dict[str, Any]:
    """Put drawings in the place of what codes say."""
    draw = {"qr": codes.qr, "bars": codes.bars}
    return {**content, "codes": {name: draw[name](said) for name, said in content["codes"].items()}}
