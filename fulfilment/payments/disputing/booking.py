"""What disputes write in the ledger, in the transaction that notes what the bank did."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum

from catalogue.kernel.money import ZERO, from_minor
from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger import queries as ledger_queries
from fulfilment.ledger.models import Entry, Line
from fulfilment.ledger.policies import Leg, NewEntry, Source
from fulfilment.payments import booking, returning
from fulfilment.payments.models import Dispute, DisputeMovement, PaymentAttempt, Refund


class NothingToCharge(Exception):
    """Nothing of this order stands with its cooperatives any more."""


def taken(dispute: Dispute) -> Decimal:
    """Say how much of the payment the bank has taken and not returned, in the dispute's currency.

    Where the provider settles in another currency, what it took is the disputed amount.
    """
    total = ZERO
    for movement in dispute.movements.all():
        total += _in_its_currency(dispute, movement)
    return -total


def _in_its_currency(dispute: Dispute, movement: DisputeMovement) -> Decimal:
    if movement.currency == dispute.currency:
        return movement.amount
    return -dispute.amount if movement.amount < 0 else dispute.amount


def is_bookable(dispute: Dispute) -> bool:
    """Tell whether a dispute speaks the currency that was paid: else a person looks, nothing is guessed."""
    return dispute.currency == dispute.attempt.currency


def book_movement(dispute: Dispute, movement: DisputeMovement, *, now: datetime) -> None:
    """Book what the bank took or returned, and its fee. What comes back as it went is reversed."""
    amount = _in_its_currency(dispute, movement)
    if amount < 0:
        _post(dispute, Source.DISPUTE, movement.provider_id, policies.dispute_withdrawn(-amount, dispute.currency), now)
    elif amount > 0 and not _reversed(dispute, Source.DISPUTE, amount, now):
        legs = policies.opposite(policies.dispute_withdrawn(amount, dispute.currency))
        _post(dispute, Source.DISPUTE, movement.provider_id, legs, now)
    if not movement.fee or movement.currency != dispute.currency:
        return  # settled in another currency, a fee belongs to that conversion, as a payment's own
    legs = policies.provider_fee(abs(movement.fee), dispute.currency, dispute.attempt.order.mad_per_unit)
    if movement.fee > 0:
        _post(dispute, Source.FEE, movement.provider_id, legs, now)
    elif not _reversed(dispute, Source.FEE, -movement.fee, now):
        _post(dispute, Source.FEE, movement.provider_id, policies.opposite(legs), now)


def _reversed(dispute: Dispute, source: Source, amount: Decimal, now: datetime) -> bool:
    """Reverse the booking of a movement that was exactly this, if one stands."""
    field = {"amount": -amount} if source == Source.DISPUTE else {"fee": amount}
    went = dispute.movements.filter(**field, currency=dispute.currency).values("provider_id")
    standing = Entry.objects.filter(source=source, external_id__in=went, reversed_by=None).order_by("pk").first()
    if standing is None:
        return False
    ledger.reverse(entry_id=standing.pk, reason=f"{dispute.provider_id}: returned by the bank", now=now)
    return True


def lose(dispute: Dispute, *, now: datetime) -> None:
    """Give up what the bank keeps of a lost dispute, once, and what it takes later too.

    The office bears it, unless the money was only held to be given back.
    """
    left = taken(dispute) - _given_up(dispute)
    if left > 0:
        order = dispute.attempt.order
        if booking.is_held(dispute.attempt):
            legs = policies.held_lost(left, dispute.currency)
        else:
            legs = policies.dispute_lost(left, dispute.currency, order.mad_per_unit)
        place = ledger_queries.number_after(Source.DISPUTE, _lost(dispute))
        _post(dispute, Source.DISPUTE, f"{_lost(dispute)}{place}", legs, now)


def is_chargeable(dispute: Dispute) -> bool:
    """Tell whether a loss is one of the order's sale: held money, and what nobody could book, is no cooperative's."""
    attempt = dispute.attempt
    if dispute.state != Dispute.State.LOST or not is_bookable(dispute):
        return False
    if attempt.state != PaymentAttempt.State.SUCCEEDED:
        return False
    return ledger_queries.find(Source.HELD, attempt.idempotency_key) is None and _given_up(dispute) > 0


def charge_back(dispute: Dispute, *, now: datetime) -> Entry:
    """Take the disputed share of what is left of the sale from its cooperatives. Raises ``NothingToCharge``."""
    if not is_chargeable(dispute):
        raise NothingToCharge(dispute.provider_id)
    standing = ledger_queries.standing_of(dispute.attempt.order.number)
    legs = policies.charged_back(standing, _portion(dispute))
    if not legs:
        raise NothingToCharge(dispute.provider_id)
    return _post(dispute, Source.DISPUTE, _charged(dispute), legs, now)


def _portion(dispute: Dispute) -> Fraction:
    """Say which share of what refunds and other disputes have left of a payment was disputed."""
    attempt = dispute.attempt
    not_booked = (*Refund.NULL_STATES, Refund.State.ASKED)
    refunded = attempt.refunds.exclude(state__in=not_booked).aggregate(sum=Sum("amount"))["sum"] or ZERO
    others = attempt.disputes.filter(bearer=Dispute.Bearer.COOPERATIVES).exclude(pk=dispute.pk)
    charged = others.aggregate(sum=Sum("amount"))["sum"] or ZERO
    left = max(attempt.captured - refunded - charged, dispute.amount)
    return Fraction(dispute.amount) / Fraction(left)


def take_back_loss(dispute: Dispute, *, now: datetime) -> None:
    """Undo a loss and who bore it: the dispute was won after all."""
    losses = Entry.objects.filter(source=Source.DISPUTE, external_id__startswith=_lost(dispute), reversed_by=None)
    charged = Entry.objects.filter(source=Source.DISPUTE, external_id=_charged(dispute), reversed_by=None)
    number, reason = dispute.attempt.order.number, f"{dispute.provider_id}: won after all"
    returning.forget_made_good(number, reason=reason, now=now)
    for entry in [*charged, *losses.order_by("pk")]:
        ledger.reverse(entry_id=entry.pk, reason=reason, now=now)
    returning.follow_goods(number, name=f"{dispute.provider_id}-won", now=now)
    returning.make_good(number, name=f"{dispute.provider_id}-won", now=now)


def _given_up(dispute: Dispute) -> Decimal:
    """Say how much of it is booked as lost already."""
    booked = Line.objects.filter(
        entry__source=Source.DISPUTE,
        entry__external_id__startswith=_lost(dispute),
        entry__reversed_by=None,
        account__code=policies.accounts.DISPUTES,
        currency=dispute.currency,
    )
    return -from_minor(booked.aggregate(total=Sum("amount_minor"))["total"] or 0)


def _lost(dispute: Dispute) -> str:
    return f"{dispute.provider_id}-lost-"


def _charged(dispute: Dispute) -> str:
    return dispute.provider_id + returning.CHARGED_BACK


def _post(dispute: Dispute, source: Source, name: str, legs: tuple[Leg, ...], now: datetime) -> Entry:
    entry = NewEntry(
        source=source,
        external_id=name,
        legs=legs,
        occurred_at=now,
        memo=dispute.provider_id,
        order_number=dispute.attempt.order.number,
    )
    return ledger.post(entry, now=now)
