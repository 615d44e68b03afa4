from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from storefront.demo.history import operations, remittances, transfers


class Command(BaseCommand):
    help = "Write a year of orders for the demonstration, once; the same seed tells the same story."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--orders", type=int, default=600)
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument(
            "--profile", type=Path, default=Path(settings.BASE_DIR) / "catalogue" / "data" / "sales_profile.json"
        )

    def handle(self, *args: Any, orders: int, seed: int, profile: Path, **options: Any) -> None:
        try:
            written = operations.write_history(profile_path=profile, orders=orders, seed=seed, now=timezone.now())
        except operations.AlreadyWritten:
            self.stdout.write("The history is written already.")
        else:
            transfers.show(now=timezone.now())
            remittances.show(now=timezone.now())
            self.stdout.write(f"{written} orders written.")
