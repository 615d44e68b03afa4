"""Rings for due jobs until it is told to stop."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalogue.kernel import roles
from fulfilment.jobs.relay import Relay


class Command(BaseCommand):
    requires_system_checks = ()  # started beside the web, which checked
    help = "Publish due jobs to the broker, and again what was lost on the way. Several may run."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            roles.refuse_excess_rights()
        except roles.ExcessRights as excess:
            raise CommandError(str(excess)) from None
        relay = Relay()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: relay.stop())
        self.stdout.write("relay: ringing")
        relay.run()
        self.stdout.write("relay: stopped")
