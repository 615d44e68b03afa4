"""Prints one order's history."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.kernel.periods import local
from fulfilment.orders.models import Order
from storefront.notifications.history import history


class Command(BaseCommand):
    help = "Print everything that happened to an order, in time order (Casablanca's clock)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number")

    def handle(self, *args: Any, number: str, **options: Any) -> None:
        order = Order.objects.filter(number=number.strip().upper()).first()
        if order is None:
            raise CommandError(f"There is no order {number}.")
        people = f"payer {order.buyer_name} {order.phone} ({order.language})"
        if order.for_someone_else:
            people += f", recipient {order.recipient_name} {order.door_phone} ({order.recipient_language})"
        self.stdout.write(f"Order {order.number}: {order.status}, {order.total_incl_tax} {order.currency}; {people}")
        for entry in history(order):
            self.stdout.write(f"{local(entry.at):%Y-%m-%d %H:%M:%S.%f}  {entry.source:<8} {entry.text}")
