"""Compares the account at Stripe with our records: three lists, one cent is a difference."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fulfilment.payments import operations
from fulfilment.payments.gateways.base import ProviderRefused, ProviderUnavailable

DAYS = 3


class Command(BaseCommand):
    help = "Match every movement at Stripe of the last days with one payment or refund of ours, by id and amount."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=DAYS, help=f"how many days back (default {DAYS})")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        if not 0 < days <= 366:
            raise CommandError("--days lies between 1 and 366.")
        now = timezone.now()
        try:
            found = operations.reconcile(since=now - timedelta(days=days), until=now)
        except (ProviderUnavailable, ProviderRefused) as error:
            raise CommandError(f"Stripe could not be asked: {error}") from None
        for title, differences in (
            ("only ours", found.ours_only),
            ("only theirs", found.theirs_only),
            ("different", found.different),
        ):
            self.stdout.write(f"{title}: {len(differences)}")
            for one in differences:
                amounts = f"ours {one.ours or '–':>14}  theirs {one.theirs or '–':>14}"
                self.stdout.write(f"  {one.source:<30}  {one.order_number:<10}  {amounts}")
        if found:
            raise CommandError("The accounts differ: each line above needs a person.")
        self.stdout.write(self.style.SUCCESS(f"{found.compared} movements, both sides say the same."))
