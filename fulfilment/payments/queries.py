"""Reads of payment attempts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import (
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from catalogue.kernel.money import ZERO
from catalogue.kernel.text import fold_digits
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH, NUMBER_LENGTH, fold_number
from fulfilment.orders.queries import unpaid_since
from fulfilment.orders.transfers import ends_soon
from fulfilment.shipping.models import Courier

from . import frozen
from .gateways import REMOTE
from .models import BankCredit, CashCollected, CashRemittance, PaymentAttempt, Refund, StripeEvent
from .policies import GIVEN_BACK, REMINDED
from .sums import given_back, lost, partly_lost

State = PaymentAttempt.State
ATTEMPT_OPEN = PaymentAttempt.OPEN_STATES
NOT_FOLLOWED = Q(followed_by=None)


@dataclass(frozen=True)
class Standing:
    """How the payments of an order stand: may it be paid by card, is money of it held for a person.

    ``cancelled``: every payment so far was given up by the bank. ``awaited``: a transfer is on its way, or will be.
    ``on_card``: the amount is held on the card.
    """

    payable: bool
    held: bool
    cancelled: bool = False
    awaited: bool = False
    on_card: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing can come any more, and nobody looks at anything."""
        return self.cancelled or not (self.payable or self.held or self.awaited or self.on_card)


def attempt_of_order(*, order_id: int, intent_id: str) -> PaymentAttempt | None:
    """Return the attempt that a payment belongs to, only if it is this order's."""
    return PaymentAttempt.objects.filter(order_id=order_id, intent_id=intent_id).first()


def latest(order_id: int) -> PaymentAttempt | None:
    """Return an order's last attempt."""
    return PaymentAttempt.objects.filter(order_id=order_id).order_by("-number").first()


def standing_of(order_id: int) -> Standing:
    """Say how an unpaid order's payments stand (one query)."""
    attempts = list(PaymentAttempt.objects.filter(order_id=order_id).annotate(puzzling=Exists(_puzzling_credits())))
    standing = standing_among(attempt for attempt in attempts if attempt.provider in REMOTE)
    return replace(
        standing,
        held=standing.held or any(attempt.puzzling for attempt in attempts),
        awaited=any(attempt.provider == "transfer" and attempt.state in ATTEMPT_OPEN for attempt in attempts),
    )


def _puzzling_credits() -> QuerySet[BankCredit]:
    """Return lines of the bank's statement that name an attempt and wait for a person."""
    return BankCredit.objects.filter(attempt=OuterRef("pk"), state=BankCredit.State.WAITING)


def looked_at(attempts: QuerySet[PaymentAttempt]) -> QuerySet[PaymentAttempt]:
    """Keep attempts with money that a person looks at: nothing of their order is undone before they decided."""
    return attempts.filter(Q(state=State.QUARANTINED) | Exists(_puzzling_credits()))


def standing_among(attempts: Iterable[PaymentAttempt]) -> Standing:
    """Say it of attempts at hand. Another may follow those that the provider gave up, not those a person decided."""
    attempts = list(attempts)
    states = {attempt.state for attempt in attempts}
    held = State.QUARANTINED in states
    decided = any(attempt.last_error.startswith(GIVEN_BACK) for attempt in attempts)
    cancelled = states == {State.CANCELLED}
    waits = not states.isdisjoint(PaymentAttempt.WAITING_STATES)
    on_card = State.AUTHORISED in states
    payable = not (held or on_card) and (waits or (cancelled and not decided))
    return Standing(payable=payable, held=held, cancelled=cancelled, on_card=on_card)


def abandoned_orders(now: datetime) -> QuerySet:
    """Return the keys of overdue orders that no provider could still be paid for, and no person looks at money of.

    A transfer that comes after this is late money.
    """
    attempts = PaymentAttempt.objects.filter(order=OuterRef("pk"))
    may_come = attempts.filter(provider__in=REMOTE, state__in=PaymentAttempt.WAITING_STATES)
    return unpaid_since(now).filter(~Exists(may_come), ~Exists(looked_at(attempts))).values_list("pk", flat=True)


def refunds_of(order_id: int) -> list[Refund]:
    """Return what of an order's money was given back, or will be (one query)."""
    found = Refund.objects.filter(attempt__order_id=order_id).select_related("transfer", "followed_by")
    return list(found.order_by("pk"))


