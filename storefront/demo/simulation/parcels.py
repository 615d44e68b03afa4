"""What becomes of orders once they are to be sent: parcels on their way, at the door, back; what is returned later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from catalogue.kernel import periods
from fulfilment.customs import operations as customs
from fulfilment.customs import queries as customs_queries
from fulfilment.customs.models import ExportRecord
from fulfilment.orders.inspecting import operations as inspecting
from fulfilment.orders.inspecting.models import Returned
from fulfilment.orders.inspecting.operations import Found
from fulfilment.orders.models import Line, Order
from fulfilment.orders.withdrawing import operations as withdrawing
from fulfilment.orders.withdrawing.queries import for_withdrawing, offer_of
from fulfilment.payments import operations as payments
from fulfilment.payments.models import Refund
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.on_the_way import lose

from .agenda import Agenda
from .world import World, rib_of

REFUSED, ABSENT, LOST = 0.06, 0.08, 0.002
WITHDRAWN, SPOILT = 0.06, 0.2
BUYERS_ACCOUNT = 700_000


@dataclass
class Parcels:
    world: World
    agenda: Agenda
    random: Random

    def follow(self, order: Order, now: datetime) -> None:
        """Have an order's parcels packed, handed over and brought to the door."""
        self.agenda.at(now + self._hours(4, 30), partial(self._pack, order))

    def _pack(self, order: Order, now: datetime) -> None:
        for parcel in order.consignments.order_by("reference"):
            warehouse.pick(consignment_id=parcel.pk, by=self.world.clerk, now=now)
            warehouse.pack(consignment_id=parcel.pk, by=self.world.clerk, now=now)
        self.agenda.at(now + self._hours(2, 20), partial(self._hand_over, order))

    def _hand_over(self, order: Order, now: datetime) -> None:
        courier = self.random.choice(self.world.couriers)
        for parcel in order.consignments.order_by("reference"):
            warehouse.hand_over(consignment_id=parcel.pk, courier_id=courier.pk, by=self.world.clerk, now=now)
            self._send(parcel, now)

    def _send(self, parcel: Consignment, now: datetime) -> None:
        arrives_at = now + self._hours(24, 120)
        if self.random.random() < LOST:
            self.agenda.at(arrives_at, partial(self._lose, parcel))
        elif self.random.random() < ABSENT:
            self.agenda.at(arrives_at, partial(self._miss, parcel, 1))
        else:
            self.agenda.at(arrives_at, partial(self._at_the_door, parcel))

    def _lose(self, parcel: Consignment, now: datetime) -> None:
        lose(consignment_id=parcel.pk, why="never arrived", by=self.world.clerk, now=now)

    def _miss(self, parcel: Consignment, number: int, now: datetime) -> None:
        """Find nobody; half of those are there the second time, of the others it comes back."""
        warehouse.miss(consignment_id=parcel.pk, number=number, reason="nobody_there", by=self.world.clerk, now=now)
        if number == 2:
            self.agenda.at(now + self._hours(48, 96), partial(self._take_back, parcel))
        elif self.random.random() < 0.5:
            self.agenda.at(now + self._hours(20, 30), partial(self._miss, parcel, 2))
        else:
            self.agenda.at(now + self._hours(20, 30), partial(self._at_the_door, parcel))

    def _at_the_door(self, parcel: Consignment, now: datetime) -> None:
        if self.random.random() < REFUSED:
            warehouse.refuse(consignment_id=parcel.pk, reason="changed_mind", by=self.world.clerk, now=now)
            self.agenda.at(now + self._hours(48, 96), partial(self._take_back, parcel))
            return
        warehouse.deliver(consignment_id=parcel.pk, by=self.world.clerk, now=now)
        if self.random.random() < WITHDRAWN:
            self.agenda.at(now + self._hours(24, 150), partial(self._withdraw, parcel.order_id))

    def _take_back(self, parcel: Consignment, now: datetime) -> None:
        warehouse.take_back(consignment_id=parcel.pk, by=self.world.clerk, now=now)
        self._inspect(parcel.reference, now)

    def _withdraw(self, order_id: int, now: datetime) -> None:
        """Let a buyer send some of an order back, where it may be sent back by now."""
        order = Order.objects.get(pk=order_id)
        offer = offer_of(order, for_withdrawing(Line.objects.filter(order=order).order_by("pk")), now)
        if not offer.is_open:
            return
        pieces = {item.line.pk: self.random.randint(1, item.left) for item in offer.open_items}
        number = order.withdrawals.count() + 1
        withdrawal = withdrawing.declare(
            order_id=order.pk, pieces=pieces, name=order.buyer_name, confirmation=f"{order.number}-{number}", now=now
        )
        back_at = now + self._hours(48, 200)
        self.agenda.at(back_at, partial(self._accept, withdrawal.pk, withdrawal.reference, pieces))

    def _accept(self, withdrawal_id: int, reference: str, pieces: dict[int, int], now: datetime) -> None:
        """Take back what arrived and give its money back, where no dispute has taken that meanwhile."""
        withdrawing.take_back(withdrawal_id=withdrawal_id, by=self.world.clerk, now=now)
        try:
            withdrawing.accept(withdrawal_id=withdrawal_id, back=pieces, by=self.world.clerk, now=now)
        except (payments.PaymentDisputed, payments.MoreThanCaptured, payments.MoreThanLeft):
            withdrawing.reject(withdrawal_id=withdrawal_id, rejection="OTHER_GOODS", by=self.world.clerk, now=now)
            return
        self._inspect(reference, now)

    def _inspect(self, reference: str, now: datetime) -> None:
        """Put what is as new back on its shelf, write the rest off."""
        rows = Returned.objects.filter(reference=reference, inspected_at=None).order_by("pk")
        found = {row.pk: self._found(row.quantity) for row in rows}
        if found:
            inspecting.inspect(reference=reference, found=found, by=self.world.clerk, now=now)

    def _found(self, pieces: int) -> Found:
        return Found(pieces - 1, "damaged") if self.random.random() < SPOILT else Found(pieces)

    def _hours(self, first: int, last: int) -> timedelta:
        return timedelta(seconds=self.random.randrange(first * 3600, last * 3600))


