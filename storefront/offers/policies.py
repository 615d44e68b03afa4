"""An offer as it stands in the book, and what it is for one buyer's purchase. No database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from catalogue.kernel.money import ZERO
from fulfilment.orders.discounting import Amounts, Kind, Offer
from fulfilment.orders.policies import Why


@dataclass(frozen=True)
class Thing:
    """What is bought: one stock record, its product, whose it is, and the shelves it stands on (``None``: not read)."""

    stockrecord_id: int
    product_id: int
    cooperative_id: int
    shelf_ids: frozenset[int] | None = None


@dataclass(frozen=True)
class Scope:
    """The products an offer concerns. ``shelf_ids`` hold the shelves below those chosen, too."""

    everything: bool = True
    shelf_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    cooperative_ids: frozenset[int] = frozenset()

    def holds(self, thing: Thing) -> bool:
        return (
            self.everything
            or thing.product_id in self.product_ids
            or thing.cooperative_id in self.cooperative_ids
            or not self.shelf_ids.isdisjoint(thing.shelf_ids or ())
        )


@dataclass(frozen=True)
class Buyer:
    """Who is counted when an offer is limited for each customer: an account, or a phone, or nobody known yet."""

    user_id: int | None = None
    phone: str = ""


@dataclass(frozen=True)
class Uses:
    """How often an offer counted so far, for how much, and how often for this buyer."""

    count: int = 0
    amount_mad: Decimal = ZERO
    by_buyer: int = 0


@dataclass(frozen=True)
class Code:
    """The voucher that a basket carries, as far as offers need to know. ``shut`` is what keeps it from counting."""

    voucher_id: int
    code: str
    offer_ids: frozenset[int]
    shut: str = ""


@dataclass(frozen=True)
class Entry:
    """One offer of the book."""

    offer_id: int
    titles: Mapping[str, str]
    kind: Kind
    for_voucher: bool
    percent: Decimal
    take: int
    pay: int
    min_count: int
    amounts: Mapping[str, Amounts]
    scope: Scope
    exclusive: bool
    priority: int
    cooperative_pct: Decimal
    office_covers: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_uses: int | None = None
    max_each: int | None = None
    budget_mad: Decimal | None = None

    @property
    def is_limited(self) -> bool:
        return (self.max_uses, self.max_each, self.budget_mad) != (None, None, None)

    @property
    def is_plain(self) -> bool:
        """Tell whether it is a percentage that everybody gets on any piece, so that a price can be shown with it."""
        asks = self.amounts or self.min_count > 1 or self.is_limited or self.for_voucher
        return self.kind is Kind.PERCENT and not asks and (self.office_covers or not self.cooperative_pct)

    def runs_at(self, now: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)

    def why_shut(self, uses: Uses) -> str:
        """Say which of its limits is reached, or nothing."""
        if self.max_each is not None and uses.by_buyer >= self.max_each:
            return Why.USED_BY_YOU
        if self.max_uses is not None and uses.count >= self.max_uses:
            return Why.USED_UP
        return Why.USED_UP if self.budget_mad is not None and uses.amount_mad >= self.budget_mad else ""

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles["fr"]

    def offer(self, things: Iterable[Thing], uses: Uses, *, language: str, code: Code | None) -> Offer:
        """Return what it is for a purchase of these things."""
        concerned = None
        if not self.scope.everything:
            concerned = frozenset(thing.stockrecord_id for thing in things if self.scope.holds(thing))
        return Offer(
            offer_id=self.offer_id,
            name=self.title(language),
            kind=self.kind,
            percent=self.percent,
            take=self.take,
            pay=self.pay,
            amount=self.amounts.get("benefit"),
            minimum=self.amounts.get("minimum"),
            most=self.amounts.get("most"),
            min_count=self.min_count,
            stockrecord_ids=concerned,
            exclusive=self.exclusive,
            priority=self.priority,
            cooperative_pct=self.cooperative_pct,
            office_covers=self.office_covers,
            left_mad=None if self.budget_mad is None else self.budget_mad - uses.amount_mad,
            shut=(code.shut if code else "") or self.why_shut(uses),
            voucher_id=code.voucher_id if code else None,
            voucher_code=code.code if code else "",
        )


@dataclass(frozen=True)
class Book:
    """Every offer that is not over, as read once; ``version`` tells whether the rows have moved on."""

    version: tuple[tuple[int, datetime], ...] = ()
    entries: tuple[Entry, ...] = field(default=())

    def running(self, now: datetime, code: Code | None) -> list[Entry]:
        """Return the offers that count now: those for all, and those that the code opens."""
        opened = code.offer_ids if code else frozenset()
        return [
            entry
            for entry in self.entries
            if entry.runs_at(now) and (entry.offer_id in opened if entry.for_voucher else True)
        ]
