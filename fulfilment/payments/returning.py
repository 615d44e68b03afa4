"""What refunds write in the ledger: in the transaction that makes them due, and in the one that notes they failed."""

from collections.abc import Mapping
from datetime import datetime

from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger import queries as ledger_queries
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Leg, NewEntry, Source, Taken
from fulfilment.ledger.policies.accounts import ACCRUED, PAYABLE

from . import booking, shares
from .models import Refund

CHARGED_BACK, BEYOND = "-charged-back", "-beyond"
"""How the entries of disputes end that cooperatives bear, and of what the office bears beyond them."""


def take_back(refund: Refund, *, now: datetime) -> None:
    """Book the exact opposite share of the sale, once for each refund."""
    share = shares.share_of(refund)
    if share.amount != refund.amount:
        raise booking.SaleDiffers(refund.attempt.order.number, share.amount, refund.amount)
    _post(refund, refund.key, share.legs, now)
    if share.follows:
        follow_goods(refund.attempt.order.number, name=f"{refund.key}-shared", now=now)
    make_good(refund.attempt.order.number, name=refund.key, now=now)


def put_back(refund: Refund, *, now: datetime, reason: str) -> None:
    """Reverse what a refund took back: it failed. What its goods earn follows them where they stand by now."""
    entry = ledger_queries.find(Source.REFUND, refund.key)
    if entry is None:
        return
    number, name = refund.attempt.order.number, f"{refund.key}-failed"
    forget_made_good(number, reason=reason, now=now)
    ledger.reverse(entry_id=entry.pk, reason=reason, now=now)
    follow_goods(number, name=name, now=now)
    make_good(number, name=name, now=now)


def make_good(order_number: str, *, name: str, now: datetime) -> None:
    """Let the office bear what refunds took beyond what charged back disputes had left of a line."""
    standing = Entry.objects.filter(source=Source.DISPUTE, order_number=order_number, reversed_by=None)
    if not standing.filter(external_id__endswith=CHARGED_BACK).exists():
        return
    payable = ledger_queries.earned_by(order_number)
    legs = policies.made_good(ledger_queries.standing_of(order_number), payable)
    if legs:
        ledger.post(NewEntry(Source.DISPUTE, name + BEYOND, legs, now, order_number=order_number), now=now)


def forget_made_good(order_number: str, *, reason: str, now: datetime) -> None:
    """Reverse what the office bore so of an order: what changed is about to be reckoned again."""
    borne = Entry.objects.filter(source=Source.DISPUTE, order_number=order_number, reversed_by=None)
    for entry in borne.filter(external_id__endswith=BEYOND).order_by("pk"):
        ledger.reverse(entry_id=entry.pk, reason=reason, now=now)


def follow_goods(order_number: str, *, name: str, now: datetime) -> None:
    """Move what refunds and disputes took of goods before their delivery to where those goods' earnings stand now.

    It is taken from what is accrued until the goods are delivered. The delivery then makes all of it payable, so
    what was taken before follows; and comes back, should that refund fail or that dispute be won after all. Goods
    that several made are accrued by the cooperative that sold them and payable to each that made them.
    ``name`` is the cause's own.
    """
    earned = ledger_queries.earned_by(order_number)
    on_accrued = ledger_queries.taken_back(order_number, ACCRUED)
    if not {line for left in on_accrued.values() for _cooperative, line in left} & earned.keys():
        return
    on_payable = ledger_queries.taken_back(order_number, PAYABLE)
    legs: dict[Source, list[Leg]] = {source: [] for source in on_accrued}
    for line, by in sorted(earned.items()):
        kinds = [Taken(_of(line, on_accrued[source]), _of(line, on_payable[source])) for source in legs]
        for source, moved in zip(legs, policies.followed(line, by, kinds), strict=True):
            legs[source] += moved
    for source in legs:
        if legs[source]:
            ledger.post(NewEntry(source, name, tuple(legs[source]), now, order_number=order_number), now=now)


def _of(line: int, taken: Mapping[tuple[int, int], int]) -> dict[int, int]:
    return {cooperative: amount for (cooperative, of_line), amount in taken.items() if of_line == line}


def send_held(refund: Refund, *, now: datetime) -> None:
    """Book that held money went back, by the way it came or from our bank."""
    attempt = refund.attempt
    booking.give_back(attempt, now=now, reason=refund.key)
    if refund.way == Refund.Way.TRANSFER:
        legs = policies.opposite(policies.provider_paid_out(refund.amount, refund.currency))
        _post(refund, refund.key, legs, now)


def hold_again(refund: Refund, *, now: datetime) -> None:
    """Book that held money is with us again: the refund had gone through, and failed after all."""
    entry = ledger_queries.find(Source.REFUND, refund.key)
    if entry is not None:
        ledger.reverse(entry_id=entry.pk, reason=f"{refund.key} came back", now=now)
    booking.hold_again(refund.attempt, refund=refund.key, received=refund.amount, currency=refund.currency, now=now)


def _post(refund: Refund, name: str, legs: tuple[Leg, ...], now: datetime) -> None:
    attempt = refund.attempt
    memo = attempt.intent_id or attempt.idempotency_key
    entry = NewEntry(Source.REFUND, name, legs, now, memo=memo, order_number=attempt.order.number)
    ledger.post(entry, now=now)
