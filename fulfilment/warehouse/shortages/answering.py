"""What becomes of pieces that are nowhere else: what their buyer chose, or the rule once the time is over.

Every operation locks the order, then its consignments, then stock records, lots and what lies of them.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel import events
from fulfilment.orders import operations as orders
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH
from fulfilment.payments import operations as payments
from fulfilment.warehouse import parcels, policies, signals
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from .models import Shortage
from .policies import RULE, Choice

State, Outcome = Consignment.State, Shortage.Outcome
Parcels = dict[int, Consignment]


class Answered(Exception):
    """The buyer, or the time that was left, has decided already; ``shortage`` says what."""

    def __init__(self, shortage: Shortage) -> None:
        self.shortage = shortage
        super().__init__(shortage.outcome)


class TooLate(Exception):
    """The time to answer is over: the rule decides, though it has not yet."""


@transaction.atomic
def answer(*, shortage_id: int, choice: Choice, now: datetime, by: Any = None) -> Shortage:
    """Do what the buyer chose, through the link or, written down by someone of the office, on the phone.

    An order of which a parcel is closed already is not called off any more: the rest is sent. Raises ``Answered``,
    or ``TooLate`` for the link.
    """
    order, consignments, shortage = _locked(shortage_id)
    if shortage.outcome:
        raise Answered(shortage)
    if by is None and shortage.answer_by and shortage.answer_by <= now:
        raise TooLate(shortage_id)
    shortage.by_buyer, shortage.settled_by = True, by
    return do(order, consignments, shortage, choice, now)


@transaction.atomic
def answer_by_rule(*, shortage_id: int, now: datetime) -> bool:
    """Send without what is missing where the time to answer is over; False where it is not, or all was decided."""
    order, consignments, shortage = _locked(shortage_id)
    if shortage.outcome or shortage.answer_by is None or now < shortage.answer_by:
        return False
    do(order, consignments, shortage, RULE, now)
    return True


def do(order: Order, consignments: Parcels, shortage: Shortage, choice: Choice, now: datetime) -> Shortage:
    """Do what was chosen, of rows that are locked."""
    if choice == Choice.CALL_OFF:
        try:
            orders.cancel(order_id=order.pk, now=now)
        except orders.TooLateToCancel:
            pass
        else:
            settle(shortage, Outcome.CALLED_OFF, now)
            others = Shortage.objects.filter(consignment__order=order, outcome="")
            others.update(outcome=Outcome.CALLED_OFF, settled_at=now, by_buyer=shortage.by_buyer)
            return shortage
    _leave_out(order, consignments, shortage, now, whole=choice == Choice.NOT_THE_LINE)
    return shortage


def settle(shortage: Shortage, outcome: str, now: datetime) -> Shortage:
    shortage.outcome, shortage.settled_at = outcome, now
    shortage.save()
    return shortage


def _locked(shortage_id: int) -> tuple[Order, Parcels, Shortage]:
    order_id = Shortage.objects.values_list("consignment__order_id", flat=True).get(pk=shortage_id)
    order, consignments = parcels.locked_of(order_id)
    return order, consignments, Shortage.objects.select_related("order_line").get(pk=shortage_id)


def _leave_out(order: Order, consignments: Parcels, shortage: Shortage, now: datetime, *, whole: bool) -> None:
    """Send a parcel without what is missing, and give the money of just that back.

    What is paid at the door is paid line by line: a line of which a piece is missing is left out whole there.
    """
    line, consignment = shortage.order_line, consignments[shortage.consignment_id]
    link = ConsignmentLine.objects.get(order_line=line)  # fewer than were bought where some were left out before
    paid = order.payment_method != CASH
    kept = line.num_allocated or 0
    if paid and kept and not whole:
        missing, link.quantity = link.quantity - kept, kept
        link.save(update_fields=["quantity"])
    else:
        missing = link.quantity
        allocating.give_up_line(line, now)
        _set_aside(order, consignments, consignment, link, now)
    settle(shortage, Outcome.LEFT_OUT, now)
    if paid:
        payments.give_back_missing(order_id=order.pk, quantities={line.pk: missing}, now=now)
    events.announce(signals.line_left_out, order_id=order.pk, shortage_id=shortage.pk, missing=missing)
    status = policies.order_status([parcel.state for parcel in consignments.values()])
    if status is None:
        orders.cancel(order_id=order.pk, now=now)


def _set_aside(
    order: Order, consignments: Parcels, consignment: Consignment, link: ConsignmentLine, now: datetime
) -> None:
    """Take a line out of its parcel into one that never leaves; a parcel with nothing else in it is that one."""
    if consignment.lines.exclude(pk=link.pk).exists():
        aside = parcels.open_for(order, len(consignments) + 1, consignment.origin_id, [], now, state=State.SHORT)
        consignments[aside.pk] = aside
        ConsignmentLine.objects.filter(pk=link.pk).update(consignment=aside)
    else:
        parcels.write(consignment, State.SHORT, None, now)
        parcels.tell(consignment)
