"""Offers as plain data: kept in each process's memory, checked for freshness where an order depends on them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.cache import caches
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.signals import post_delete, post_save

from catalogue.cooperatives.models import DiscountAgreement
from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import day_of
from catalogue.products.models import ProductCategory
from catalogue.products.queries import shelves
from fulfilment.orders.discounting import NOTHING, Amounts, AtHand, Kind

from .models import Benefit, ConditionalOffer, OfferUse, Range
from .policies import Book, Buyer, Code, Entry, Scope, Thing, Uses

KEY = "offers.book"
KINDS = {
    Benefit.PERCENTAGE: Kind.PERCENT,
    Benefit.FIXED: Kind.BASKET,
    Benefit.FIXED_UNIT: Kind.UNIT,
    Benefit.MULTIBUY: Kind.MULTIBUY,
    Benefit.SHIPPING_PERCENTAGE: Kind.DELIVERY_PERCENT,
    Benefit.SHIPPING_ABSOLUTE: Kind.DELIVERY_AMOUNT,
}
"""Oscar's names of what a benefit does, and ours."""


def open_offers() -> QuerySet[ConditionalOffer]:
    return ConditionalOffer.objects.filter(status=ConditionalOffer.OPEN).order_by("pk")


def book() -> Book:
    """Return the offers from this process's memory; at most a minute old, read again when one is changed here."""
    cache = caches["local"]
    found = cache.get(KEY)
    if found is None:
        found = _read()
        cache.set(KEY, found)
    return found


def fresh_book(*, locked: bool = False) -> Book:
    """Return the offers as they stand in the database: one query where memory has not fallen behind.

    ``locked``: with every open offer's row locked, in key order, until the transaction ends.
    """
    version = open_offers().values_list("pk", "changed_at")
    if locked:
        version = version.select_for_update(no_key=True)
    if book().version != tuple(version):
        caches["local"].delete(KEY)
    return book()


def _read() -> Book:
    rows = open_offers().select_related("condition", "benefit", "condition__range")
    rows = rows.prefetch_related(
        "amounts",
        "condition__range__included_categories",
        "condition__range__included_products",
        "condition__range__cooperatives",
    )
    entries = [_entry(row) for row in rows if row.benefit.type in KINDS]
    return Book(tuple((row.pk, row.changed_at) for row in rows), tuple(entries))


def _entry(row: ConditionalOffer) -> Entry:
    kind, count = KINDS[row.benefit.type], int(row.condition.value or 1)
    converted = row.amounts_mode == ConditionalOffer.Mode.CONVERTED
    amounts: dict[str, dict[str, Decimal]] = {}
    for one in row.amounts.all():
        amounts.setdefault(one.role, {})[one.currency] = one.amount
    return Entry(
        offer_id=row.pk,
        titles={"ar": row.title_ar, "fr": row.title_fr or row.name, "en": row.title_en},
        kind=kind,
        for_voucher=row.offer_type == ConditionalOffer.VOUCHER,
        percent=row.benefit.value if kind in (Kind.PERCENT, Kind.DELIVERY_PERCENT) else ZERO,
        take=count if kind is Kind.MULTIBUY else 0,
        pay=int(row.benefit.value) if kind is Kind.MULTIBUY else 0,
        min_count=count,
        amounts={role: Amounts(given, converted) for role, given in amounts.items()},
        scope=_scope(row.condition.range),
        exclusive=row.exclusive,
        priority=row.priority,
        cooperative_pct=row.cooperative_pct,
        office_covers=row.office_covers,
        starts_at=row.start_datetime,
        ends_at=row.end_datetime,
        max_uses=row.max_global_applications,
        max_each=row.max_user_applications,
        budget_mad=row.budget_mad,
    )


def _scope(chosen: Range | None) -> Scope:
    if chosen is None or chosen.includes_all_products:
        return Scope()
    roots = {category.pk for category in chosen.included_categories.all()}
    every = shelves()
    below = {shelf.pk for root in roots if root in every for shelf in every.values() if every[root].holds(shelf)}
    return Scope(
        everything=False,
        shelf_ids=frozenset(roots | below),
        product_ids=frozenset(product.pk for product in chosen.included_products.all()),
        cooperative_ids=frozenset(partner.pk for partner in chosen.cooperatives.all()),
    )


