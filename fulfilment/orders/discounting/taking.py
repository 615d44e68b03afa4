"""What each offer takes, one after the other, each from what the ones before have left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalogue.kernel.money import CENT, ZERO, quantize, split
from fulfilment.orders.policies import DeliveryDiscount, LineDiscount, OfferNote, Why
from fulfilment.shipping.policies import Delivery

from .bearing import Rest, bear, take
from .offers import Amounts, Good, Kind, Offer, round_down

MOST_PCT = Decimal(80)
"""All offers and the voucher together take at most so much of the goods: nothing is ever given away by accident."""


@dataclass(frozen=True)
class Given:
    """What is taken off, what is said of offers that take nothing (yet), and what is ready for the delivery."""

    discounts: tuple[LineDiscount, ...] = ()
    notes: tuple[OfferNote, ...] = ()
    of_delivery: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Terms:
    """The currency of a purchase, and what one unit of it is worth in dirhams."""

    currency: str
    mad_per_unit: Decimal

    def of(self, amounts: Amounts | None) -> Decimal | None:
        return amounts.in_currency(self.currency, self.mad_per_unit) if amounts is not None else None

    def limit(self, offer: Offer) -> Decimal | None:
        """Return the most that an offer takes of one order: its own limit, or what its budget still holds."""
        limits = [self.of(offer.most)]
        if offer.left_mad is not None:
            limits.append(round_down(max(ZERO, offer.left_mad) / self.mad_per_unit))
        return min((limit for limit in limits if limit is not None), default=None)


def discount(goods: Iterable[Good], offers: Iterable[Offer], *, currency: str, mad_per_unit: Decimal) -> Given:
    """Work out every discount of a purchase. The order of goods and of offers does not matter."""
    rests = [Rest.of(good) for good in sorted(goods, key=lambda good: good.stockrecord_id)]
    terms = Terms(currency, mad_per_unit)
    whole = sum((rest.left for rest in rests), ZERO)
    room = round_down(whole * MOST_PCT / 100)
    discounts: list[LineDiscount] = []
    notes: list[OfferNote] = []
    of_delivery: list[Offer] = []
    for offer in sorted(offers, key=lambda offer: offer.rank):
        open_to_it = [rest for rest in rests if rest.is_open_to(offer)]
        if offer.kind.is_of_delivery:  # it takes nothing from the goods, so it may count those that are shut
            open_to_it = [rest for rest in rests if offer.concerns(rest.good.stockrecord_id)]
        note = _why_not(offer, open_to_it, terms)
        if note is not None:
            notes.append(note)
        elif offer.kind.is_of_delivery:
            of_delivery.append(offer)
            notes.append(_note(offer, Why.WITH_DELIVERY))
        else:
            taken = _take(offer, open_to_it, room, terms)
            room -= sum((row.amount for row in taken), ZERO)
            discounts += taken
            if not taken:
                notes.append(_note(offer, Why.NOTHING_LEFT))
    return Given(tuple(discounts), tuple(notes), tuple(of_delivery))


def _why_not(offer: Offer, rests: Sequence[Rest], terms: Terms) -> OfferNote | None:
    """Say why an offer takes nothing here, or nothing when it may."""
    if offer.shut:
        return _note(offer, Why(offer.shut))
    if not rests:
        return _note(offer, Why.NOT_THESE)
    if not offer.is_known_in(terms.currency, terms.mad_per_unit):
        return _note(offer, Why.NOT_IN_CURRENCY)
    needed = max(offer.min_count, offer.take)
    pieces = sum(rest.good.quantity for rest in rests)
    if pieces < needed:
        return replace(_note(offer, Why.MORE_PIECES), pieces=needed - pieces)
    missing = (terms.of(offer.minimum) or ZERO) - sum((rest.left for rest in rests), ZERO)
    return replace(_note(offer, Why.SPEND_MORE), amount=missing) if missing > 0 else None


def _note(offer: Offer, why: Why) -> OfferNote:
    return OfferNote(offer.offer_id, offer.name, why, voucher_id=offer.voucher_id, voucher_code=offer.voucher_code)


def _take(offer: Offer, rests: Sequence[Rest], room: Decimal, terms: Terms) -> list[LineDiscount]:
    wished = [min(amount, rest.left) for amount, rest in zip(_wish(offer, rests, terms), rests, strict=True)]
    limit = min(amount for amount in (terms.limit(offer), room) if amount is not None)
    if sum(wished, ZERO) > limit:
        wished = split(limit, wished)
    rows = []
    for amount, rest in zip(wished, rests, strict=True):
        if amount <= 0:
            continue
        share = bear(offer, amount, rest, terms.mad_per_unit)
        if share.amount <= 0:
            continue
        take(share, rest, exclusive=offer.exclusive)
        rows.append(
            LineDiscount(
                stockrecord_id=rest.good.stockrecord_id,
                name=offer.name,
                amount=share.amount,
                cooperative_mad=share.cooperative_mad,
                offer_id=offer.offer_id,
                voucher_id=offer.voucher_id,
                voucher_code=offer.voucher_code,
                tax=share.tax,
            )
        )
    return rows


def _wish(offer: Offer, rests: Sequence[Rest], terms: Terms) -> list[Decimal]:
    """Return what the offer would take of each good, before any limit."""
    amount = terms.of(offer.amount) or ZERO
    if offer.kind is Kind.PERCENT:
        return [percent_of(rest.left, rest.good.quantity, offer.percent) for rest in rests]
    if offer.kind is Kind.UNIT:
        return [amount * rest.good.quantity for rest in rests]
    if offer.kind is Kind.BASKET:
        return split(min(amount, sum((rest.left for rest in rests), ZERO)), [rest.left for rest in rests])
    return _cheapest(offer, rests)


def percent_of(left: Decimal, quantity: int, percent: Decimal) -> Decimal:
    """Return a percentage of what is left of a good: the unit is rounded, then multiplied.

    Where an earlier offer left units of different prices (some free), it is the whole that is rounded.
    """
    unit = left / quantity
    if unit == unit.quantize(CENT):
        return quantize(unit * percent / 100) * quantity
    return quantize(left * percent / 100)


def _cheapest(offer: Offer, rests: Sequence[Rest]) -> list[Decimal]:
    """Return what pieces for nothing are worth: of all pieces together, the cheapest are free."""
    free = sum(rest.good.quantity for rest in rests) // offer.take * (offer.take - offer.pay)
    worth = [ZERO] * len(rests)
    by_price = sorted(range(len(rests)), key=lambda index: (rests[index].left / rests[index].good.quantity, index))
    for index in by_price:
        pieces = min(free, rests[index].good.quantity)
        worth[index] = quantize(rests[index].left * pieces / rests[index].good.quantity)
        free -= pieces
    return worth


def off_delivery(
    delivery: Delivery, offers: Iterable[Offer], mad_per_unit: Decimal
) -> tuple[Delivery, tuple[DeliveryDiscount, ...]]:
    """Take what is offered off one way to send a parcel. The office bears it."""
    terms, price, rows = Terms(delivery.currency, mad_per_unit), delivery.price, []
    for offer in sorted(offers, key=lambda offer: offer.rank):
        if offer.exclusive and rows:
            continue
        amount = terms.of(offer.amount) or ZERO
        if offer.kind is Kind.DELIVERY_PERCENT:
            amount = quantize(price * offer.percent / 100)
        limit = terms.limit(offer)
        amount = min(amount, price) if limit is None else min(amount, price, limit)
        if amount <= 0:
            continue
        rows.append(
            DeliveryDiscount(delivery.code, offer.name, amount, offer.offer_id, offer.voucher_id, offer.voucher_code)
        )
        price -= amount
        if offer.exclusive:
            break
    return replace(delivery, price=price), tuple(rows)
