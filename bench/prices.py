"""What a price list costs to make and publish, in one transaction that is rolled back.

The memory is this process's own: what it grew by while the list was made.
"""

import resource
import time
from collections.abc import Callable
from typing import Any

BIG = 160_000
TARGETS = {"small": 5, "big": 300}


def measure(*, big: bool) -> None:
    """Publish a list of what there is; with ``big``, of as many products again as make 160,000."""
    from django.db import connection, transaction
    from django.db.models import F

    from catalogue.cooperatives.models import StockRecord

    with transaction.atomic():
        if big:
            _multiply(connection)
        StockRecord.objects.update(farm_gate_price=F("farm_gate_price") + 1)  # so that every price changes
        records = StockRecord.objects.count()
        _publish(records, TARGETS["big" if big else "small"])
        transaction.set_rollback(True)


def _publish(records: int, target: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from catalogue.people.models import User
    from catalogue.pricing import differences, operations, queries

    now, before = timezone.now(), _memory()
    person = User.objects.create_user(f"bench-{now.timestamp()}@example.org", is_staff=True)
    began = time.perf_counter()
    draft, prepared = _timed(lambda: operations.prepare(source="schedules", starts_at=None, prepared_by=None, now=now))
    _, compared = _timed(lambda: differences.largest(draft, queries.last_list(), currency="MAD", side="home", limit=50))
    _, approved = _timed(lambda: operations.approve(draft_id=draft.pk, approved_by=person, now=now))
    _, published = _timed(lambda: operations.publish(draft_id=draft.pk, now=now))
    with connection.cursor() as cursor:
        _, checked = _timed(lambda: cursor.execute("SET CONSTRAINTS ALL IMMEDIATE"))  # what a commit would do
    whole = time.perf_counter() - began
    print(
        f"{records:>7} stock records × 3 currencies × 2 sides: {whole:.1f} s (target {target} s): prepared"
        f" {prepared:.1f}, compared {compared:.1f}, approved {approved:.1f}, published {published:.1f}, committed"
        f" {checked:.1f}; {_memory() - before} MB more memory",
        flush=True,
    )


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _multiply(connection: Any) -> None:
    """Copy products and stock records until there are enough; names and numbers get a copy's own."""
    from catalogue.cooperatives.models import StockRecord
    from catalogue.products.models import Product

    own = {
        "sku": "'#' || source.id || '-' || copy",
        "slug": "'b' || source.id || '-' || copy",
        "upc": "'#' || source.id || '-' || copy",
    }
    products = [field.column for field in Product._meta.concrete_fields if not field.primary_key]
    records = [field.column for field in StockRecord._meta.concrete_fields if not field.primary_key]
    kept = {"product_id": "product.id", "partner_sku": "product.sku"}
    copies = BIG // Product.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO catalogue_product ({', '.join(products)})"  # noqa: S608 - our own column names
            f" SELECT {', '.join(own.get(name, f'source.{name}') for name in products)}"
            " FROM catalogue_product AS source CROSS JOIN generate_series(1, %s) AS copy",
            [copies],
        )
        cursor.execute(
            f"INSERT INTO partner_stockrecord ({', '.join(records)})"  # noqa: S608
            f" SELECT {', '.join(kept.get(name, f'record.{name}') for name in records)}"
            " FROM catalogue_product AS product"
            " JOIN partner_stockrecord AS record"
            " ON record.product_id = substring(product.sku from '^#([0-9]+)-')::bigint"
        )
