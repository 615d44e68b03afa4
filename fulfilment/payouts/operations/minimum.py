"""The least that is paid, from a day on."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel.periods import day_of
from fulfilment.payouts.models import PayoutMinimum


class EarlierDay(Exception):
    """What was paid before today, or what was decided for later, is not changed."""

    def __init__(self) -> None:
        super().__init__(_("Choose a day from today on, later than the one decided last."))


@transaction.atomic
def set_minimum(*, amount_mad: Decimal, from_day: date, by: Any, now: datetime) -> PayoutMinimum:
    """Decide the least that is paid from a day on. Raises ``EarlierDay``."""
    last = PayoutMinimum.objects.first()
    if from_day < day_of(now) or (last and last.from_day >= from_day):
        raise EarlierDay
    return PayoutMinimum.objects.create(from_day=from_day, amount_mad=amount_mad, decided_by=by, decided_at=now)
