"""The lots that told orders came from: made a little before they were sold, in their cooperative's own store."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from catalogue.kernel.periods import day_of, start_of
from catalogue.lots.models import Lot, LotStock, StockMovement
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Line
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from .written import Written

AGE = timedelta(days=5)
BATCH = 500
State, Kind = Allocation.State, StockMovement.Kind
Key = tuple[int, date]


def write(written: Iterable[Written], now: datetime) -> None:
    """Write a lot for each thing and week, what came of it and what left, and which order got which pieces."""
    links = [link for one in written for link in one.consignment_lines if _went_somewhere(link)]
    lies = _lots({_key(link): link for link in links}, now)
    rows = [(link, lies[_key(link)]) for link in links]
    pieces: dict[int, int] = {}
    for link, stock in rows:
        pieces[stock.pk] = pieces.get(stock.pk, 0) + link.quantity
    received = [_movement(stock, Kind.RECEIVED, pieces[stock.pk], "", _made_at(key)) for key, stock in lies.items()]
    StockMovement.objects.bulk_create(received, batch_size=BATCH)
    StockMovement.objects.bulk_create([move for link, stock in rows for move in _moves(link, stock)], batch_size=BATCH)
    Allocation.objects.bulk_create([_allocation(link, stock) for link, stock in rows], batch_size=BATCH)
    _hold(rows)


def _went_somewhere(link: ConsignmentLine) -> bool:
    return link.consignment.state != Consignment.State.CANCELLED


def _key(link: ConsignmentLine) -> Key:
    sold_on = day_of(link.order_line.order.date_placed)
    return link.order_line.stockrecord_id, sold_on - timedelta(days=sold_on.weekday())


def _made_at(key: Key) -> datetime:
    return start_of(key[1] - AGE)


def _lots(wanted: dict[Key, ConsignmentLine], now: datetime) -> dict[Key, LotStock]:
    lots: list[Lot] = []
    for (record_id, monday), link in wanted.items():
        line: Line = link.order_line
        life = line.product.shelf_life_days if line.product else None
        lots.append(
            Lot(
                number=f"T{monday - AGE:%y%j}-{line.partner_sku}-{record_id}",
                stockrecord_id=record_id,
                produced_on=monday - AGE,
                best_before=monday - AGE + timedelta(days=life) if life else None,
                state=Lot.State.RELEASED,
                made_known_at=_made_at((record_id, monday)),
            )
        )
    Lot.objects.bulk_create(lots, batch_size=BATCH)
    origins = [link.consignment.origin_id for link in wanted.values()]
    stock = [LotStock(lot=lot, place_id=place) for lot, place in zip(lots, origins, strict=True)]
    LotStock.objects.bulk_create(stock, batch_size=BATCH)
    return dict(zip(wanted, stock, strict=True))


def _moves(link: ConsignmentLine, stock: LotStock) -> Iterator[StockMovement]:
    """A parcel that left took its pieces along; one that was refused is still on its way back."""
    parcel = link.consignment
    if parcel.handed_over_at:
        yield _movement(stock, Kind.SOLD, -link.quantity, parcel.reference, parcel.handed_over_at)


def _movement(stock: LotStock, kind: str, change: int, reference: str, at: datetime) -> StockMovement:
    return StockMovement(stock=stock, kind=kind, change=change, reference=reference, at=at)


def _allocation(link: ConsignmentLine, stock: LotStock) -> Allocation:
    left_at = link.consignment.handed_over_at
    placed_at = link.order_line.order.date_placed
    return Allocation(
        line=link.order_line,
        stock=stock,
        quantity=link.quantity,
        state=State.LEFT if left_at else State.HELD,
        made_at=placed_at,
        changed_at=left_at or placed_at,
    )


def _hold(rows: Sequence[tuple[ConsignmentLine, LotStock]]) -> None:
    held: dict[int, LotStock] = {}
    for link, stock in rows:
        if not link.consignment.handed_over_at:
            stock.held += link.quantity
            held[stock.pk] = stock
    LotStock.objects.bulk_update(held.values(), ["held"], batch_size=BATCH)