def came_too_late(order_id: int) -> bool:
    """Tell whether money of an order goes back because the order had ended."""
    return Refund.objects.filter(attempt__order_id=order_id, reason=Refund.Reason.PAID_TOO_LATE).exists()


def refund_counts() -> dict[str, int]:
    """How many refunds by state, those that are over left out."""
    over = (Refund.State.SUCCEEDED, Refund.State.DECLINED, Refund.State.FAILED)
    counted = ~Q(state__in=over) | Q(pk__in=refunds_to_look_at().values("pk"))
    return dict(Refund.objects.filter(NOT_FOLLOWED, counted).order_by().values_list("state").annotate(Count("pk")))


def refunds_to_look_at() -> QuerySet[Refund]:
    """Return refunds that failed and were not made since, again or another way.

    Those left out that cannot be made any more, because the buyer's bank won so much of the payment.
    """
    failed = Refund.objects.filter(NOT_FOLLOWED, state=Refund.State.FAILED)
    failed = failed.alias(lost=lost("attempt"), given=given_back("attempt"))
    return failed.filter(Q(lost=0) | Q(amount__lte=F("attempt__captured") - F("given") - F("lost")))


def unapplied_events(now: datetime) -> tuple[int, timedelta]:
    """How many events of Stripe's wait to be applied, and how long the oldest has."""
    found = StripeEvent.objects.filter(processed_at=None).aggregate(number=Count("pk"), since=Min("created_at"))
    return found["number"], now - found["since"] if found["since"] else timedelta()


def event_lags(now: datetime) -> list[timedelta]:
    """How long events took from Stripe to their effect here, in the last hour, the shortest first."""
    recent = StripeEvent.objects.filter(processed_at__gt=now - timedelta(hours=1)).annotate(
        lag=ExpressionWrapper(F("processed_at") - F("created_at"), output_field=DurationField())
    )
    return sorted(recent.order_by("-processed_at").values_list("lag", flat=True)[:1000])


def to_look_at() -> QuerySet[PaymentAttempt]:
    """Return payments that wait for a person.

    Money is held, a refund failed and was not made another way, or the bank left a part of what is to be given back.
    """
    failed = refunds_to_look_at().filter(attempt=OuterRef("pk"))
    rests = partly_lost().filter(order__status=Order.Status.CANCELLED)
    return PaymentAttempt.objects.filter(Q(state=State.QUARANTINED) | Exists(failed) | Q(pk__in=rests.values("pk")))


def waiting_credits() -> QuerySet[BankCredit]:
    """Return lines of the bank's statement that wait for a person, oldest first, with the order they may be for."""
    waiting = BankCredit.objects.filter(state=BankCredit.State.WAITING)
    return waiting.select_related("attempt__order", "recorded_by").order_by("recorded_at", "pk")


def decided_credits() -> QuerySet[BankCredit]:
    """Return lines of the statement that someone or their reference decided, newest first."""
    decided = BankCredit.objects.exclude(state=BankCredit.State.WAITING)
    return decided.select_related("attempt__order", "recorded_by", "decided_by").order_by("-recorded_at", "-pk")


def awaited_transfers() -> QuerySet[PaymentAttempt]:
    """Return transfers that orders wait for, those whose time ends first before the others."""
    awaited = PaymentAttempt.objects.filter(
        provider="transfer", state=State.STARTED, order__status=Order.Status.PENDING_PAYMENT
    )
    return awaited.select_related("order__invoice_party").order_by("order__reserved_until", "pk")


def transfers_to_remind_of(now: datetime) -> list[Order]:
    """Return orders whose transfer has few working days left and whose buyer was not reminded."""
    orders = Order.objects.filter(
        payment_method=Order.PaymentMethod.TRANSFER,
        status=Order.Status.PENDING_PAYMENT,
        reserved_until__gt=now,
        payment_attempts__provider="transfer",
        payment_attempts__state=State.STARTED,
    ).exclude(events__kind=REMINDED)
    unclear = looked_at(PaymentAttempt.objects.filter(order=OuterRef("pk")))
    return [
        order
        for order in orders.filter(~Exists(unclear)).order_by("pk")
        if order.reserved_until is not None and ends_soon(order.reserved_until, now)
    ]


