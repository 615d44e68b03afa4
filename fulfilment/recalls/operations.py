"""Calling lots back, and ending that. Locks stock records, then lots, each by key."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import events
from catalogue.kernel.locks import lock_ids, lock_one
from catalogue.lots.models import Lot
from catalogue.lots.operations import decide
from catalogue.products.models import Component

from . import queries, signals
from .models import Recall, RecalledLot


class NoLot(Exception):
    """No lot was named, or one that we do not know."""


class WordsMissing(Exception):
    """A danger that none of ours names is told in every language."""


class AlreadyRecalled(Exception):
    """A lot is called back already; ``lot`` of an open recall."""

    def __init__(self, lot: RecalledLot) -> None:
        self.lot = lot
        super().__init__(f"lot {lot.lot} is in {lot.recall}")


class NoteMissing(Exception):
    """A recall ends with a note of what came of it."""


class AlreadyClosed(Exception):
    """Someone else closed it."""


@transaction.atomic
def open_recall(
    *,
    lot_ids: Collection[int],
    danger: str,
    source: str,
    words: Mapping[str, str],
    key: UUID,
    by: Any,
    now: datetime,
) -> Recall:
    """Call lots back, with every lot of hampers that they went into: none of it is sold or sent from now on.

    ``words`` are by language. Announces ``recall_opened``. The same ``key`` again returns what it made the first time.
    Raises ``NoLot``, ``WordsMissing`` or ``AlreadyRecalled``.
    """
    named = set(lot_ids)
    if not named or Lot.objects.filter(pk__in=named).count() != len(named):
        raise NoLot(sorted(named))
    if danger not in Recall.Danger.values or source not in Recall.Source.values:
        raise ValueError(f"no such reason: {danger}, {source}")
    spoken = {f"words_{language}": words.get(language, "").strip() for language in ("ar", "fr", "en")}
    if danger == Recall.Danger.OTHER and not all(spoken.values()):
        raise WordsMissing
    _hold_still(named)
    if made := Recall.objects.filter(key=key).first():
        return made
    if known := queries.open_recalls_of(named):
        raise AlreadyRecalled(known[0])
    recall = Recall.objects.create(danger=danger, source=source, key=key, opened_at=now, opened_by=by, **spoken)
    _freeze(recall, queries.with_hampers(named), by, now)
    events.announce(signals.recall_opened, recall_id=recall.pk)
    return recall


def _hold_still(named: Collection[int]) -> None:
    """Lock the stock records of the lots and of all hampers that could hold them: none is packed or sold meanwhile."""
    in_lots = Lot.objects.filter(pk__in=queries.with_hampers(named)).values_list(
        "stockrecord_id", "stockrecord__product"
    )
    records, products = set[int](), set[int]()
    for record, product in in_lots:
        records.add(record)
        products.add(product)
    hampers = Component.objects.filter(product__in=products).values("hamper")
    records |= set(StockRecord.objects.filter(product__in=hampers).values_list("pk", flat=True))
    lock_ids(StockRecord, records)


def _freeze(recall: Recall, lots: Mapping[int, int | None], by: Any, now: datetime) -> None:
    RecalledLot.objects.bulk_create(
        RecalledLot(recall=recall, lot_id=lot, holds_id=holds) for lot, holds in sorted(lots.items())
    )
    for lot in Lot.objects.filter(pk__in=lots).order_by("stockrecord_id", "pk"):
        decide(lot=lot, state=Lot.State.RECALLED, reason=recall.source, note=recall.number, by=by, now=now)


@transaction.atomic
def close_recall(*, recall_id: int, note: str, by: Any, now: datetime) -> Recall:
    """End a recall; its lots stay what they are. Raises ``NoteMissing`` or ``AlreadyClosed``."""
    if not note.strip():
        raise NoteMissing(recall_id)
    recall = lock_one(Recall.objects.filter(pk=recall_id))
    if not recall.is_open:
        raise AlreadyClosed(recall.number)
    recall.closed_at, recall.closed_by, recall.closing_note = now, by, note.strip()
    recall.save(update_fields=["closed_at", "closed_by", "closing_note"])
    RecalledLot.objects.filter(recall=recall).update(is_open=False)
    return recall
