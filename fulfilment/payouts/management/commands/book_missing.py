"""Books what happened before there was a ledger. For data of an older version; a second run changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from fulfilment.payouts import booking


class Command(BaseCommand):
    help = "Book settled payments, delivered parcels and paid payouts that the ledger does not know yet."

    def handle(self, *args: Any, **options: Any) -> None:
        booked = booking.book_missing(now=timezone.now())
        self.stdout.write(f"{booked} entries booked." if booked else "Everything is booked.")
