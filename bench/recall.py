"""From a lot to every order, parcel, place and buyer among half a million order lines; and choosing among many lots.

python -m bench.recall    # part of make bench; by itself it needs no demonstration

In a database of its own, which is dropped at the end. The rows are copies of one order that went the whole way, each
line given pieces of one of many lots; one lot is in many more of them. Read the ratios: among ten times as many lines
a recall should take as long as before, and a hundred lots should not make an order take a hundred times as long.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bench.database import own_database

LINES_AN_ORDER, LOTS = 4, 1000
FEW, MANY = 50_000, 500_000
"""Order lines of the two measurements."""

LARGE_EVERY = 25
"""One line in so many has pieces of the large lot: 20,000 of 500,000."""

TARGET_SECONDS = 2.0
ROUNDS, MANY_LOTS = 5, 100


def main() -> int:
    os.environ["SHOP_ENV"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    import django

    django.setup()
    with own_database() as name:
        order, lots = _first_order()
        made, alone = 0, 0.0
        print(f"{'recall':<30}{'orders':>9}{'seconds':>9}{'× few lines':>13}", flush=True)
        for lines in (FEW, MANY):
            _copy(order, lots, made // LINES_AN_ORDER, lines // LINES_AN_ORDER)
            made = lines
            _look_after(name)
            for words, lot in (("a lot", lots[1]), ("the large lot", lots[0])):
                found, seconds = _median(lambda lot=lot: _reach(lot))
                alone = alone or seconds
                ratio = f"{seconds / alone:.2f}" if lot == lots[1] else ""
                print(
                    f"{f'{words} of {lines:,} lines':<30}{len(found.orders):>9}{seconds:>9.2f}{ratio:>13}", flush=True
                )
                if seconds > TARGET_SECONDS:
                    print(f"  slower than {TARGET_SECONDS:.0f} s")
        _allocate()
    return 0


def _reach(lot: int) -> Any:
    from fulfilment.recalls.queries import reached_by, with_hampers

    return reached_by(with_hampers([lot]))


def _median(work: Callable[[], Any]) -> tuple[Any, float]:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - began)
    return found, statistics.median(times)


def _first_order() -> tuple[Any, list[int]]:
    """Return an order of one line that was delivered, and the ids of many lots of its product."""
    from catalogue.lots.models import Lot, LotStock
    from catalogue.people.models import User
    from tests.factories.catalogue import make_stockrecord
    from tests.factories.parcels import make_held_order, move_to, open_parcels
    from tests.factories.receiving import make_hub

    record, hub = make_stockrecord(in_stock=1), make_hub()
    order = make_held_order((record, 1))
    move_to(open_parcels(order)[0], "DELIVERED", by=User.objects.create_user(phone="+212600000001"))
    known = order.date_placed
    lots = Lot.objects.bulk_create(
        Lot(number=f"B{n:05d}", stockrecord=record, produced_on=date(2026, 1, 1), state="RELEASED", made_known_at=known)
        for n in range(LOTS)
    )
    LotStock.objects.bulk_create(LotStock(lot=lot, place=hub) for lot in lots)
    return order, [lot.pk for lot in lots]


def _copy(order: Any, lots: list[int], first: int, last: int) -> None:
    """Write orders ``first`` to ``last``, each with its lines, parcel, and pieces of lots."""
    from django.db import connection

    from catalogue.lots.models import LotStock
    from fulfilment.orders.allocating.models import Allocation
    from fulfilment.orders.models import Line, Order
    from fulfilment.warehouse.models import Consignment, ConsignmentLine

    line = order.lines.get()
    parcel = order.consignments.get()
    stocks = list(LotStock.objects.filter(lot__in=lots).order_by("lot").values_list("pk", flat=True))
    own = 2 if not first else 3  # the lot that is measured is in as many lines later as in the beginning
    new = "new_order.number > 'B' AND new_order.number LIKE 'B%%' AND new_order.basket_reference BETWEEN %s AND %s"
    steps: list[tuple[type[Any], dict[str, str], str, list[Any]]] = [
        (
            Order,
            {
                "number": "'B' || copy",
                "basket_reference": "copy",
                "phone": "'+2126' || lpad((copy %% 60000)::text, 8, '0')",
            },
            "order_order AS source CROSS JOIN generate_series(%s, %s) AS copy WHERE source.id = %s",
            [first, last - 1, order.pk],
        ),
        (
            Line,
            {"order_id": "new_order.id"},
            f"order_line AS source CROSS JOIN generate_series(1, {LINES_AN_ORDER}) AS copy, order_order AS new_order"
            f" WHERE source.id = %s AND {new}",
            [line.pk, first, last - 1],
        ),
        (
            Consignment,
            {"order_id": "new_order.id", "reference": "new_order.number || '-1'"},
            f"warehouse_consignment AS source, order_order AS new_order WHERE source.id = %s AND {new}",
            [parcel.pk, first, last - 1],
        ),
        (
            ConsignmentLine,
            {"consignment_id": "parcel.id", "order_line_id": "line.id", "quantity": "1"},
            "order_line AS line JOIN order_order AS new_order ON new_order.id = line.order_id"
            f" JOIN warehouse_consignment AS parcel ON parcel.order_id = new_order.id WHERE {new}",
            [first, last - 1],
        ),
        (
            Allocation,
            {
                "line_id": "line.id",
                "stock_id": f"CASE WHEN line.id %% {LARGE_EVERY} = 0 THEN {stocks[0]}"
                f" ELSE ('{{{','.join(map(str, stocks))}}}'::bigint[])[{own} + line.id %% {len(stocks) - own + 1}] END",
            },
            "order_allocation AS source, order_line AS line JOIN order_order AS new_order"
            f" ON new_order.id = line.order_id WHERE source.line_id = %s AND {new}",
            [line.pk, first, last - 1],
        ),
    ]
    for model, changed, source, parameters in steps:
        columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"  # noqa: S608 - our own column names
                f" SELECT {', '.join(changed.get(name, f'source.{name}') for name in columns)} FROM {source}",
                parameters,
            )


def _look_after(name: str) -> None:
    """Do what the server does by itself within a minute: count rows, and note which pages hold only settled ones."""
    from tests.support import servers

    _application, owner = servers.accounts()
    with owner.open(name) as connection:
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE)")


def _allocate() -> None:
    """Promise three pieces of a product with one lot, and of one with a hundred; each promise is taken back."""
    from django.db import transaction

    from catalogue.lots import operations as lots
    from tests.factories.catalogue import make_stockrecord
    from tests.factories.lots import make_lot

    records = {number: make_stockrecord(in_stock=0) for number in (1, MANY_LOTS)}
    for number, record in records.items():
        for n in range(number):
            make_lot(record, 10, best_before=date(2028, 1, 1) + timedelta(days=n))

    def promise(record: Any) -> None:
        with transaction.atomic():
            lots.allocate({record.pk: 3}, day=date(2026, 11, 20))
            transaction.set_rollback(True)

    alone = 0.0
    print(f"{'allocation of 3 pieces':<30}{'':>9}{'seconds':>9}{'× 1 lot':>13}", flush=True)
    for number, record in records.items():
        promise(record)
        _, seconds = _median(lambda record=record: promise(record))
        alone = alone or seconds
        print(f"{f'from {number} lots':<30}{'':>9}{seconds:>9.4f}{seconds / alone:>13.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
