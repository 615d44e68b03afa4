"""Many rows at once: compare what is wanted with what is there, write only the difference."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
BATCH = 500


@dataclass
class Counts:
    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.created + other.created, self.changed + other.changed, self.unchanged + other.unchanged)

    @property
    def written(self) -> int:
        return self.created + self.changed


def _values(row: Model, names: Sequence[str]) -> tuple[Any, ...]:
    """Return the fields as the database would give them back."""
    fields: list[Any] = [row._meta.get_field(name) for name in names]
    return tuple(field.to_python(getattr(row, field.attname)) for field in fields)


def upsert(
    model: type[Row],
    wanted: Iterable[Row],
    *,
    key: Sequence[str],
    fields: Sequence[str],
    among: QuerySet[Row] | None = None,
) -> Counts:
    """Create the rows whose key is new and change those whose ``fields`` differ.

    ``wanted`` are unsaved instances; each gets its primary key. Rows that are no longer wanted stay.
    ``save`` is not called and no model signal is sent.
    """
    rows = among if among is not None else model._default_manager.all()
    there = {_values(row, key): row for row in rows}
    new, changed, unchanged = [], [], 0
    for row in wanted:
        old = there.get(_values(row, key))
        if old is None:
            new.append(row)
            continue
        row.pk, row._state.adding = old.pk, False
        if _values(row, fields) == _values(old, fields):
            unchanged += 1
        else:
            changed.append(row)
    model._default_manager.bulk_create(new, batch_size=BATCH)
    if changed:
        model._default_manager.bulk_update(changed, fields, batch_size=BATCH)
    return Counts(len(new), len(changed), unchanged)


def replace(model: type[Row], wanted: Iterable[Row], *, key: Sequence[str], among: QuerySet[Row]) -> Counts:
    """Make ``among`` hold exactly the wanted links (rows that are all key): add new ones, drop the others."""
    there = {_values(row, key): row.pk for row in among}
    rows = {_values(row, key): row for row in wanted}
    gone = [pk for values, pk in there.items() if values not in rows]
    new = [row for values, row in rows.items() if values not in there]
    model._default_manager.filter(pk__in=gone).delete()
    model._default_manager.bulk_create(new, batch_size=BATCH)
    return Counts(created=len(new), changed=len(gone), unchanged=len(rows) - len(new))
