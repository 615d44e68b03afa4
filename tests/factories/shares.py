"""Lots that several cooperatives of a union made."""

from collections.abc import Sequence

from django.utils import timezone

from catalogue.cooperatives.models import Partner, StockRecord, Union
from catalogue.lots.models import Lot
from catalogue.lots.operations import share_lot

from .catalogue import make_cooperative, numbers
from .orders import stock


def make_union(members: int = 3) -> list[Partner]:
    """Return cooperatives of one union, paid weekly."""
    number = next(numbers)
    union = Union.objects.create(code=f"U{number}", kind="union", name=f"Union {number}")
    return [make_cooperative(union=union) for _each in range(members)]


def share(lot: Lot, members: Sequence[Partner], *per_mille: int) -> None:
    parts = {member.pk: part for member, part in zip(members, per_mille, strict=True)}
    share_lot(lot=lot, per_mille=parts, by=None, now=timezone.now())


def make_shared(members: Sequence[Partner], *per_mille: int, farm_gate: str = "80.00") -> StockRecord:
    """Return something with a price that the first of these sells and that all of them made, in one lot of ten."""
    record = stock("120.00", farm_gate=farm_gate, cooperative=members[0])
    share(record.lots.get(), members, *per_mille)
    return record
