"""Finding an order again by its number and a code sent to its phone."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from catalogue.kernel.phones import can_receive_sms
from fulfilment.orders.models import Order
from storefront.notifications.models import Message
from storefront.notifications.operations import write_message

KIND = "order_code"
LIFETIME = timedelta(minutes=10)
CODES_PER_PHONE, CODES_EVERY = 3, timedelta(minutes=15)
TRIES = 5


@dataclass
class Asked:
    """What the browser's session keeps while a code is awaited; the code itself only as a digest."""

    number: str
    digest: str
    until: str
    tries: int = 0


class WrongCode(Exception):
    """The code does not fit, is too old, or was tried too often."""


def ask_code(*, number: str, phone: str, now: datetime) -> Asked:
    """Send a code if number and phone belong together; what is returned looks the same if they do not.

    At most three codes in a quarter of an hour for one phone: counted in the messages themselves, so the limit
    holds whatever becomes of the cache.
    """
    code = f"{secrets.randbelow(1_000_000):06d}"
    asked = Asked(number=number, digest=_digest(number, code), until=(now + LIFETIME).isoformat())
    if not _send(number, phone, code, now):
        asked.digest = _digest(number, secrets.token_hex(16))
    return asked


@transaction.atomic
def _send(number: str, phone: str, code: str, now: datetime) -> bool:
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(number=number, phone=phone).first()
    if order is None or not can_receive_sms(phone):
        return False
    recent = Message.objects.filter(kind=KIND, recipient=phone, created_at__gt=now - CODES_EVERY).count()
    if recent >= CODES_PER_PHONE:
        return False
    with translation.override(order.language):
        text = _("Bilad Al Khair: the code for your order %(number)s is %(code)s. It is valid for 10 minutes.") % {
            "number": number,
            "code": code,
        }
    write_message(
        key=f"{KIND}:{number}:{now.timestamp()}",
        kind=KIND,
        channel="sms",
        recipient=phone,
        language=order.language,
        text=text,
        order=order,
        now=now,
    )
    return True


def check_code(*, asked: Asked, code: str, now: datetime) -> Order:
    """Return the order whose code this is. Counts the try on ``asked``; raises ``WrongCode``."""
    asked.tries += 1
    late = now > datetime.fromisoformat(asked.until)
    if late or asked.tries > TRIES or not constant_time_compare(asked.digest, _digest(asked.number, code)):
        raise WrongCode
    return Order.objects.get(number=asked.number)


def _digest(number: str, code: str) -> str:
    return salted_hmac("storefront.orders.code", f"{number}:{code}", algorithm="sha256").hexdigest()
