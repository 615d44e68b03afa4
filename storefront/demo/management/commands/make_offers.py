from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from storefront.demo import made_to_order, offers


class Command(BaseCommand):
    help = "Make the demonstration's offers and code, and what is made to order. A second run makes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        made = offers.make(now=timezone.now())
        self.stdout.write(f"{made} offers are made, {made_to_order.mark()} products are made to order.")
