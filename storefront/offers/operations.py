"""Making, changing and stopping offers, and counting their uses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from catalogue.cooperatives.models import DiscountAgreement
from catalogue.kernel.locks import lock_ids
from catalogue.kernel.money import ZERO, quantize
from fulfilment.orders.discounting import Kind
from fulfilment.orders.policies import DeliveryDiscount, LineDiscount, Quote
from fulfilment.shipping.policies import Delivery

from . import queries
from .models import Benefit, Condition, ConditionalOffer, OfferAmount, OfferUse, Range
from .policies import Buyer

TYPES = {kind: name for name, kind in queries.KINDS.items()}


class AlreadyRunning(Exception):
    """An offer changes before it starts, not afterwards: buyers were promised what it says. It can be stopped."""


class AlreadyStopped(Exception):
    """The offer is over."""


@dataclass(frozen=True)
class Terms:
    """All that the office says of an offer, checked. ``amounts`` are keyed by role and currency."""

    name: str
    titles: Mapping[str, str]
    kind: Kind
    percent: Decimal | None = None
    take: int = 0
    pay: int = 0
    min_count: int = 1
    amounts: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    converted: bool = False
    category_ids: tuple[int, ...] = ()
    product_ids: tuple[int, ...] = ()
    cooperative_ids: tuple[int, ...] = ()
    for_voucher: bool = False
    exclusive: bool = False
    priority: int = 0
    cooperative_pct: Decimal = ZERO
    office_covers: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_uses: int | None = None
    max_each: int | None = None
    budget_mad: Decimal | None = None


@transaction.atomic
def make_offer(*, terms: Terms, now: datetime, by: Any = None) -> ConditionalOffer:
    """Write a new offer. It counts from ``starts_at``, at once without one."""
    chosen = Range.objects.create(name=terms.name[:128])
    offer = ConditionalOffer(
        condition=Condition.objects.create(range=chosen, type=Condition.COUNT, value=1),
        benefit=Benefit.objects.create(range=chosen, type=TYPES[terms.kind]),
        made_by=by,
    )
    _write(offer, terms, now)
    return offer


@transaction.atomic
def change_offer(*, offer_id: int, terms: Terms, now: datetime) -> ConditionalOffer:
    """Write an offer anew while it has not started. Locks it; raises ``AlreadyRunning``."""
    offer = lock_ids(ConditionalOffer, [offer_id])[offer_id]
    if not may_change(offer, now):
        raise AlreadyRunning
    offer.amounts.all().delete()
    _write(offer, terms, now)
    return offer


@transaction.atomic
def stop_offer(*, offer_id: int, now: datetime) -> None:
    """End an offer now, for good. Orders keep what it gave them. Locks it; raises ``AlreadyStopped``."""
    offer = lock_ids(ConditionalOffer, [offer_id])[offer_id]
    if not offer.is_open:
        raise AlreadyStopped
    offer.status, offer.changed_at = ConditionalOffer.SUSPENDED, now
    offer.save(update_fields=["status", "changed_at"])
    transaction.on_commit(queries.forget)


def may_change(offer: ConditionalOffer, now: datetime) -> bool:
    return offer.is_open and offer.start_datetime is not None and now < offer.start_datetime


def _write(offer: ConditionalOffer, terms: Terms, now: datetime) -> None:
    chosen = offer.condition.range
    Range.objects.filter(pk=chosen.pk).update(
        name=terms.name[:128],
        includes_all_products=not (terms.category_ids or terms.product_ids or terms.cooperative_ids),
    )
    chosen.included_categories.set(terms.category_ids)
    chosen.cooperatives.set(terms.cooperative_ids)
    chosen.rangeproduct_set.exclude(product__in=terms.product_ids).delete()
    for product_id in terms.product_ids:
        chosen.rangeproduct_set.get_or_create(product_id=product_id)
    multibuy = terms.kind is Kind.MULTIBUY
    Condition.objects.filter(pk=offer.condition_id).update(value=terms.take if multibuy else terms.min_count)
    value = Decimal(terms.pay) if multibuy else terms.percent
    Benefit.objects.filter(pk=offer.benefit_id).update(type=TYPES[terms.kind], value=value)
    for language, title in terms.titles.items():
        setattr(offer, f"title_{language}", title)
    offer.name = terms.name
    offer.offer_type = ConditionalOffer.VOUCHER if terms.for_voucher else ConditionalOffer.SITE
    offer.amounts_mode = ConditionalOffer.Mode.CONVERTED if terms.converted else ConditionalOffer.Mode.EACH
    offer.exclusive, offer.priority = terms.exclusive, terms.priority
    offer.cooperative_pct, offer.office_covers = terms.cooperative_pct, terms.office_covers
    offer.start_datetime, offer.end_datetime = terms.starts_at or now, terms.ends_at
    offer.max_global_applications, offer.max_user_applications = terms.max_uses, terms.max_each
    offer.budget_mad, offer.changed_at = terms.budget_mad, now
    offer.save()
    OfferAmount.objects.bulk_create(
        OfferAmount(offer=offer, role=role, currency=currency, amount=amount)
        for (role, currency), amount in terms.amounts.items()
    )
    transaction.on_commit(queries.forget)


def record_uses(*, order_id: int, quote: Quote, delivery: Delivery, buyer: Buyer, now: datetime) -> None:
    """Count what an order was given, inside the placing transaction that holds the offers' locks."""
    given: dict[int, list[LineDiscount | DeliveryDiscount]] = {}
    taken: list[LineDiscount | DeliveryDiscount] = [*quote.discounts, *quote.off_delivery(delivery)]
    for row in taken:
        if row.offer_id is not None:
            given.setdefault(row.offer_id, []).append(row)
    OfferUse.objects.bulk_create(
        _use(order_id, offer_id, rows, quote, buyer, now) for offer_id, rows in sorted(given.items())
    )


