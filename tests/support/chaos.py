"""Orders placed while the workers and the broker are killed and stay away: how it ends, in figures."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import F, QuerySet

from catalogue.kernel.invariants import violations
from fulfilment.jobs.models import Job
from fulfilment.orders.models import Order
from fulfilment.payouts.models import Payable
from fulfilment.warehouse.models import Consignment
from storefront.demo.models import Letter
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.orders import HOME_SHOPPING, address_for, open_deliveries, place_order
from tests.factories.parcels import move_to
from tests.fakes.broker import PrivateBroker

from .shelf import broken
from .workers import HANDS, Worker, beside, end_leases, open_jobs, ringing

SHELF = 6
Figures = dict[str, int | float]


class NotFinal(AssertionError):
    """Something was still open, or not as it must be, when the time was up."""


@dataclass(frozen=True)
class Chaos:
    """How many orders; how many seconds workers and broker are away; each ``carried``-th parcel goes to its door.

    ``patient``: wait for the leases of killed workers as the shop does, instead of ending them when they are dead.
    """

    orders: int
    away: float
    limit: float
    carried: int = 1
    patient: bool = False


def run(chaos: Chaos, *, broker: PrivateBroker, folder: Path, say: Callable[[str], None] = print) -> Figures:
    """Place a quarter, then kill workers and broker; half while they are away; the rest when they are back.

    Raises ``NotFinal`` when it does not all come to its end within the limit.
    """
    records = _shelf()
    over = threading.Event()
    carrying = beside(lambda: _carry(chaos.carried, over), over.set)
    with Worker(broker, folder) as worker, ringing(), carrying:
        _buy(records, range(1))
        _wait_for(lambda: Message.objects.filter(state="SENT").exists(), chaos.limit, "the first message")
        _buy(records, range(1, chaos.orders // 4))
        _wait_for(lambda: _in_hand() > 0, chaos.limit, "work in hand", every=0.02)
        worker.kill()
        in_hand = _in_hand()
        broker.stop()
        say(f"killed the worker with {in_hand} jobs in hand, and the broker, after {chaos.orders // 4} orders")
        began = time.monotonic()
        slowest = _buy(records, range(chaos.orders // 4, chaos.orders * 3 // 4), lasting=chaos.away)
        time.sleep(max(0, chaos.away - (time.monotonic() - began)))
        waiting = open_jobs().count()
        broker.start()
        if not chaos.patient:
            end_leases()
        worker.start()
        back = time.monotonic()
        say(f"both are back after {back - began:.0f} s; {waiting} jobs wait")
        _buy(records, range(chaos.orders * 3 // 4, chaos.orders))
        _wait_for(lambda: _is_final(chaos), chaos.limit, "the end")
        took = time.monotonic() - back
    return _proved(chaos) | {
        "jobs_in_hand_when_killed": in_hand,
        "jobs_waiting_when_back": waiting,
        "slowest_order_while_away_ms": round(slowest * 1000),
        "final_after_seconds": round(took),
    }


def _shelf() -> list[Any]:
    open_deliveries()
    records = [make_stockrecord(price="120.00", in_stock=1_000) for _ in range(SHELF)]
    publish_prices()
    return records


def _buy(records: list[Any], numbers: Iterable[int], *, lasting: float = 0) -> float:
    """Place these orders, spread over so many seconds, and return what the slowest took."""
    numbers, began, slowest = list(numbers), time.monotonic(), 0.0
    for place, number in enumerate(numbers):
        time.sleep(max(0, lasting * place / len(numbers) - (time.monotonic() - began)))
        pressed = time.monotonic()
        wanted = [(records[(number + step) % SHELF], 1 + (number + step) % 2) for step in range(1 + number % 3)]
        address = address_for(HOME_SHOPPING, phone_number=f"+2126{number:08}")
        place_order(*wanted, email=f"buyer{number}@example.org", address=address)
        slowest = max(slowest, time.monotonic() - pressed)
    return slowest


def _carry(each: int, over: threading.Event) -> None:
    """Take parcels to their doors as they are opened."""
    while not over.wait(0.2):
        for parcel in _to_carry(each).filter(state="OPEN")[:10]:
            move_to(parcel, "DELIVERED")


def _to_carry(each: int) -> QuerySet[Consignment]:
    """Parcels of each so-many-th order."""
    return Consignment.objects.annotate(turn=F("order_id") % each).filter(turn=0).order_by("pk")


def _in_hand() -> int:
    return Job.objects.filter(state=Job.State.RUNNING).count()


def _is_final(chaos: Chaos) -> bool:
    placed = Order.objects.filter(consignments__isnull=False).distinct().count()
    carried = _to_carry(chaos.carried).exclude(state="DELIVERED")
    return placed == chaos.orders and not carried.exists() and not open_jobs().exists()


def _wait_for(look: Callable[[], bool], limit: float, what: str, *, every: float = 0.5) -> None:
    end = time.monotonic() + limit
    while not look():
        if time.monotonic() > end:
            left = list(open_jobs().values_list("task", "state", "attempts", "last_error")[:20])
            raise NotFinal(f"{what} did not come within {limit:.0f} s: {left}")
        time.sleep(every)


def _proved(chaos: Chaos) -> Figures:
    """Prove that everything happened, and once. Raises ``NotFinal``."""
    told = list(Message.objects.values_list("order", "kind", "channel", "recipient", "subject", "text"))
    letters = list(Letter.objects.values_list("channel", "recipient", "subject", "text"))
    delivered = Consignment.objects.filter(state="DELIVERED")
    wrong = {
        "orders": Order.objects.count() != chaos.orders,
        "a message is written twice": len(set(told)) != len(told),
        "a message did not leave": list(Message.objects.exclude(state="SENT").values_list("order", "kind", "state")),
        "a letter is missing": len(set(letters)) != len(told),
        "letters came twice": max(0, len(letters) - len(told) - HANDS),  # a hand killed between sending and writing
        "earnings": Payable.objects.count() != sum(parcel.lines.count() for parcel in delivered),
        "dead letters": list(Job.objects.filter(state=Job.State.DEAD).values_list("task", "last_error")),
        "the shelf": broken(),
        "proofs": [(name, rows) for name, rows in violations() if rows],
    }
    if any(wrong.values()):
        raise NotFinal({name: found for name, found in wrong.items() if found})
    return {
        "orders": chaos.orders,
        "parcels_delivered": delivered.count(),
        "jobs_done": Job.objects.filter(state=Job.State.DONE).count(),
        "jobs_tried_again": Job.objects.filter(attempts__gt=1).count(),
        "messages": len(told),
        "letters_sent_twice_under_one_message_id": len(letters) - len(told),
    }
