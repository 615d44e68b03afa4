from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from catalogue.kernel import periods
from catalogue.pricing import operations, sources
from catalogue.pricing.sources.base import Garbled, KeyRefused, Source, SourceUnavailable
from catalogue.pricing.sources.files import CsvFile

REFUSALS = (SourceUnavailable, KeyRefused, Garbled, operations.RateRefused, operations.Incomplete)


class Command(BaseCommand):
    help = "Record a day's exchange rates: accepted at once, or waiting for someone when they are unusual."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--source", nargs="+", default=["bam"], metavar="bam | csv FILE", help="the bank (default) or a file"
        )
        parser.add_argument("--day", type=date.fromisoformat, help="YYYY-MM-DD, today when it is left out")

    @no_translations
    def handle(self, *args: Any, source: list[str], day: date | None, **options: Any) -> None:
        now = timezone.now()
        day = day or periods.day_of(now)
        try:
            recorded = operations.fetch_rates(source=_source(source), day=day, now=now)
        except REFUSALS as refusal:
            raise CommandError(str(refusal)) from None
        if not recorded:
            self.stdout.write(f"No rates were fixed on {day}.")
        for found in recorded:
            said = found.rate.state if found.is_new else f"{found.rate.state} already"
            self.stdout.write(f"{found.rate.currency} {found.rate.day} {found.rate.mad_per_unit}: {said}")


def _source(words: list[str]) -> Source:
    match words:
        case ["bam"]:
            if bank := sources.bank():
                return bank
            raise CommandError("BAM_API_KEY is not set: the bank answers subscribers only.")
        case ["csv", path]:
            return CsvFile(path)
    raise CommandError("Say --source bam, or --source csv FILE.")
