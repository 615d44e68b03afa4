"""What buyers do: fill a basket and place its order, pay it or not, call it off, change their mind, dispute it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from catalogue.cooperatives.models import StockRecord
from catalogue.cooperatives.strategy import PublishedPriceStrategy
from catalogue.kernel.shopping import HOME_COUNTRY, Shopping
from fulfilment.orders import operations as orders
from fulfilment.orders.confirming import operations as confirming
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CARD, CASH, Item
from fulfilment.orders.queries import quote as make_quote
from fulfilment.payments import operations as payments
from fulfilment.payments.models import PaymentAttempt
from fulfilment.shipping import queries as shipping
from storefront.basket.models import Basket
from storefront.checkout import operations as checkout

from .agenda import Agenda
from .bank import CardBank
from .parcels import Parcels
from .world import World

PLACES = (Shopping("MAD", "MA"), Shopping("EUR", "FR"), Shopping("USD", "US"))
OFTEN = (70, 20, 10)
BY_CASH, NEVER_PAID, SAYS_NO, CALLED_OFF = 0.6, 0.03, 0.2, 0.03
DISPUTED, WON = 0.012, 0.5
RETURNING = 0.15
SETTLES = timedelta(minutes=2)


@dataclass
class Buyers:
    world: World
    agenda: Agenda
    bank: CardBank
    random: Random
    parcels: Parcels
    placed: int = 0

    def buy(self, now: datetime) -> None:
        """Place an order, then have what follows happen."""
        shopping = self.random.choices(PLACES, OFTEN)[0]
        basket = self._basket(shopping)
        wanted = self._wanted(basket, shopping, now)
        try:
            placed = checkout.place(basket_id=basket.pk, wanted=wanted, now=now)
        except orders.CashNotOffered:
            return  # refused at the door too often: they leave
        self.placed += 1
        order = Order.objects.get(pk=placed.order_id)
        if order.payment_method == CARD:
            self.agenda.at(now + SETTLES, partial(self._pay, order))
        elif order.status == Order.Status.PENDING_CONFIRMATION:
            self.agenda.at(now + timedelta(hours=3), partial(self._answer, order))
        else:
            self._go_on(order, now)

    def _basket(self, shopping: Shopping) -> Basket:
        basket = Basket()
        basket.strategy = PublishedPriceStrategy(shopping=shopping)
        wanted = self.random.sample(self.world.goods, self.random.choice((1, 1, 1, 2)))
        for record in wanted:
            fresh = StockRecord.objects.select_related("partner", "product").get(pk=record.pk)
            basket.add_product(fresh.product, self.random.choice((1, 1, 1, 2, 3)), stockrecord=fresh)
        return basket

    def _wanted(self, basket: Basket, shopping: Shopping, now: datetime) -> checkout.Wanted:
        address = self._address(shopping)
        items = [Item(*row) for row in basket.lines.order_by("pk").values_list("stockrecord_id", "quantity")]
        zone = shipping.zone_of(shopping.destination, address.get("province"))
        quote = make_quote(items, shopping=shopping, zone_code=zone, now=now)
        way = self.random.choice(quote.deliveries)
        at_home = shopping.destination == HOME_COUNTRY
        method = CASH if at_home and self.random.random() < BY_CASH else CARD
        return checkout.Wanted(
            shopping=shopping,
            language=self.random.choice(("ar", "fr", "en")),
            address=address,
            email="",
            delivery=way.code,
            payment_method=method,
            shown=(quote.fingerprint(way, method),),
        )

    def _address(self, shopping: Shopping) -> dict[str, Any]:
        known = self.placed * (1 - RETURNING)
        number = self.random.randrange(int(known) + 1) if self.random.random() < RETURNING else self.placed
        fields = {
            "last_name": f"Acheteur {number}",
            "phone_number": f"+2127{number:08d}",
            "country_id": shopping.destination,
            "line1": "12 rue du Four",
            "line4": "Taounate" if shopping.destination == HOME_COUNTRY else "Lyon",
        }
        return fields | ({"province": self.world.province} if shopping.destination == HOME_COUNTRY else {})

    def _pay(self, order: Order, now: datetime) -> None:
        """Pay by card, or leave the page: then the order expires."""
        payment = payments.start(order_id=order.pk, now=now)
        if self.random.random() < NEVER_PAID:
            over = order.reserved_until or now
            self.agenda.at(over + SETTLES, self._sweep)
            return
        self.bank.pay(payment.id)
        payments.settle(intent_id=payment.id, now=now)
        if self.random.random() < DISPUTED:
            self.agenda.at(now + timedelta(days=self.random.randrange(5, 50)), partial(self._dispute, payment.id))
        self._go_on(order, now)

    def _answer(self, order: Order, now: datetime) -> None:
        """Answer the desk's call about an order in cash."""
        declines = self.random.random() < SAYS_NO
        outcome, note = ("DECLINED", "changed their mind") if declines else ("CONFIRMED", "")
        confirming.record_call(order_id=order.pk, number=1, outcome=outcome, note=note, by=self.world.clerk, now=now)
        if not declines:
            self._go_on(order, now)

    def _go_on(self, order: Order, now: datetime) -> None:
        if self.random.random() < CALLED_OFF:
            self.agenda.at(now + timedelta(minutes=30), partial(self._call_off, order))
            return
        self.parcels.follow(order, now)

    def _sweep(self, now: datetime) -> None:
        payments.sweep(now=now)

    def _call_off(self, order: Order, now: datetime) -> None:
        payments.cancel_order(order_id=order.pk, now=now)

    def _dispute(self, payment_id: str, now: datetime) -> None:
        """Let a buyer's bank take back what is still with the shop, whole; decide some weeks later."""
        attempt = PaymentAttempt.objects.get(intent_id=payment_id)
        if attempt.refunds.exists():
            return
        name = self.bank.open_dispute(payment_id)
        payments.settle_dispute(provider_id=name, now=now)
        self.agenda.at(now + timedelta(days=self.random.randrange(10, 35)), partial(self._decide, name))

    def _decide(self, name: str, now: datetime) -> None:
        won = self.random.random() < WON
        self.bank.close_dispute(name, won=won)
        dispute = payments.settle_dispute(provider_id=name, now=now)
        if not won and self.random.random() < WON:
            payments.charge_back(dispute_id=dispute.pk, reason="by contract", by=self.world.head, now=now)
