"""What was taken back of goods before their delivery follows to whom they earned something, by what each earned."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalogue.kernel.money import MAD, from_minor, split, to_minor

from . import accounts
from .accounts import AccountKey
from .entries import Leg, merged

ByCooperative = Mapping[int, int]
"""Centimes by cooperative."""


@dataclass(frozen=True)
class Taken:
    """What one kind of event has taken of an order line by now, from each of two accounts of cooperatives."""

    on_accrued: ByCooperative
    on_payable: ByCooperative


def followed(order_line: int, earned: ByCooperative, kinds: Iterable[Taken]) -> Iterator[tuple[Leg, ...]]:
    """Move what stands on accrued to what is to be paid, one answer for each kind of event, in their order.

    ``earned`` is what the delivery earned each cooperative: several where several made the lot. Each bears its share
    of all that was taken by now, not of each event by itself: so centimes do not drift, what is taken back whole
    leaves nobody anything, and what was put back whole left nobody less.
    """
    before = dict.fromkeys(earned, 0)
    for kind in kinds:
        borne, legs = kind.on_payable, tuple[Leg, ...]()
        if to_move := sum(kind.on_accrued.values()):
            whole = shared(sum(before.values()) + sum(kind.on_payable.values()) + to_move, earned)
            borne = {one: amount - before[one] for one, amount in whole.items()}
            legs = _moved(order_line, kind, borne)
        before = {one: amount + borne.get(one, 0) for one, amount in before.items()}
        yield legs


def _moved(order_line: int, kind: Taken, borne: ByCooperative) -> tuple[Leg, ...]:
    to_each = [
        Leg(AccountKey(accounts.PAYABLE, MAD, one), amount - kind.on_payable.get(one, 0), order_line)
        for one, amount in borne.items()
    ]
    back = [Leg(AccountKey(accounts.ACCRUED, MAD, one), -amount, order_line) for one, amount in kind.on_accrued.items()]
    return merged([*to_each, *back])


def shared(amount_minor: int, earned: ByCooperative) -> dict[int, int]:
    """Share centimes by what each cooperative earned of a line; they add up."""
    cooperatives = sorted(earned)
    parts = split(from_minor(amount_minor), [earned[one] for one in cooperatives])
    return {one: to_minor(part) for one, part in zip(cooperatives, parts, strict=True)}
