"""Money taken back of order lines and put back, posted with the ledger's own policies: refunds, disputes, reversals."""

from fractions import Fraction
from itertools import count

from django.db import transaction
from django.utils import timezone

from catalogue.kernel.money import to_minor
from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey, Leg, NewEntry, Source
from fulfilment.ledger.policies.accounts import DISPUTES_LOST, PAYABLE
from fulfilment.orders.models import Line
from fulfilment.payments import frozen

numbers = count(1)


@transaction.atomic
def give_back(line: Line, pieces: int, before: int = 0) -> Entry:
    """Book the refund of some pieces of a delivered line, ``before`` of which were given back already."""
    order = line.order
    sold = frozen.sale_of(order, frozen.lines_of([order])[order.pk], method="card")
    portions = {line.pk: Fraction(pieces, line.quantity)}
    already = {line.pk: Fraction(before, line.quantity)}
    legs = policies.refund(sold, policies.Refund(portions, already=already, delivered=frozenset({line.pk})))
    return _post(Source.REFUND, legs, order.number)


@transaction.atomic
def charge_back(line: Line) -> Entry:
    """Book that a cooperative bears a lost dispute: all that it earned by this line."""
    amount = to_minor(line.owed_mad)
    legs = (
        Leg(AccountKey(PAYABLE, "MAD", line.partner_id), amount, line.pk),
        Leg(AccountKey(DISPUTES_LOST), -amount),
    )
    return _post(Source.DISPUTE, legs, line.order.number)


@transaction.atomic
def put_back(entry: Entry) -> Entry:
    return ledger.reverse(entry_id=entry.pk, reason="it failed", now=timezone.now())


def _post(source: Source, legs: tuple[Leg, ...], order_number: str) -> Entry:
    now = timezone.now()
    entry = NewEntry(source, f"test-{next(numbers)}", legs, now, order_number=order_number)
    return ledger.post(entry, now=now)
