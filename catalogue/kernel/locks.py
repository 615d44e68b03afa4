"""Locks, always taken in the same order."""

import zlib
from collections.abc import Iterable
from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def lock(rows: QuerySet[Row]) -> list[Row]:
    """Lock the rows in key order, not their keys: others may still insert rows that point at them.

    Two transactions that lock overlapping rows in the same order wait for each other, never in a circle.
    """
    return list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))


def lock_one(rows: QuerySet[Row]) -> Row:
    """Lock the one row that is looked for and return it. Raises the model's ``DoesNotExist``."""
    found = lock(rows)
    if not found:
        raise rows.model.DoesNotExist(f"no such {rows.model._meta.verbose_name}")
    return found[0]


def lock_ids(model: type[Row], ids: Iterable[int]) -> dict[int, Row]:
    """Lock rows by id and return them by id."""
    return {row.pk: row for row in lock(model._default_manager.filter(pk__in=set(ids)))}


def _key(name: str) -> int:
    return zlib.crc32(name.encode())


def try_advisory_lock(name: str) -> bool:
    """Take the lock of this name until the transaction ends, or say at once that another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(name)])
        return bool(cursor.fetchone()[0])


def advisory_lock(name: str) -> None:
    """Wait for the lock of this name and keep it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(name)])
