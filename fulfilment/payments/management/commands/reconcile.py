"""Compares the account at Stripe with our records: three lists, one cent is a difference. The office sees them too."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fulfilment.payments import operations
from fulfilment.payments.gateways.base import ProviderRefused, ProviderUnavailable
from fulfilment.payments.reconciliation.models import Kind

DAYS = 3
TITLES: dict[str, str] = {Kind.OURS_ONLY: "only ours", Kind.THEIRS_ONLY: "only theirs", Kind.DIFFERENT: "different"}


class Command(BaseCommand):
    help = "Match every movement at Stripe of the last days with one payment or refund of ours, by id and amount."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=DAYS, help=f"how many days back (default {DAYS})")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        if not 0 < days <= 366:
            raise CommandError("--days lies between 1 and 366.")
        now = timezone.now()
        try:
            found = operations.run_reconciliation(since=now - timedelta(days=days), until=now, now=now)
        except (ProviderUnavailable, ProviderRefused) as error:
            raise CommandError(f"Stripe could not be asked: {error}") from None
        for kind, differences in found.by_kind:
            self.stdout.write(f"{TITLES[kind]}: {len(differences)}")
            for one in differences:
                amounts = f"ours {one.ours or '–':>14}  theirs {one.theirs or '–':>14}"
                self.stdout.write(f"  {one.source:<30}  {one.order_number:<10}  {amounts}")
        if found:
            raise CommandError("The accounts differ: each line above needs a person.")
        self.stdout.write(self.style.SUCCESS(f"{found.compared} movements, both sides say the same."))
