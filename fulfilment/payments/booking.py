"""What payments write in the ledger, in the transaction that moves the money."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from catalogue.kernel.money import from_minor
from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger import queries as ledger_queries
from fulfilment.ledger.models import Line
from fulfilment.ledger.policies import NewEntry, Sale, Source
from fulfilment.orders.models import Line as OrderLine

from . import frozen
from .models import BankCredit, CashCollected, CashRemittance, PaymentAttempt

METHODS = {"stripe": "card", "acquirer": "card"}
"""How an order was paid, where the provider goes by another name."""

TAKEN = "-taken"
"""How the entries of held money end that a bank took for good, once the rest of it went back."""


class SaleDiffers(Exception):
    """An order's rows do not add up to what was paid for it: nothing is booked that is not true."""

    def __init__(self, number: str, rows: Decimal, paid: Decimal) -> None:
        self.number = number
        super().__init__(f"the rows of order {number} come to {rows}, and {paid} was paid")


def sell(attempt: PaymentAttempt, *, now: datetime) -> None:
    """Book the sale that a payment settled: one for each order, whoever finds out how often. Raises ``SaleDiffers``."""
    order = attempt.order
    sale = sale_behind(attempt)
    if sale.gross != attempt.amount:
        raise SaleDiffers(order.number, sale.gross, attempt.amount)
    ledger.post(_entry(attempt, sale, now), now=now)


def hold(attempt: PaymentAttempt, *, received: Decimal, currency: str, now: datetime) -> None:
    """Book money that is with us and not ours. Some that says paid with nothing received is no money."""
    if received > 0:
        _hold(attempt, attempt.idempotency_key, received, currency, now)


def hold_again(attempt: PaymentAttempt, *, refund: str, received: Decimal, currency: str, now: datetime) -> None:
    """Book that held money is back: the refund of this key had gone through, and failed after all."""
    if ledger_queries.find(Source.HELD, attempt.idempotency_key) is not None:
        _hold(attempt, f"{attempt.idempotency_key}-{refund}", received, currency, now)


def _hold(attempt: PaymentAttempt, name: str, received: Decimal, currency: str, now: datetime) -> None:
    ledger.post(
        NewEntry(
            source=Source.HELD,
            external_id=name,
            legs=policies.money_held(received, currency),
            occurred_at=now,
            memo=attempt.intent_id or "",
            order_number=attempt.order.number,
        ),
        now=now,
    )


def give_back(attempt: PaymentAttempt, *, now: datetime, reason: str = "given back by a person") -> None:
    """Book that held money went back where it came from: all of it but what a bank took for good, which stays booked.

    The reversal of the whole is met by a new entry of the part that was lost, so that both it and its loss stand.
    """
    for held in ledger_queries.still_held(attempt.order.number, attempt.intent_id or ""):
        ledger.reverse(entry_id=held.pk, reason=reason, now=now)
    for currency, lost in _held_lost(attempt):
        name = f"{attempt.idempotency_key}{TAKEN}"
        place = ledger_queries.number_after(Source.HELD, name)
        _hold(attempt, f"{name}-{place}" if place > 1 else name, lost, currency, now)


def is_held(attempt: PaymentAttempt) -> bool:
    """Tell whether money of an attempt is with us to be given back, in whole or in part."""
    standing = ledger_queries.still_held(attempt.order.number, attempt.intent_id or "")
    return any(TAKEN not in entry.external_id for entry in standing)


def _held_lost(attempt: PaymentAttempt) -> list[tuple[str, Decimal]]:
    """Say what disputes took for good of money that was held, by currency."""
    booked = Line.objects.filter(
        entry__source=Source.DISPUTE,
        entry__memo__in=attempt.disputes.values("provider_id"),
        entry__reversed_by=None,
        account__code=policies.accounts.HELD,
    )
    sums = booked.order_by().values_list("currency").annotate(total=Sum("amount_minor"))
    return [(currency, from_minor(total)) for currency, total in sums]


def take_in(credit: BankCredit, *, now: datetime) -> None:
    """Book a line of our bank's statement. Until an order is found for it, it stays among transfers not yet matched."""
    ledger.post(taken_in(credit, now), now=now)


def taken_in(credit: BankCredit, occurred_at: datetime) -> NewEntry:
    """Work out the entry of a line. It names no order: which one it pays for is often found out later."""
    return NewEntry(
        source=Source.TRANSFER,
        external_id=credit.reference,
        legs=policies.transfer_received(credit.amount, credit.currency),
        occurred_at=occurred_at,
        memo=f"value {credit.value_on}",
    )


