"""Drafts the payout runs that cycles ask for as of now. A person submits them in the office, another approves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalogue.kernel import formats
from fulfilment.payouts import operations
from fulfilment.payouts.models import PayoutRun


class Command(BaseCommand):
    help = "Draft what is due to cooperatives of each cycle whose period is over. A second run drafts nothing twice."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drafted = operations.draft_all(now=timezone.now())
        except (operations.RunInProgress, operations.PaidMeanwhile) as busy:
            raise CommandError(str(busy), returncode=3) from None
        for run in drafted:
            self._report(run)
        if not drafted:
            self.stdout.write("Nothing is due: no payout.")

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
            self.style.SUCCESS(
                f"{run.reference}: {len(payouts)} drafted, {formats.money(total, 'MAD', 'en')} in all,"
                f" to be paid on {run.pay_on}."
            )
        )
