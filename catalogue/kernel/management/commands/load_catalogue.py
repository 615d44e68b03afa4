from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalogue.kernel import datasets, periods

SHOWN = 200


class Command(BaseCommand):
    help = "Load a folder of CSV files: all of it, or nothing when any row is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--today",
            nargs="?",
            const="now",
            metavar="YYYY-MM-DD",
            help="Move every date so that the data's last day becomes today (or the day given). "
            "The first load decides, later loads keep the same move.",
        )

    def handle(self, *args: Any, folder: Path, today: str | None, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        now = timezone.now()
        try:
            context = datasets.load(folder, now=now, today=self._day(today, periods.day_of(now)))
        except datasets.DataRefused as refusal:
            for problem in refusal.problems[:SHOWN]:
                self.stderr.write(str(problem))
            more = len(refusal.problems) - SHOWN
            if more > 0:
                self.stderr.write(f"... and {more} more")
            raise CommandError(f"{len(refusal.problems)} problems: nothing was written.") from None
        self._tell(context)

    def _day(self, today: str | None, this_day: date) -> date | None:
        try:
            return this_day if today == "now" else (today and date.fromisoformat(today)) or None
        except ValueError:
            raise CommandError(f"{today} is not a date (YYYY-MM-DD).") from None

    def _tell(self, context: datasets.Context) -> None:
        if context.shift:
            self.stdout.write(f"Dates are moved by {context.shift.days} days.")
        for name, counts in context.counts.items():
            self.stdout.write(
                f"{name:<28} {counts.created:>6} new {counts.changed:>6} changed {counts.unchanged:>6} as before"
            )
        self.stdout.write(f"{sum(counts.written for counts in context.counts.values())} changes")