def order_named(message: str) -> Order | None:
    """Return the order whose number stands in what a payer wrote, however it is spaced; None for none, or two."""
    folded = fold_number(fold_digits(message))
    numbers = {folded[start : start + NUMBER_LENGTH] for start in range(len(folded) - NUMBER_LENGTH + 1)}
    found = list(Order.objects.filter(number__in=numbers)[:2])
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Debt:
    """What a courier took and has not handed in: the collections it stands for, and what is ``on_account`` for them.

    ``courier`` is none for cash that nobody was named for.
    """

    courier: Courier | None
    collections: tuple[CashCollected, ...]
    on_account: Decimal = ZERO

    @property
    def owed(self) -> Decimal:
        return sum((row.amount for row in self.collections), ZERO) - self.on_account

    @property
    def oldest_at(self) -> datetime | None:
        return min((row.collected_at for row in self.collections), default=None)


def debts() -> list[Debt]:
    """Return what each courier owes, the oldest first (four queries)."""
    waiting: dict[int | None, list[CashCollected]] = {}
    for row in CashCollected.objects.filter(remittance=None).select_related("attempt__order"):
        waiting.setdefault(row.courier_id, []).append(row)
    found = [
        Debt(courier, tuple(waiting.get(courier.pk, ())), on_account)
        for courier, on_account in _on_accounts(Courier.objects.order_by("kind", "name"))
    ]
    if None in waiting:
        found.append(Debt(None, tuple(waiting[None])))
    return found


def _on_accounts(couriers: Iterable[Courier]) -> Iterator[tuple[Courier, Decimal]]:
    """Say what each courier handed in beyond the collections that it paid for whole."""
    handed = dict(CashRemittance.objects.order_by().values_list("courier").annotate(Sum("amount")))
    paid_rows = CashCollected.objects.exclude(remittance=None).order_by()
    paid = dict(paid_rows.values_list("courier").annotate(Sum("amount")))
    for courier in couriers:
        yield courier, handed.get(courier.pk, ZERO) - paid.get(courier.pk, ZERO)


def owed_by(courier_id: int) -> Decimal:
    """Return what a courier took less what was handed in: their part of the ledger's account (two queries)."""
    taken = CashCollected.objects.filter(courier=courier_id).aggregate(total=Sum("amount"))["total"] or ZERO
    handed = CashRemittance.objects.filter(courier=courier_id).aggregate(total=Sum("amount"))["total"] or ZERO
    return Decimal(taken - handed)


def collections_of(order_id: int) -> list[CashCollected]:
    """Return what was collected at the door for an order (one query)."""
    rows = CashCollected.objects.filter(attempt__order_id=order_id).select_related("courier", "remittance")
    return list(rows)


def collected_for(order: str = "pk") -> Subquery:
    """For a query: what couriers were paid for its order; nothing where it was not paid parcel by parcel."""
    rows = CashCollected.objects.filter(attempt__order=OuterRef(order)).order_by().values("attempt__order")
    return Subquery(rows.annotate(sum=Sum("amount")).values("sum"))


def total_in_the_end() -> Case:
    """For a query of orders: the total of each, of one that came in cash without what was refused at the door."""
    came = Q(payment_method=CASH, status__in=(Order.Status.DELIVERED, Order.Status.COMPLETED))
    return Case(When(came, then=Coalesce(collected_for(), F("total_incl_tax"))), default=F("total_incl_tax"))


def due_at_door(order: Order, parcel: str) -> Decimal | None:
    """Return what the courier asks for this parcel as things stand; none when the order is not paid in cash."""
    attempt = PaymentAttempt.objects.filter(order=order, provider="cash", state=State.STARTED).first()
    if attempt is None:
        return None
    delivery_paid = attempt.collections.filter(with_delivery=True).exists()
    return frozen.next_at_door(order, parcel, delivery_paid=delivery_paid)[0].gross


def remittances() -> QuerySet[CashRemittance]:
    """Return what couriers handed in, the newest first."""
    return CashRemittance.objects.select_related("courier", "recorded_by").order_by("-recorded_at", "-pk")