def at_hand(
    things: Sequence[Thing],
    *,
    buyer: Buyer,
    now: datetime,
    language: str,
    code: Code | None = None,
    placing: bool = False,
) -> AtHand:
    """Return what is offered on these goods to this buyer.

    For a page: from memory. While ``placing``: as it stands, and where a limited offer runs, with the offers' rows
    locked, so that what is left of a limit stays left until the order is written.
    """
    entries = _as_they_stand(now, code) if placing else book().running(now, code)
    if not entries:
        return NOTHING
    if any(entry.scope.shelf_ids for entry in entries):
        things = with_shelves(things)
    uses = _uses([entry.offer_id for entry in entries if entry.is_limited], buyer)
    offers = tuple(
        entry.offer(
            things,
            uses.get(entry.offer_id, Uses()),
            language=language,
            code=code if entry.for_voucher else None,
        )
        for entry in entries
    )
    borne = any(entry.cooperative_pct for entry in entries)
    return AtHand(offers, agreed_shares([thing.stockrecord_id for thing in things], now) if borne else {})


def _as_they_stand(now: datetime, code: Code | None) -> list[Entry]:
    """Return what runs, read from the rows; locked where one of them is limited."""
    locked = any(entry.is_limited for entry in book().running(now, code))
    entries = fresh_book(locked=locked).running(now, code)
    if not locked and any(entry.is_limited for entry in entries):  # memory had fallen behind
        entries = fresh_book(locked=True).running(now, code)
    return entries


def with_shelves(things: Iterable[Thing]) -> list[Thing]:
    """Return the goods with the shelves they stand on; one query, none where they are known."""
    things = list(things)
    unknown = {thing.product_id for thing in things if thing.shelf_ids is None}
    if not unknown:
        return things
    on_shelves: dict[int, set[int]] = {}
    standing = ProductCategory.objects.filter(product__in=unknown).values_list("product_id", "category_id")
    for product_id, category_id in standing:
        on_shelves.setdefault(product_id, set()).add(category_id)
    return [
        thing
        if thing.shelf_ids is not None
        else replace(thing, shelf_ids=frozenset(on_shelves.get(thing.product_id, ())))
        for thing in things
    ]


def _uses(offer_ids: Sequence[int], buyer: Buyer) -> dict[int, Uses]:
    """Count the uses of limited offers: the one place where it is done (one query, none where none is limited)."""
    if not offer_ids:
        return {}
    mine = Q(pk__in=())
    if buyer.user_id is not None:
        mine |= Q(user_id=buyer.user_id)
    if buyer.phone:
        mine |= Q(phone=buyer.phone)
    rows = (
        OfferUse.objects.filter(offer__in=offer_ids, released_at__isnull=True)
        .order_by()
        .values("offer")
        .annotate(count=Count("pk"), amount=Sum("amount_mad"), by_buyer=Count("pk", filter=mine))
    )
    return {row["offer"]: Uses(row["count"], row["amount"], row["by_buyer"]) for row in rows}


def agreed_shares(stockrecord_ids: Iterable[int], now: datetime) -> dict[int, Decimal]:
    """Return the percentage that cooperatives agreed to give up, by stock record, where they did (one query)."""
    day = day_of(now)
    rows = DiscountAgreement.objects.filter(
        Q(until_day__isnull=True) | Q(until_day__gt=day),
        from_day__lte=day,
        cooperative__stockrecords__in=set(stockrecord_ids),
    ).order_by("-noted_at", "-pk")
    own: dict[int, Decimal] = {}
    general: dict[int, Decimal] = {}
    for pk, only_for, pct in rows.values_list("cooperative__stockrecords", "stockrecord", "gives_up_pct"):
        if only_for is None:
            general.setdefault(pk, pct)
        elif only_for == pk:
            own.setdefault(pk, pct)
    return general | own


def uses_so_far(offer_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what offers gave so far: orders, dirhams, and what cooperatives bore of them (one query)."""
    rows = (
        OfferUse.objects.filter(offer__in=set(offer_ids), released_at__isnull=True)
        .order_by()
        .values("offer")
        .annotate(count=Count("pk"), amount_mad=Sum("amount_mad"), cooperative_mad=Sum("cooperative_mad"))
    )
    return {row["offer"]: row for row in rows}


def forget(**kwargs: object) -> None:
    """Read the offers again at the next question."""
    caches["local"].delete(KEY)


post_save.connect(forget, sender=ConditionalOffer, dispatch_uid="offers.forget_saved")
post_delete.connect(forget, sender=ConditionalOffer, dispatch_uid="offers.forget_deleted")
