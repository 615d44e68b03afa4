"""Deciding what happened: each purchase, how it was paid and sent, and how far it has come by now."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from catalogue.kernel.periods import CASABLANCA
from catalogue.kernel.shopping import Shopping
from fulfilment.orders.policies import CARD, CASH, Item, Quote
from fulfilment.orders.ways_to_pay import payment_methods
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.policies import Delivery

from . import people
from .profile import PAID_BY_CASH, Profile, draw_days, pick
from .shelf import Good, Shelf

DAYS = 365
ZONE_WEIGHT = {"MA-Z1": 6, "MA-Z2": 4, "MA-Z3": 2}
NEVER_PAID = 0.02
RECENT_SHARE, RECENT_DAYS = 0.05, 3  # the last days are as busy as the real shop's, so that there is work to see
FEATURED = 0.3
JUST_PLACED, JUST_NOW = 4, timedelta(minutes=110)  # nobody picks a parcel sooner: these wait to be prepared
REGULAR = 0.02
CARD_WINDOW = timedelta(minutes=30)
TRIES = 8

DELIVERED, CANCELLED, REFUSED, EXPIRED = "DELIVERED", "CANCELLED", "REFUSED", "EXPIRED"


@dataclass(frozen=True)
class Parcel:
    """When one cooperative's part was moved on; an instant after now did not happen yet."""

    cooperative_id: int
    picked_at: datetime
    packed_at: datetime
    handed_over_at: datetime
    arrived_at: datetime


@dataclass(frozen=True)
class Purchase:
    """One order as it happened; it is not over while ``ended_at`` lies after now."""

    placed_at: datetime
    channel: str
    buyer: people.Buyer
    quote: Quote
    delivery: Delivery
    payment_method: str
    outcome: str
    accepted_at: datetime
    ended_at: datetime
    parcels: tuple[Parcel, ...]
    province: Any = None
    commune: Any = None
    town: tuple[str, str, str] = ("", "", "")
    street: str = ""
    locality: str = ""
    landmark: str = ""


