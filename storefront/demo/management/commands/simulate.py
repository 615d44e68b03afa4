"""Runs a year of the shop by a clock of its own, in a database of its own, and says where the money went."""

import gc
import subprocess
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from catalogue.kernel import formats
from catalogue.kernel.money import MAD
from storefront.demo.simulation import fresh, operations
from storefront.demo.simulation.report import Report


class Command(BaseCommand):
    help = (
        "Simulate a year of orders, deliveries, refunds, disputes and payouts, the same for the same seed. "
        "Exit status 1 when a centime or an invariant is not as it must be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--orders", type=_positive, default=2000, help="how many buyers come")
        parser.add_argument("--cooperatives", type=_positive, default=60)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--into-empty", action="store_true", help="write it into this database, which has no orders, and leave it"
        )

    def handle(self, *args: Any, into_empty: bool, **options: Any) -> None:
        if settings.SHOP_ENV == "production":
            raise CommandError("A year is not simulated where there is a real shop.")
        asked = {name: options[name] for name in ("orders", "cooperatives", "seed")}
        if into_empty:
            self._simulate(**asked)
        else:
            self._elsewhere(asked)

    def _elsewhere(self, asked: dict[str, int]) -> None:
        """Run the same command in a process of its own, in a database that is dropped afterwards."""
        self.stderr.write("Making a database of its own …")
        words = [f"--{name}={value}" for name, value in asked.items()]
        with fresh.database(f"simulation_{asked['seed']}") as environment:
            command = [sys.executable, fresh.MANAGE, "simulate", "--into-empty", *words]
            done = subprocess.run(command, env=environment)
        if done.returncode:
            raise CommandError("The simulated year did not end well: see above.", returncode=done.returncode)

    def _simulate(self, *, orders: int, cooperatives: int, seed: int) -> None:
        gc.freeze()  # what is loaded by now stays: no need to look through it again and again
        began, used = time.monotonic(), time.process_time()
        try:
            report = operations.run(orders=orders, cooperatives=cooperatives, seed=seed)
        except operations.NotEmpty:
            raise CommandError("There are orders in this database: a year is simulated in an empty one.") from None
        seconds, used = time.monotonic() - began, time.process_time() - used
        self._tell(report)
        self.stdout.write(f"seed {seed}, digest {report.digest}")
        self.stdout.write(f"{orders} buyers in {seconds:.0f} s ({orders / seconds:.1f} a second; {used:.0f} s of work)")
        call_command("prove_invariants", stdout=self.stdout)
        if not report.adds_up:
            raise CommandError("The sales are not where they should be.")

    def _tell(self, report: Report) -> None:
        for currency, amount in report.sales.items():
            self._line(f"sales in {currency}", amount, currency)
            if amount != report.booked.get(currency):
                self._line(f"in the ledger in {currency}", report.booked.get(currency), currency)
        self._line("sales at their rates", report.sales_mad, MAD)
        for name, amount in report.parts_mad.items():
            self._line(f"  {name}", amount, MAD)
        self._line("difference", report.difference_mad, MAD)
        for name, amount in report.besides_mad.items():
            self._line(name, amount, MAD)
        self.stdout.write(f"months locked: {report.locked}")
        for cause, number in report.unmatched.items():
            self.stdout.write(f"the match finds {number} × {cause}")

    def _line(self, name: str, amount: Any, currency: str) -> None:
        written = "nothing" if amount is None else formats.money(amount, currency, "en")
        self.stdout.write(f"{name:<34}{written:>22}")


def _positive(written: str) -> int:
    if not written.isdecimal() or int(written) < 1:
        raise ArgumentTypeError(f"{written} is not a number from 1 on")
    return int(written)
