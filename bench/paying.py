"""What placing and paying cost against the stand-in for Stripe, on loopback: orders per second, and the slow ones.

python -m bench.paying    # part of make bench; by itself it needs no demonstration

In a database of its own, which is dropped at the end: orders stay where they are placed. The bank, the buyers and the
shop share one process and its processor cores, and the database writes without waiting for the disk: read the ratios,
not the seconds. The buyer's card and the jobs that follow an order (mail, parcels) are not in the times.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.database import own_database

THREADS = (1, 4, 8)
SHELF, PURCHASES, LONGEST_SECONDS = 24, 60, 20
"""Different goods; purchases in each row of the table; and when a row ends though it made fewer."""

STEPS = ("place", "start", "settle")


@dataclass
class Measured:
    """Seconds of each step, and of the whole row."""

    steps: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.steps["place"]) / self.seconds

    def p95(self, step: str) -> float:
        times = sorted(self.steps[step])
        return times[int(len(times) * 0.95)] * 1000 if times else 0.0


def main() -> int:
    os.environ["SHOP_ENV"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    import django

    django.setup()
    from tests.factories.bank import open_bank

    with own_database(), open_bank() as bank:
        records = _shelf()
        print(f"{'placing and paying':<24}{'orders/s':>10}{'× placing':>11}{'× 1 thread':>12}", end="")
        print("".join(f"{f'{step} p95 ms':>16}" for step in STEPS), flush=True)
        _row(bank, records, 1, pays=True, purchases=8)  # warms what is kept in memory; not counted
        alone = 0.0
        for threads in THREADS:
            placed = _row(bank, records, threads, pays=False)
            paid = _row(bank, records, threads, pays=True)
            alone = alone or paid.per_second
            _print(f"placing, {threads} threads", placed, "", "")
            _print(
                f"and paying, {threads} threads",
                paid,
                f"{paid.per_second / placed.per_second:.2f}",
                f"{paid.per_second / alone:.2f}",
            )
    return 0


def _print(name: str, found: Measured, of_placing: str, of_one: str) -> None:
    times = "".join(f"{found.p95(step):>16.0f}" if found.steps[step] else f"{'':>16}" for step in STEPS)
    print(f"{name:<24}{found.per_second:>10.1f}{of_placing:>11}{of_one:>12}{times}", flush=True)


def _shelf() -> list[Any]:
    from tests.factories.catalogue import make_stockrecord, publish_prices
    from tests.factories.orders import open_deliveries

    open_deliveries()
    records = [make_stockrecord(price="120.00", in_stock=100_000) for _ in range(SHELF)]
    publish_prices()
    return records


def _row(bank: Any, records: list[Any], threads: int, *, pays: bool, purchases: int = PURCHASES) -> Measured:
    """Let so many buyers buy at the same time, each three things, until the purchases or the time are used up."""
    from django.db import connections

    ready = [_basket(records, number) for number in range(purchases)]
    found, turn, faults = Measured(), iter(ready), []
    guard, until = threading.Lock(), time.monotonic() + LONGEST_SECONDS

    def work() -> None:
        try:
            while time.monotonic() < until:
                with guard:
                    buyer = next(turn, None)
                if buyer is None:
                    return
                _buy(bank, *buyer, found, pays=pays)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found.seconds = time.perf_counter() - began
    if faults:
        raise faults[0]
    return found


def _basket(records: list[Any], number: int) -> tuple[int, Any]:
    from catalogue.kernel.shopping import Shopping
    from tests.factories.orders import make_basket, make_wanted

    abroad = Shopping("EUR", "FR")
    things = [(records[(number * 7 + place * 5) % len(records)], 1) for place in range(3)]
    basket = make_basket(*things, shopping=abroad)
    return basket.pk, make_wanted(basket, shopping=abroad)


def _buy(bank: Any, basket_id: int, wanted: Any, found: Measured, *, pays: bool) -> None:
    from django.utils import timezone

    from fulfilment.payments import operations as payments
    from storefront.checkout import operations as checkout
    from tests.factories.bank import pay

    placed = _timed(found, "place", lambda: checkout.place(basket_id=basket_id, wanted=wanted, now=timezone.now()))
    if not pays:
        return
    payment = _timed(found, "start", lambda: payments.start(order_id=placed.order_id, now=timezone.now()))
    pay(bank, payment.id)
    paid = _timed(found, "settle", lambda: payments.settle(intent_id=payment.id, now=timezone.now()))
    if paid.state != "SUCCEEDED":
        raise RuntimeError(f"order {placed.number} was not paid: {paid.state}")


def _timed(found: Measured, step: str, work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    answer = work()
    found.steps[step].append(time.perf_counter() - began)
    return answer


if __name__ == "__main__":
    sys.exit(main())
