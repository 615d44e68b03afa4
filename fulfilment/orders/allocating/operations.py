"""Keeping pieces of lots for order lines, giving them up, sending them, taking them back.

Inside the caller's transaction, which holds the order's row; stock records, lots and lot stock are locked after it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.lots import operations as lots
from catalogue.lots.models import LotStock
from catalogue.lots.operations.holding import locked
from catalogue.lots.policies import Position, Take, distance_km
from catalogue.lots.queries import candidates_of, position_of, sellable, unsendable
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.inspecting import operations as inspecting
from fulfilment.orders.models import Line, Order
from fulfilment.orders.sharing import operations as sharing

State = Allocation.State
PORT = Position(33.57, -7.59)
"""Casablanca: what goes abroad leaves from there, so the nearest place is the one nearest to it."""


def towards(destination: str, province: Any) -> Position | None:
    """Return the point that a parcel goes to: its province, or the port for what goes abroad."""
    if destination != HOME_COUNTRY:
        return PORT
    return position_of(province) if province else None


def write(parts: Iterable[tuple[Line, Iterable[Take]]], now: datetime) -> None:
    """Note for each written line which pieces were promised to it."""
    Allocation.objects.bulk_create(
        Allocation(line=line, stock_id=take.stock_id, quantity=take.quantity, made_at=now, changed_at=now)
        for line, takes in parts
        for take in takes
    )


def hold_again(order: Order, lines: Iterable[Line], now: datetime) -> None:
    """Keep pieces for every line of an order that had given them up. Raises ``SoldOut``; the caller rolls back."""
    terms = _terms(order, now)
    for line in sorted(lines, key=lambda line: line.stockrecord_id):
        takes = lots.allocate_whole(line.stockrecord_id, line.quantity, place_id=order.collect_at_id, **terms)
        write([(line, takes)], now)
    Line.objects.filter(order=order).update(num_allocated=F("quantity"), allocation_cancelled=False)


def give_up(order: Order, now: datetime) -> None:
    """Put all that is still kept for an order back on offer."""
    held = held_of(Line.objects.filter(order=order))
    if pieces := _end(held, State.RELEASED, now):
        lots.release(pieces)
        Line.objects.filter(order=order).update(num_allocated=0, allocation_cancelled=True)


def send(lines: QuerySet[Line], *, reference: str, now: datetime, by: Any = None) -> None:
    """Let the pieces of these lines leave their place: from now on it stands whose they are."""
    if pieces := _end(held_of(lines), State.LEFT, now):
        lots.consume(pieces, reference=reference, now=now, by=by)
        sharing.freeze(lines)
        lines.update(num_allocated=0)


def hold_still(lines: QuerySet[Line]) -> None:
    """Lock the lots that these lines' pieces are of: whoever recalls one waits, or was first and is seen now."""
    locked(LotStock.objects.filter(allocations__in=held_of(lines).values("pk")))


def take_back(lines: QuerySet[Line], *, reference: str, now: datetime) -> None:
    """Say that all that left for these lines came back: it waits to be inspected."""
    left = Allocation.objects.filter(line__in=lines, state=State.LEFT)
    came = Counter[tuple[int, int]]()
    for line_id, stock_id, quantity in left.values_list("line_id", "stock_id", "quantity"):
        came[line_id, stock_id] += quantity
    left.update(state=State.BACK, changed_at=now)
    inspecting.wait(came, reference=reference, now=now)


def take_some_back(pieces: Mapping[int, int], *, reference: str, now: datetime) -> None:
    """Say how many pieces of each line (id) came back: they wait to be inspected.

    Of a line of several lots they are taken to be of the lots it was given first; whoever inspects them sees which.
    """
    came = Counter[tuple[int, int]]()
    rows = Allocation.objects.filter(line__in=set(pieces), state=State.LEFT)
    missing = dict(pieces)
    for row in rows.order_by("line", "pk"):
        if taken := min(row.quantity, missing[row.line_id]):
            missing[row.line_id] -= taken
            came[row.line_id, row.stock_id] += taken
            _part_back(row, taken, now)
    inspecting.wait(came, reference=reference, now=now)


def _part_back(row: Allocation, taken: int, now: datetime) -> None:
    """End an allocation of which some came back: what did, and what did not, begin as rows of their own."""
    if taken == row.quantity:
        Allocation.objects.filter(pk=row.pk).update(state=State.BACK, changed_at=now)
        return
    Allocation.objects.filter(pk=row.pk).update(state=State.RELEASED, changed_at=now)
    parts = ((State.BACK, taken), (State.LEFT, row.quantity - taken))
    Allocation.objects.bulk_create(
        Allocation(
            line_id=row.line_id, stock_id=row.stock_id, quantity=pieces, state=state, made_at=now, changed_at=now
        )
        for state, pieces in parts
    )


