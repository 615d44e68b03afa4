"""Pays the cooperatives what is due to them, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalogue.kernel import formats
from fulfilment.payouts import operations
from fulfilment.payouts.models import PayoutRun


class Command(BaseCommand):
    help = "Pay every cooperative what is due to it. A second run pays nothing twice."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = operations.run_payouts(now=timezone.now())
        except operations.RunInProgress as busy:
            raise CommandError(str(busy), returncode=3) from None
        if run is None:
            self.stdout.write("Nothing is due: no payout.")
            return
        self._report(run)

    def _report(self, run: PayoutRun) -> None:
        payouts = list(run.payouts.select_related("cooperative").order_by("pk"))
        for payout in payouts:
            self.stdout.write(
                f"{payout.reference}  {formats.money(payout.amount_mad, 'MAD', 'en'):>18}"
                f"  {payout.method:<14}"
                f"  {payout.cooperative.name}"
            )
        total = sum(payout.amount_mad for payout in payouts)
        self.stdout.write(
            self.style.SUCCESS(f"{run.reference}: {len(payouts)} paid, {formats.money(total, 'MAD', 'en')} in all.")
        )
