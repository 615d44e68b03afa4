from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalogue.pricing import operations, policies, queries


class Command(BaseCommand):
    help = "Publish a price list at the last rates, unless the one in force says the same."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            published = operations.publish_opening_list(now=timezone.now())
        except queries.NoRates:
            raise CommandError("No exchange rates are known: load the catalogue first.") from None
        except policies.NegativeRemainder as refusal:
            raise CommandError(f"Nothing was published: {refusal}.") from None
        if published is None:
            self.stdout.write("The price list in force says the same already.")
        else:
            self.stdout.write(f"{published.reference}: {published.prices.count()} prices")