def let_go(held: Allocation, pieces: int, now: datetime) -> None:
    """Give up pieces of what is kept for a line: all of an allocation, or some of it."""
    lots.release({held.stock_id: pieces})
    Allocation.objects.filter(pk=held.pk).update(state=State.RELEASED, changed_at=now)
    if left := held.quantity - pieces:
        Allocation.objects.create(line=held.line, stock_id=held.stock_id, quantity=left, made_at=now, changed_at=now)
    Line.objects.filter(pk=held.line_id).update(num_allocated=F("num_allocated") - pieces)


def give_up_line(line: Line, now: datetime) -> None:
    """Give up all that is still kept for one line."""
    for held in held_of(Line.objects.filter(pk=line.pk)).select_related("line").order_by("stock"):
        let_go(held, held.quantity, now)
    line.num_allocated = 0


def keep_more(order: Order, line: Line, pieces: int, *, place_id: int | None, now: datetime) -> bool:
    """Keep more pieces for a line, all at one place, that place if one is given; say whether there were enough."""
    if line.stockrecord_id is None:
        return False
    try:
        takes = lots.allocate_whole(
            line.stockrecord_id, pieces, place_id=place_id or order.collect_at_id, **_terms(order, now)
        )
    except lots.SoldOut:
        return False
    write([(line, takes)], now)
    Line.objects.filter(pk=line.pk).update(num_allocated=F("num_allocated") + pieces)
    return True


def move_line(order: Order, line: Line, pieces: int, *, place_id: int, now: datetime) -> bool:
    """Keep so many pieces of a line at another place instead of all that is kept; where it has too few, say so."""
    with suppress(_NotThere), transaction.atomic():
        give_up_line(line, now)
        if not keep_more(order, line, pieces, place_id=place_id, now=now):
            raise _NotThere
        return True
    return False


class _NotThere(Exception):
    """Nothing of the line moves."""


def places_with(
    order: Order, line: Line, pieces: int, *, but: Collection[int], rather: Collection[int], now: datetime
) -> list[int]:
    """Return the places that have so much of a line: first those that send to this order anyway, then the nearest.

    None for an order that is fetched in a shop: its buyer comes there.
    """
    if order.collect_at_id:
        return []
    terms = _terms(order, now)
    rows = sellable().filter(lot__stockrecord=line.stockrecord_id).exclude(place__in=but)
    found = candidates_of(
        rows.select_related("lot__stockrecord__product", "place"), day=terms["day"], abroad=terms["abroad"]
    )
    free: dict[int, int] = {}
    for one in found:
        free[one.place_id] = free.get(one.place_id, 0) + one.free
    far = {one.place_id: distance_km(one.position, terms["to"]) for one in found}
    able = [place for place, number in free.items() if number >= pieces]
    return sorted(able, key=lambda place: (place not in rather, far[place], place))


def withdrawn_in(lines: QuerySet[Line], day: date) -> list[Allocation]:
    """Return what is kept for lines of lots that may not be sent any more."""
    held = held_of(lines).select_related("line", "stock__lot").order_by("stock")
    unfit = unsendable(row.stock.lot_id for row in held)
    return [row for row in held if row.stock.lot_id in unfit or _is_over(row.stock.lot.best_before, day)]


def keeping_what_is_over(day: date) -> list[int]:
    """Return the orders that keep pieces whose date passed while they waited (one query)."""
    held = Allocation.objects.filter(state=State.HELD, stock__lot__best_before__lte=day)
    return list(held.order_by("line__order").values_list("line__order", flat=True).distinct())


def _is_over(best_before: date | None, day: date) -> bool:
    return best_before is not None and best_before <= day


def _terms(order: Order, now: datetime) -> dict[str, Any]:
    address = order.shipping_address
    return {
        "day": day_of(now),
        "abroad": order.destination != HOME_COUNTRY,
        "to": towards(order.destination, address.province if address else None),
    }


def held_of(lines: QuerySet[Line]) -> QuerySet[Allocation]:
    return Allocation.objects.filter(line__in=lines, state=State.HELD)


def kept_of(lines: QuerySet[Line]) -> dict[int, int]:
    """Add up what is kept for each line (one query)."""
    sums = held_of(lines).order_by().values_list("line").annotate(pieces=Sum("quantity"))
    return dict(sums.values_list("line", "pieces"))


def _end(rows: QuerySet[Allocation], state: str, now: datetime) -> Counter[int]:
    """Move allocations to another state and add up their pieces by lot stock."""
    pieces: Counter[int] = Counter()
    found = list(rows.values_list("pk", "stock_id", "quantity"))
    for _pk, stock_id, quantity in found:
        pieces[stock_id] += quantity
    Allocation.objects.filter(pk__in=[pk for pk, _stock, _quantity in found]).update(state=state, changed_at=now)
    return pieces
