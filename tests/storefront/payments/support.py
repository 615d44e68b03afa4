"""What the tests of failures do and look at."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from fulfilment.orders.links import key_for
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from storefront.notifications.models import Message

FRANCE = Shopping("EUR", "FR")
LATE = timedelta(minutes=31)


def start(order):
    return operations.start(order_id=order.pk, now=timezone.now())


def sweep(after=timedelta()):
    operations.sweep(now=timezone.now() + after)


def status_of(order):
    """Say how the order stands; one whose parcels a job opened meanwhile is paid."""
    status = Order.objects.get(pk=order.pk).status
    return "PAID" if status == "PREPARING" else status


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def told(kind):
    return Message.objects.filter(kind=f"order.{kind}", channel="mail").count()


def return_page(order, intent_id):
    address = f"/en/orders/{order.number}/paid/?k={key_for(order.number)}&payment_intent={intent_id}"
    return Client().get(address, follow=True)


def start_page(order):
    return Client().post(f"/en/orders/{order.number}/pay/start/?k={key_for(order.number)}")
