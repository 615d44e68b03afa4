"""The signed address of an order: whoever holds it may read that one order, and no other."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac

from .models import Order

SALT = "fulfilment.orders.links"
CONFIRM_SALT = "fulfilment.orders.links.confirm"
RECIPIENT_SALT = "fulfilment.orders.links.recipient"
KEY_LENGTH = 24


def key_for(number: str) -> str:
    """Return the key of an order's page: 96 bits of a keyed digest of its number."""
    return salted_hmac(SALT, number, algorithm="sha256").hexdigest()[:KEY_LENGTH]


def key_fits(number: str, key: str) -> bool:
    return constant_time_compare(key_for(number), key)


def order_path(order: Order, language: str | None = None) -> str:
    """Return the address a message carries, in the order's language or another, without the host."""
    with translation.override(language or order.language):
        return f"{reverse('orders:detail', args=[order.number])}?k={key_for(order.number)}"


def order_url(order: Order, language: str | None = None) -> str:
    """Return the same with the shop's own address in front (never taken from a request)."""
    return settings.BASE_URL.rstrip("/") + order_path(order, language)


def withdrawal_url(order: Order, number: int) -> str:
    """Return the address of what the buyer declared to send back, in the order's language."""
    with translation.override(order.language):
        path = reverse("orders:withdrawal", args=[order.number, number])
    return f"{settings.BASE_URL.rstrip('/')}{path}?k={key_for(order.number)}"


def reminders_url(order: Order) -> str:
    """Return the address where a buyer says that they want no reminders, in the order's language."""
    with translation.override(order.language):
        path = reverse("orders:reminders", args=[order.number])
    return f"{settings.BASE_URL.rstrip('/')}{path}?k={key_for(order.number)}"


def complaint_url(order: Order, number: int) -> str:
    """Return the address of what the buyer reported missing or broken, in the order's language."""
    with translation.override(order.language):
        path = reverse("orders:complaint", args=[order.number, number])
    return f"{settings.BASE_URL.rstrip('/')}{path}?k={key_for(order.number)}"


def missing_url(order: Order, shortage_id: int) -> str:
    """Return the address where the buyer says what to do about what is missing, in the order's language."""
    with translation.override(order.language):
        path = reverse("orders:missing", args=[order.number, shortage_id])
    return f"{settings.BASE_URL.rstrip('/')}{path}?k={key_for(order.number)}"


def recipient_key_for(number: str) -> str:
    """Return the key of the page for whoever receives an order: another than the payer's, and it opens less."""
    return salted_hmac(RECIPIENT_SALT, number, algorithm="sha256").hexdigest()[:KEY_LENGTH]


def recipient_key_fits(number: str, key: str) -> bool:
    return constant_time_compare(recipient_key_for(number), key)


def recipient_url(order: Order) -> str:
    """Return the recipient's address of an order, in the recipient's language."""
    with translation.override(order.recipient_language):
        path = reverse("orders:parcel", args=[order.number])
    return f"{settings.BASE_URL.rstrip('/')}{path}?k={recipient_key_for(order.number)}"


def confirm_key_for(number: str, ends_at: datetime) -> str:
    """Return the key of the page that confirms an order until ``ends_at``: another than that which only shows it."""
    said = f"{number}:{ends_at.isoformat()}"
    return salted_hmac(CONFIRM_SALT, said, algorithm="sha256").hexdigest()[:KEY_LENGTH]


def confirm_key_fits(number: str, ends_at: datetime, key: str) -> bool:
    return constant_time_compare(confirm_key_for(number, ends_at), key)


def confirm_url(order: Order, ends_at: datetime) -> str:
    """Return the address where the buyer says yes or no, in the order's language."""
    with translation.override(order.language):
        path = reverse("orders:confirm", args=[order.number])
    return f"{settings.BASE_URL.rstrip('/')}{path}?k={confirm_key_for(order.number, ends_at)}"
