"""What pieces of an order come to when they are given back: the exact opposite share of its sale, piece by piece."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catalogue.kernel.money import ZERO, from_minor
from fulfilment.ledger import policies
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import THE_DELIVERY, AccountKey, Leg, Sale
from fulfilment.ledger.policies.accounts import ACCRUED, PAYABLE
from fulfilment.ledger.policies.sales import REFUNDED_FROM, Portions
from fulfilment.orders.models import Line, Order

from . import booking
from .models import PaymentAttempt, Refund, RefundLine
from .policies import free_runs


class MoreThanLeft(Exception):
    """Of this line (or of the delivery: None) only ``left`` pieces were bought and not given back yet."""

    def __init__(self, order_line: int | None, left: int) -> None:
        self.order_line, self.left = order_line, left
        super().__init__(f"only {left} left to give back of {order_line or 'the delivery'}")


@dataclass(frozen=True)
class Run:
    """Pieces of one order line: ``pieces`` of its ``quantity``, from number ``first`` on."""

    order_line: int
    first: int
    pieces: int
    quantity: int


@dataclass(frozen=True)
class Share:
    """What is given back: which pieces, the legs that take it back, and what of it is the buyer's.

    ``follows``: some of it was delivered and is of goods that several made. It is taken as if it were not delivered
    and follows to each of them at once (``returning.follow_goods``), as what was taken before the delivery did.
    """

    runs: tuple[Run, ...]
    delivery: bool
    legs: tuple[Leg, ...]
    amount: Decimal
    follows: bool = False

    @property
    def taken_mad(self) -> dict[int, Decimal]:
        """What each cooperative loses by it."""
        sums: dict[int, Decimal] = {}
        for leg in self.legs:
            if leg.account.code in (ACCRUED, PAYABLE):
                pk = leg.account.cooperative_id
                sums[pk] = sums.get(pk, ZERO) + from_minor(leg.amount_minor)
        return sums


def way_of(attempt: PaymentAttempt) -> str:
    """Return how money of an attempt goes back: to the card, or by transfer where a person or a courier took it."""
    return Refund.Way.CARD if attempt.provider == "stripe" else Refund.Way.TRANSFER


def left_of(order: Order) -> dict[int | None, int]:
    """Return how many pieces of each line, and deliveries (``THE_DELIVERY``), are still to be given back."""
    taken = _taken(order)
    left: dict[int | None, int] = {
        line.pk: line.quantity - sum(pieces for _first, pieces in taken.get(line.pk, ()))
        for line in Line.objects.filter(order=order).order_by("pk")
    }
    return left | {THE_DELIVERY: int(bool(order.shipping_incl_tax) and not _delivery_gone(order))}


def choose(attempt: PaymentAttempt, quantities: Mapping[int, int], *, delivery: bool, way: str) -> Share:
    """Choose pieces that were not given back yet; a delivery that cost nothing is left out. Raises ``MoreThanLeft``."""
    order = attempt.order
    delivery = delivery and bool(order.shipping_incl_tax)
    sale = booking.sale_behind(attempt)
    sold = {line.order_line: line.quantity for line in sale.lines}
    taken = _taken(order)
    runs: list[Run] = []
    for pk, wanted in sorted(quantities.items()):
        if pk not in sold or wanted < 0:
            raise MoreThanLeft(pk, 0)
        found = free_runs(sold[pk], taken.get(pk, ()), wanted)
        if (left := sum(pieces for _first, pieces in found)) < wanted:
            raise MoreThanLeft(pk, left)
        runs += [Run(pk, first, pieces, sold[pk]) for first, pieces in found]
    if delivery and _delivery_gone(order):
        raise MoreThanLeft(THE_DELIVERY, 0)
    return _share(attempt, sale, runs, delivery=delivery, way=way)


def share_of(refund: Refund) -> Share:
    """Work out once more what a refund takes back, as goods stand by now."""
    rows = refund.lines.select_related("order_line").order_by("pk")
    runs = [Run(row.order_line_id, row.first_piece, row.pieces, row.order_line.quantity) for row in rows]
    sale = booking.sale_behind(refund.attempt)
    return _share(refund.attempt, sale, runs, delivery=refund.delivery, way=refund.way)


def amount_of(sale: Sale, runs: Iterable[Run], *, delivery: bool, way: str) -> Decimal:
    """Return what pieces come to in the order's currency."""
    return _money(sale, _legs(sale, runs, delivery=delivery, way=way, delivered=frozenset()), way)


def _share(attempt: PaymentAttempt, sale: Sale, runs: Iterable[Run], *, delivery: bool, way: str) -> Share:
    runs = tuple(runs)
    earned = ledger.earned_by(attempt.order.number)
    sellers = {line.order_line: line.cooperative_id for line in sale.lines}
    own = frozenset(line for line, by in earned.items() if by.keys() == {sellers.get(line)})
    legs = _legs(sale, runs, delivery=delivery, way=way, delivered=own)
    follows = any(run.order_line in earned.keys() - own for run in runs)
    return Share(runs, delivery, legs, _money(sale, legs, way), follows)


def _legs(sale: Sale, runs: Iterable[Run], *, delivery: bool, way: str, delivered: frozenset[int]) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    for portions, already in _portions(runs, delivery=delivery):
        wanted = policies.Refund(portions, already=already, delivered=delivered, method=way)
        legs += policies.refund(sale, wanted)
    return policies.merged(legs)


def _portions(runs: Iterable[Run], *, delivery: bool) -> Iterator[tuple[Portions, Portions]]:
    """Turn each run into a portion of its line, after what lies before it."""
    for run in runs:
        yield {run.order_line: Fraction(run.pieces, run.quantity)}, {run.order_line: Fraction(run.first, run.quantity)}
    if delivery:
        yield {THE_DELIVERY: Fraction(1)}, {}


def _money(sale: Sale, legs: Iterable[Leg], way: str) -> Decimal:
    money = AccountKey(REFUNDED_FROM[way], sale.currency)
    return from_minor(-sum(leg.amount_minor for leg in legs if leg.account == money))


def _taken(order: Order) -> dict[int, list[tuple[int, int]]]:
    """Return which pieces of each line are given back, or will be."""
    rows = RefundLine.objects.filter(order_line__order=order).exclude(refund__state__in=Refund.NULL_STATES)
    taken: dict[int, list[tuple[int, int]]] = {}
    for pk, first, pieces in rows.values_list("order_line_id", "first_piece", "pieces"):
        taken.setdefault(pk, []).append((first, pieces))
    return taken


def _delivery_gone(order: Order) -> bool:
    refunds = Refund.objects.filter(attempt__order=order, delivery=True)
    return refunds.exclude(state__in=Refund.NULL_STATES).exists()
