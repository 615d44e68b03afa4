from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from storefront.demo import hub


class Command(BaseCommand):
    help = "Make deliveries, a stocktake and call-offs at the demonstration's hub. A second run makes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{hub.fill(now=timezone.now())} deliveries are made.")