def send_back(credit: BankCredit, *, now: datetime) -> None:
    """Book that money which nobody could place left our bank again."""
    entry = ledger_queries.find(Source.TRANSFER, credit.reference)
    if entry is None:
        raise LookupError(credit.reference)
    ledger.reverse(entry_id=entry.pk, reason=f"sent back as {credit.returned_as}", now=now)


def keep_fee(attempt: PaymentAttempt, *, now: datetime) -> None:
    """Book what the provider keeps of a payment, said in the currency that was paid.

    Where it settles in another one, the fee belongs to that conversion, which the bank's statement tells of.
    """
    if not attempt.fee or attempt.settled_currency != attempt.currency:
        return
    ledger.post(
        NewEntry(
            source=Source.FEE,
            external_id=attempt.charge_id,
            legs=policies.provider_fee(attempt.fee, attempt.currency, attempt.order.mad_per_unit),
            occurred_at=now,
            memo=attempt.intent_id or "",
            order_number=attempt.order.number,
        ),
        now=now,
    )


def sales(attempts: Iterable[PaymentAttempt]) -> Iterator[NewEntry]:
    """Work out the sale behind each settled payment from its order's rows, dated when it settled (four queries).

    What was collected at the door parcel by parcel is in ``sales_at_door``.
    """
    attempts = list(attempts)
    at_door = set(CashCollected.objects.filter(attempt__in=attempts).values_list("attempt_id", flat=True))
    attempts = [attempt for attempt in attempts if attempt.pk not in at_door]
    lines = frozen.lines_of(attempt.order for attempt in attempts)
    for attempt in attempts:
        yield _entry(attempt, _sale(attempt, lines), attempt.updated_at)


def sale_behind(attempt: PaymentAttempt) -> Sale:
    """Put the sale that a payment is for together again, from its order's frozen rows (three queries)."""
    return sales_behind([attempt])[attempt.pk]


def sales_behind(attempts: Iterable[PaymentAttempt]) -> dict[int, Sale]:
    """Do so for many, by attempt (three queries). Of what is paid at the door, only accepted parcels were sold."""
    attempts = list(attempts)
    lines = frozen.lines_of(attempt.order for attempt in attempts)
    accepted: dict[int, list[CashCollected]] = {}
    for row in CashCollected.objects.filter(attempt__in=attempts):
        accepted.setdefault(row.attempt_id, []).append(row)
    return {attempt.pk: _sale(attempt, lines, accepted.get(attempt.pk, ())) for attempt in attempts}


def sell_at_door(collected: CashCollected, sale: Sale, *, now: datetime) -> None:
    """Book what a courier was paid for."""
    if sale.gross > 0:
        ledger.post(_at_door(collected, sale), now=now)


def sales_at_door(rows: Iterable[CashCollected]) -> Iterator[NewEntry]:
    """Work out the entry of each collection from its order's rows (three queries)."""
    rows = list(rows)
    lines = frozen.lines_of(row.attempt.order for row in rows)
    for row in rows:
        sale = _sale(row.attempt, lines, [row])
        if sale.gross > 0:
            yield _at_door(row, sale)


def _at_door(collected: CashCollected, sale: Sale) -> NewEntry:
    """The first is named after its order, as any sale; what follows after its parcel."""
    number = collected.attempt.order.number
    return NewEntry(
        source=Source.SALE,
        external_id=number if collected.with_delivery else collected.parcel,
        legs=policies.sale(sale),
        occurred_at=collected.collected_at,
        memo=collected.parcel,
        order_number=number,
    )


def remit(remittance: CashRemittance, *, now: datetime) -> None:
    """Book cash that a courier handed in."""
    for entry in remittances([remittance]):
        ledger.post(entry, now=now)


def remittances(rows: Iterable[CashRemittance]) -> Iterator[NewEntry]:
    """Work out the entry of each remittance."""
    for row in rows:
        yield NewEntry(
            source=Source.REMITTANCE,
            external_id=str(row),
            legs=policies.cash_remitted(row.amount, row.fees),
            occurred_at=row.recorded_at,
            memo=row.reference,
        )


def _sale(
    attempt: PaymentAttempt, lines: Mapping[int, Sequence[OrderLine]], collected: Collection[CashCollected] = ()
) -> Sale:
    return frozen.sale_of(
        attempt.order,
        lines.get(attempt.order_id, []),
        method=METHODS.get(attempt.provider, attempt.provider),
        parcels={row.parcel for row in collected} or None,
        first=next((row.parcel for row in collected if row.with_delivery), None),
    )


def _entry(attempt: PaymentAttempt, sale: Sale, occurred_at: datetime) -> NewEntry:
    number = attempt.order.number
    return NewEntry(
        source=Source.SALE,
        external_id=number,
        legs=policies.sale(sale),
        occurred_at=occurred_at,
        memo=attempt.intent_id or attempt.idempotency_key,
        order_number=number,
    )
