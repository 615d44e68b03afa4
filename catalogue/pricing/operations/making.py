"""Making the rows of a list: read in a stream, written with COPY, so that memory stays flat however long it is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import periods, progress
from catalogue.kernel.money import CURRENCIES
from catalogue.kernel.shopping import SIDES

from .. import policies, terms
from ..models import DraftPrice, Price, PriceList, PriceListDraft, Source
from ..queries import Rates

RECORDS_AT_ONCE = 2000
ROWS_AT_ONCE = 50_000
SHOWN_PARTS = {"part_cooperative": "farm_gate"} | {
    f"part_{name}": name for name in ("collection", "packing", "transport", "payment", "office", "tax")
}
TERMS = ("vat_class", "vat_rate_pct", "farm_gate_mad", "seller_of_record", "tax_status")
COLUMNS = ("stockrecord_id", "currency", "side", "price", *TERMS, *SHOWN_PARTS)
READ = (
    *("pk", "price", "farm_gate_price", "partner_id"),
    *("product__family_id", "product__gross_weight_g", "product__vat_class"),
)
PREFIXES = {Source.OPENING: "OPEN", Source.SCHEDULES: "LIST", Source.PAST: "PAST"}


def rows(record: Sequence[Any], source: str, found: terms.Terms, rates: Rates) -> Iterator[tuple[Any, ...]]:
    """Yield a stock record's prices, in the order of ``COLUMNS`` and with the floor that each breaks.

    What cannot be priced is left out: the office's list of missing prices says why.
    """
    pk, price_mad, farm_gate, cooperative, family, weight, vat_class = record
    unit, seller = policies.Unit(farm_gate, weight), found.seller_of(cooperative)
    status = found.tax_statuses.get(cooperative, "")
    for side in SIDES:
        vat_pct = found.vat_pct(vat_class, side, cooperative)
        home_pct = found.vat_pct(vat_class, "home", cooperative)
        if vat_pct is None or home_pct is None:
            continue
        for currency in CURRENCIES:
            terms_of_sale: dict[str, Any] = {"currency": currency, "side": side, "rate": rates.of(currency)}
            if source == Source.SCHEDULES:
                parts = policies.scheduled_parts(unit, found.charges_of(family), vat_pct=vat_pct, **terms_of_sale)
            elif price_mad is None:
                continue
            else:  # the data's price holds the tax of a sale at home
                parts = policies.fixed_parts(policies.PublicPrice(price_mad, farm_gate, home_pct), **terms_of_sale)
            if parts.price > 0:
                yield (
                    *(pk, currency, side, parts.price, vat_class, vat_pct, farm_gate, seller, status),
                    *(getattr(parts, name) for name in SHOWN_PARTS.values()),
                    policies.floor_broken(parts, unit, terms_of_sale["rate"]),
                )


def fill(draft: PriceListDraft, rates: Rates) -> None:
    """Write the rows of a draft."""
    _copy(DraftPrice, draft.pk, draft.source, terms.on(draft.priced_for), rates)


def fill_list(price_list: PriceList, rates: Rates) -> None:
    """Write the rows of a list that needs no draft: one of a time before the shop."""
    _copy(Price, price_list.pk, Source.OPENING, terms.on(periods.day_of(price_list.starts_at)), rates)


def _copy(model: type[DraftPrice] | type[Price], owner_id: int, source: str, found: terms.Terms, rates: Rates) -> None:
    owner, columns = ("draft_id", (*COLUMNS, "floor")) if model is DraftPrice else ("price_list_id", COLUMNS)
    names = ", ".join(columns)
    statement = f"COPY {model._meta.db_table} ({owner}, {names}) FROM STDIN"
    with _checked_at_once():
        for records in _batches():  # a COPY fills the connection: the reading cursor waits meanwhile
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for record in records:
                    for row in rows(record, source, found, rates):
                        copy.write_row((owner_id, *row[: len(columns)]))


@contextmanager
def _checked_at_once() -> Iterator[None]:
    """Let each statement check the keys it writes: a commit that checked a million would outlast a worker's limit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _batches() -> Iterator[list[tuple[Any, ...]]]:
    """Read the stock records in the order of their keys, some at a time, through a cursor on the server."""
    records = StockRecord.objects.order_by("pk").values_list(*READ)
    reading = iter(progress.bar(records.iterator(RECORDS_AT_ONCE), "Making prices", records.count()))
    while batch := list(islice(reading, RECORDS_AT_ONCE)):
        yield batch


def insert_list(draft: PriceListDraft, *, starts_at: datetime, published_at: datetime) -> PriceList:
    """Insert the list that a draft holds, its rows as they are. Statements stay short enough for a worker's limit."""
    price_list = PriceList.objects.create(
        reference=reference(draft.source, starts_at),
        source=draft.source,
        starts_at=starts_at,
        published_at=published_at,
        eur_rate=draft.eur_rate,
        usd_rate=draft.usd_rate,
        rates_day=draft.rates_day,
        prepared_by_id=draft.prepared_by_id,
        approved_by_id=draft.approved_by_id,
    )
    names = ", ".join(COLUMNS)
    with _checked_at_once(), connection.cursor() as cursor:
        for after, until in _ranges(draft):
            cursor.execute(
                f"INSERT INTO pricing_price (price_list_id, {names})"  # noqa: S608 - our own column names
                f" SELECT %s, {names} FROM pricing_draftprice"
                " WHERE draft_id = %s AND stockrecord_id > %s AND stockrecord_id <= %s ORDER BY stockrecord_id",
                [price_list.pk, draft.pk, after, until],
            )
    return price_list


def clear(draft: PriceListDraft) -> None:
    """Delete a draft's rows: they are published by now, or nobody will."""
    for after, until in list(_ranges(draft)):
        DraftPrice.objects.filter(draft=draft, stockrecord_id__gt=after, stockrecord_id__lte=until).delete()


def _ranges(draft: PriceListDraft) -> Iterator[tuple[int, int]]:
    """Part a draft's stock records into ranges of about ``ROWS_AT_ONCE`` rows."""
    ids = DraftPrice.objects.filter(draft=draft).order_by("stockrecord_id").values_list("stockrecord_id", flat=True)
    last, after = ids.last(), 0
    while last is not None and after < last:
        until = ids.filter(stockrecord_id__gt=after)[ROWS_AT_ONCE : ROWS_AT_ONCE + 1].first() or last
        yield after, until
        after = until


def reference(source: str, starts_at: datetime) -> str:
    """Name a list by its day in the shop's zone and its number on that day."""
    name = f"{PREFIXES[Source(source)]}-{periods.day_of(starts_at):%Y%m%d}"
    return f"{name}-{PriceList.objects.filter(reference__startswith=name).count() + 1:02d}"
