"""``manage.py demo_stripe``: the demonstration bank, on this machine only."""

import os
import signal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from storefront.demo.stripe.bank import Bank
from storefront.demo.stripe.delivery import Deliverer
from storefront.demo.stripe.server import StandIn


class Command(BaseCommand):
    help = "Stands in for Stripe, so that the shop can be tried without an account. No money moves."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=urlsplit(settings.STRIPE_API_BASE).port or 8001)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if settings.SHOP_ENV == "production":
            raise CommandError("Production talks to Stripe itself; the stand-in does not start there.")
        shop_port = os.environ.get("PORT", "8000")  # straight to this machine, whatever address visitors use
        deliverer = Deliverer(
            f"http://127.0.0.1:{shop_port}/payments/stripe/webhook", settings.STRIPE_WEBHOOK_SECRETS[0]
        )
        try:
            server = StandIn(port, Bank(Path(settings.DATA_DIR) / "demo-stripe.json"), deliverer)
        except OSError as error:
            raise CommandError(f"Port {port} is taken ({error.strerror}); choose another with --port.") from error
        self.stdout.write(f"Demonstration bank on {server.url} (no money moves)")
        deliverer.start()
        signal.signal(signal.SIGTERM, _leave)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("Demonstration bank closed")
        finally:
            deliverer.stop()
            server.server_close()
            server.bank.flush()


def _leave(*_: object) -> None:
    raise KeyboardInterrupt
