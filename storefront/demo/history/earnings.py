"""What was paid at the door for told parcels, and what their cooperatives earned."""

from catalogue.kernel.money import ZERO
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH
from fulfilment.orders.withdrawing.policies import ends_at
from fulfilment.payments.models import CashCollected
from fulfilment.payouts.models import OrderCash, Payable
from fulfilment.warehouse.models import Consignment

from .draw import Purchase
from .written import Written

State, Status = Consignment.State, Order.Status


def collect(written: Written) -> None:
    """Each delivered parcel was paid at the door, the first with the delivery, the rounding and the duty."""
    door = written.order.at_the_door
    with_first = written.order.shipping_incl_tax + (door.change if door else ZERO)
    delivered = [parcel for parcel in written.consignments if parcel.delivered_at is not None]
    for parcel in sorted(delivered, key=lambda parcel: (parcel.delivered_at, parcel.reference)):
        first = not written.collections
        inside = [link.order_line for link in written.consignment_lines if link.consignment is parcel]
        amount = sum((line.line_price_incl_tax for line in inside), with_first if first else ZERO)
        written.collections.append(
            CashCollected(
                attempt=written.attempt,
                parcel=parcel.reference,
                amount=amount,
                with_delivery=first,
                collected_at=parcel.delivered_at,
            )
        )
    written.attempt.captured = sum((row.amount for row in written.collections), ZERO)


def earn(written: Written, purchase: Purchase) -> None:
    """Write what each delivered line earned, dated once all has arrived; cash, once it is handed in."""
    is_cash = written.order.payment_method == CASH
    whole = written.order.status == Status.DELIVERED
    for link in written.consignment_lines:
        parcel, line = link.consignment, link.order_line
        if parcel.state != State.DELIVERED:
            continue
        written.payables.append(
            Payable(
                cooperative_id=line.partner_id,
                order_line=line,
                earned_at=parcel.delivered_at,
                withdrawal_ends_at=ends_at(purchase.ended_at, line.withdrawal_period.days) if whole else None,
                money_in_at=None if is_cash else parcel.delivered_at,
            )
        )
    if is_cash and written.payables:
        written.cash = OrderCash(order=written.order)


def date_cash(written: Written) -> None:
    """Say since when all the money of an order paid at the door is in, once its couriers have handed it in."""
    handed_in = [row.remittance for row in written.collections]
    if written.cash is None or written.order.status != Status.DELIVERED or not all(handed_in):
        return
    written.cash.in_at = max(remittance.recorded_at for remittance in handed_in if remittance is not None)
    for payable in written.payables:
        payable.money_in_at = written.cash.in_at