class Teller:
    """Tells purchases one after the other; the same seed tells the same story."""

    def __init__(
        self,
        profile: Profile,
        shelf: Shelf,
        random: Random,
        now: datetime,
        regulars: Sequence[people.Buyer] = (),
        featured: Collection[int] = (),
    ) -> None:
        """``regulars`` have accounts and come back; ``featured`` cooperatives get some of the last days' orders."""
        self.profile, self.shelf, self.random, self.now = profile, shelf, random, now
        self.regulars = regulars
        self.featured = [good for good in shelf.goods.values() if good.record.partner_id in featured]
        self.family_weight = {
            family: share / shelf.mean_price_mad(family)
            for family, share in profile.raw["family_share"].items()
            if shelf.by_family.get(family)
        }
        self.known: dict[str, list[people.Buyer]] = {}

    def purchases(self, count: int) -> Iterator[Purchase]:
        last_day = self.now.astimezone(CASABLANCA).date()
        recent = int(count * RECENT_SHARE)
        days = draw_days(self.profile, self.random, count=count - recent, last_day=last_day, days=DAYS)
        days += [last_day - timedelta(days=self.random.randrange(RECENT_DAYS)) for _ in range(recent)]
        fresh = min(JUST_PLACED, recent)
        instants = [self._instant(day) for day in days[: count - fresh]]
        instants += [self.now - self._minutes(JUST_NOW) for _ in range(fresh)]
        for placed_at in sorted(instants):
            yield self._purchase(placed_at)

    def _minutes(self, until: timedelta) -> timedelta:
        return timedelta(minutes=self.random.randrange(6, int(until.total_seconds() / 60)))

    def _instant(self, day: date) -> datetime:
        hour = self.random.choices(range(24), self.profile.hours(day))[0]
        moment = time(hour, self.random.randrange(60), self.random.randrange(60))
        placed_at = datetime.combine(day, moment, CASABLANCA)
        return placed_at if placed_at < self.now else self.now - self._minutes(timedelta(hours=5))

    def _purchase(self, placed_at: datetime) -> Purchase:
        """Draw purchases until one can be sent: too heavy or forbidden ones never became orders."""
        for _ in range(TRIES * 10):
            purchase = self._try(placed_at)
            if purchase is not None:
                return purchase
        raise RuntimeError("No purchase could be sent: is the catalogue loaded?")

    def _try(self, placed_at: datetime) -> Purchase | None:
        channel = pick(self.random, self.profile.channels())
        country, currency = "MA", "MAD"
        place: dict[str, Any] = {}
        if channel == "web_abroad":
            country = pick(self.random, self.profile.raw["country_share_web_abroad"])
            currency = self.profile.raw["currency_by_country"][country]
            place["town"] = self.random.choice(people.TOWNS[country])
            place["street"] = f"{self.random.randrange(1, 120)} {self.random.choice(people.STREETS)}"
            zone = shipping.zone_of(country)
        else:
            place["province"] = self._province()
            place["commune"] = self.random.choice(self.shelf.communes[place["province"].pk])
            zone = place["province"].zone_code
        items = self._items(channel, country, placed_at)
        quote = self.shelf.quote(items, Shopping(currency, country), zone, placed_at) if items else None
        delivery = self._delivery(quote) if quote else None
        if quote is None or delivery is None:
            return None
        buyer = self._buyer(channel, country)
        if country == "MA":
            place["locality"] = self.random.choice(people.DISTRICTS[buyer.language])
            place["landmark"] = self.random.choice(people.LANDMARKS[buyer.language])
        return self._story(placed_at, channel, zone, quote, delivery, buyer, place)

    def _province(self) -> Any:
        region = pick(self.random, self.profile.raw["region_share"])
        provinces = self.shelf.provinces[region]
        weights = [ZONE_WEIGHT.get(province.zone_code, 1) for province in provinces]
        return self.random.choices(provinces, weights)[0]

    def _buyer(self, channel: str, country: str) -> people.Buyer:
        if country == "MA" and self.regulars and self.random.random() < REGULAR:
            return self.random.choice(self.regulars)
        known = self.known.setdefault(country, [])
        if known and self.random.random() < self.profile.raw["repeat_customer_share"]:
            return self.random.choice(known)
        language = pick(self.random, self.profile.raw["language_share"][channel])
        serial = sum(len(buyers) for buyers in self.known.values()) + 1
        known.append(people.invent(self.random, language, country, serial))
        return known[-1]

    def _items(self, channel: str, country: str, placed_at: datetime) -> list[Item]:
        """Draw lines by family, then a product of the family that has stock and may go there."""
        chosen: dict[int, int] = {}
        weights = self._weights(placed_at.date())
        age = self.now - placed_at
        featured_share = 1 if age <= JUST_NOW else FEATURED if age <= timedelta(days=RECENT_DAYS) else 0
        for number in range(pick(self.random, self.profile.lines(channel))):
            feature = number == 0 and self.featured and self.random.random() < featured_share
            good = self._featured(country) if feature else self._good(weights, country)
            if good is None or good.record.pk in chosen:
                continue
            quantity = 1 if good.is_unique else pick(self.random, self.profile.quantities(channel))
            chosen[good.record.pk] = min(quantity, good.free)
        return [Item(pk, quantity) for pk, quantity in chosen.items()]

    def _weights(self, day: date) -> dict[str, float]:
        top = {family: goods[0].category_top for family, goods in self.shelf.by_family.items()}
        return {
            family: weight * self.profile.category_weight(top[family], day)
            for family, weight in self.family_weight.items()
        }

    def _featured(self, country: str) -> Good | None:
        offered = [good for good in self.featured if good.free > 0 and self.shelf.may_go(good, country)]
        return self.random.choice(offered) if offered else None

    def _good(self, weights: dict[str, float], country: str) -> Good | None:
        for _ in range(TRIES):
            good = self.random.choice(self.shelf.by_family[pick(self.random, weights)])
            if good.free > 0 and self.shelf.may_go(good, country):
                return good
        return None

    def _delivery(self, quote: Quote) -> Delivery | None:
        """Draw home or express in Morocco; abroad most take the cheapest."""
        wished = pick(self.random, self.profile.raw["delivery_method_share"])
        express = quote.delivery("express")
        if wished == "express" and express:
            return express
        return quote.delivery("home") or next(iter(quote.deliveries), None)

    def _story(
        self,
        placed_at: datetime,
        channel: str,
        zone: str,
        quote: Quote,
        delivery: Delivery,
        buyer: people.Buyer,
        place: dict[str, Any],
    ) -> Purchase:
        offered = payment_methods(quote, delivery)
        wished = CASH if pick(self.random, self.profile.raw["payment_share"][channel]) == PAID_BY_CASH else CARD
        method = wished if wished in offered else offered[0]
        thinking = timedelta(seconds=self.random.randrange(40, 280))  # a card takes a minute or more
        accepted_at = placed_at + thinking if method == CARD else placed_at
        outcome = self._outcome(method, zone, placed_at)
        cooperatives = {self.shelf.goods[item.stockrecord_id].record.partner_id for item in quote.items}
        parcels = tuple(self._parcel(cooperative, accepted_at, delivery) for cooperative in sorted(cooperatives))
        ended_at = self._end(outcome, placed_at, parcels)
        self._hold(quote, ended_at)
        return Purchase(
            placed_at, channel, buyer, quote, delivery, method, outcome, accepted_at, ended_at, parcels, **place
        )

    def _outcome(self, method: str, zone: str, placed_at: datetime) -> str:
        if method == CARD:
            is_over = placed_at + CARD_WINDOW < self.now
            return EXPIRED if self.random.random() < NEVER_PAID and is_over else DELIVERED
        if self.profile.is_cancelled_at_the_call(self.random):
            return CANCELLED
        return REFUSED if self.profile.is_refused_at_the_door(self.random, zone) else DELIVERED

    def _parcel(self, cooperative_id: int, accepted_at: datetime, delivery: Delivery) -> Parcel:
        """Draw a parcel's way: most cooperatives answer within a day, nearly all within two."""
        answer = self.profile.raw["coop_response"]
        drawn = self.random.random()
        slowest = 24 if drawn < answer["accepts_within_24h"] else 48 if drawn < answer["accepts_within_48h"] else 72
        picked_at = accepted_at + self._between(2, slowest)
        packed_at = picked_at + self._between(1, 6)
        handed_over_at = packed_at + self._between(1, 20)
        travel = self._between(24 * delivery.days_from + 6, 24 * delivery.days_until + 12)
        return Parcel(cooperative_id, picked_at, packed_at, handed_over_at, handed_over_at + travel)

    def _between(self, hours: int, until: int) -> timedelta:
        return timedelta(seconds=self.random.randrange(hours * 3600, until * 3600))

    def _end(self, outcome: str, placed_at: datetime, parcels: Sequence[Parcel]) -> datetime:
        if outcome == EXPIRED:
            return placed_at + CARD_WINDOW
        if outcome == CANCELLED:
            first_packed = min(parcel.packed_at for parcel in parcels)
            return min(placed_at + self._between(1, 20), first_packed - timedelta(minutes=10))
        return max(parcel.arrived_at for parcel in parcels)

    def _hold(self, quote: Quote, ended_at: datetime) -> None:
        """What is not over yet keeps its stock promised: later purchases see less."""
        if ended_at > self.now:
            for item in quote.items:
                self.shelf.goods[item.stockrecord_id].free -= item.quantity