def _use(
    order_id: int,
    offer_id: int,
    rows: Iterable[LineDiscount | DeliveryDiscount],
    quote: Quote,
    buyer: Buyer,
    now: datetime,
) -> OfferUse:
    rows = list(rows)
    amount = sum((row.amount for row in rows), ZERO)
    return OfferUse(
        order_id=order_id,
        offer_id=offer_id,
        user_id=buyer.user_id,
        phone=buyer.phone,
        currency=quote.currency,
        amount=amount,
        amount_mad=quantize(amount * quote.mad_per_unit),
        cooperative_mad=sum((row.cooperative_mad for row in rows if isinstance(row, LineDiscount)), ZERO),
        used_at=now,
    )


def release_uses(*, order_id: int, now: datetime) -> None:
    """Give back what an order used that came to nothing. A second call changes nothing."""
    OfferUse.objects.filter(order=order_id, released_at__isnull=True).update(released_at=now)


def take_uses_again(*, order_id: int) -> None:
    """Count again what an order had given back, since it was taken up again."""
    OfferUse.objects.filter(order=order_id).update(released_at=None)


@transaction.atomic
def note_agreement(
    *,
    cooperative_id: int,
    gives_up_pct: Decimal,
    from_day: date,
    until_day: date | None,
    agreed_by: str,
    stockrecord_id: int | None = None,
    now: datetime,
    by: Any = None,
) -> DiscountAgreement:
    """Write down what a cooperative agreed to give up in offers. The latest one noted counts."""
    return DiscountAgreement.objects.create(
        cooperative_id=cooperative_id,
        stockrecord_id=stockrecord_id,
        gives_up_pct=gives_up_pct,
        from_day=from_day,
        until_day=until_day,
        agreed_by=agreed_by,
        noted_by=by,
        noted_at=now,
    )


def end_agreement(*, agreement_id: int, today: date) -> None:
    """End an agreement: from today nothing is taken by it. One that is over already stays as it is."""
    running = DiscountAgreement.objects.filter(pk=agreement_id).exclude(until_day__lte=today)
    running.filter(from_day__lte=today).update(until_day=today)
    for row in running.filter(from_day__gt=today):
        row.until_day = row.from_day  # it never begins
        row.save(update_fields=["until_day"])
