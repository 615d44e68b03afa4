"""Asks every invariant whether it holds."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalogue.kernel.invariants import violations


class Command(BaseCommand):
    help = "Prove from the rows what must always be true. Exit status 1 and the first rows when something is not."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = count = 0
        started = time.monotonic()
        for name, rows in violations():
            count += 1
            broken += bool(rows)
            mark = self.style.ERROR("BROKEN") if rows else self.style.SUCCESS("holds ")
            self.stdout.write(f"{mark} {name}")
            for row in rows:
                self.stdout.write(f"         {row!r}")
        if broken:
            raise CommandError(f"{broken} of {count} invariants are broken.")
        self.stdout.write(f"All {count} invariants hold ({time.monotonic() - started:.1f} s).")