def see_to_refunds(world: World, now: datetime) -> None:
    """Agree to what waits for a second person, and make the transfers to those who paid cash."""
    for refund in _refunds(Refund.State.ASKED):
        try:
            payments.approve_refund(refund_id=refund.pk, by=world.head, now=now)
        except (payments.PaymentDisputed, payments.MoreThanCaptured):
            payments.decline_refund(refund_id=refund.pk, by=world.head, note="disputed", now=now)
    for refund in _refunds(Refund.State.DUE, way=Refund.Way.TRANSFER):
        holder, number = refund.attempt.order.buyer_name, BUYERS_ACCOUNT + refund.attempt.order_id
        payments.give_account(refund_id=refund.pk, holder=holder, account=rib_of(number), now=now)
        payments.transfer_made(refund_id=refund.pk, reference=f"VIR-{refund.pk}", by=world.clerk, now=now)


def prove_exits(world: World, now: datetime) -> None:
    """Write the declaration and the post's receipt of every parcel that left for abroad by now."""
    for parcel in customs_queries.without_proof(left_before=now).order_by("pk"):
        latest = customs_queries.latest(parcel.pk)
        customs.record_export(
            consignment_id=parcel.pk,
            based_on=latest.pk if latest else None,
            courier_id=parcel.courier_id,
            declaration_number=f"DUM-{parcel.reference}",
            declared_on=periods.day_of(now),
            proof_kind=ExportRecord.Proof.POSTING,
            proof_reference=f"REC-{parcel.reference}",
            proof_on=periods.day_of(now),
            scan=None,
            by=world.clerk,
            now=now,
        )


def _refunds(state: str, **fields: str) -> Sequence[Refund]:
    return list(Refund.objects.select_related("attempt__order").filter(state=state, **fields).order_by("pk"))
