"""How an order line is shared by the lots that its pieces are of, to the centime. No database."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from catalogue.kernel.money import split
from catalogue.lots.policies import WHOLE_LOT


class Part(NamedTuple):
    """What one cooperative earns by one lot's pieces, and what it bore of discounts on them. MAD, excluding tax."""

    lot_id: int
    cooperative_id: int
    per_mille: int
    amount_mad: Decimal
    given_mad: Decimal


def parts_of(
    pieces: Mapping[int, int],
    shares: Mapping[int, Mapping[int, int]],
    *,
    seller_id: int,
    owed_mad: Decimal,
    given_mad: Decimal,
) -> list[Part]:
    """Share what a line earns by its pieces of each lot (id: how many), and those by the lot's thousandths.

    A lot that is in no ``shares`` is its seller's. Nothing where none of them is shared.
    """
    if not any(shares.get(lot) for lot in pieces):
        return []
    made = [
        (lot, cooperative, per_mille)
        for lot in sorted(pieces)
        for cooperative, per_mille in sorted((shares.get(lot) or {seller_id: WHOLE_LOT}).items())
    ]
    weights = [pieces[lot] * per_mille for lot, _cooperative, per_mille in made]
    amounts = zip(split(owed_mad, weights), split(given_mad, weights), strict=True)
    return [Part(*one, amount, given) for one, (amount, given) in zip(made, amounts, strict=True)]
