from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from storefront.demo import offers


class Command(BaseCommand):
    help = "Make the demonstration's offers and its voucher code, shown on /demo/. A second run makes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        made = offers.make(now=timezone.now())
        self.stdout.write(f"{made} offers are made.")
