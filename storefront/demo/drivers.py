"""The demonstration's driver, of the first courier of its history."""

from datetime import timedelta

from django.utils import timezone

from catalogue.kernel.periods import day_of
from fulfilment.rounds import operations
from fulfilment.rounds.models import Driver
from fulfilment.shipping.models import Courier

PHONE = "+212740000011"  # of the range that is allocated to nobody
PIN = "314159"
NAME = "حميد الوزاني"
GOOD_FOR = timedelta(days=3650)


def make(courier: Courier) -> Driver:
    """Let the demonstration's driver carry for a courier; a second call changes nothing."""
    known = Driver.objects.filter(phone=PHONE, is_active=True).first()
    if known is not None:
        return known
    now = timezone.now()
    return operations.make_driver(
        name=NAME,
        phone=PHONE,
        courier_id=courier.pk,
        language="ar",
        pin=PIN,
        valid_from=day_of(now),
        valid_until=day_of(now) + GOOD_FOR,
        by=None,
        now=now,
    )


def listed() -> Driver | None:
    """Return the driver that the sign-in list shows, once the history has made one."""
    return Driver.objects.select_related("courier").filter(phone=PHONE, is_active=True).first()
