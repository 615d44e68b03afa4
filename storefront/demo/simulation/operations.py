"""Running a year: the world is made, buyers come on the days of the year, and everything that follows happens."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from django.db import transaction

from catalogue.kernel import periods, progress
from fulfilment.orders.models import Order

from . import report, stage, world
from .agenda import Agenda
from .bank import CardBank
from .buyers import Buyers
from .office import Office
from .parcels import Parcels
from .report import Report

FIRST, UNTIL = date(2025, 1, 1), date(2026, 1, 1)
ENDS = UNTIL + timedelta(days=120)
"""Everything that was bought in the year is delivered, taken back, paid and settled by then."""

OPENS, CLOSES = 8 * 3600, 22 * 3600


class NotEmpty(Exception):
    """There are orders in this database already: a year is told to an empty one."""


def run(*, orders: int, cooperatives: int, seed: int) -> Report:
    """Let so many buyers come in a year, and return what it came to. Two runs with one seed say the same.

    Raises ``NotEmpty``. What an operation refuses that should not be refused ends the run with its exception.
    """
    if Order.objects.exists():
        raise NotEmpty
    random = Random(seed)  # noqa: S311 - a story, not a secret
    agenda = Agenda(periods.start_of(FIRST))
    bank = CardBank(agenda.clock)
    with stage.set_up(agenda, bank, random):
        with transaction.atomic():
            made = world.make(cooperatives=cooperatives, random=random, now=agenda.now)
        office = Office(made, agenda, random, orders)
        office.plan(FIRST, ENDS, selling_until=UNTIL)
        buyers = Buyers(made, agenda, bank, random, Parcels(made, agenda, random))
        for second in sorted(_instants(orders, random)):
            agenda.at(periods.start_of(FIRST) + timedelta(seconds=second), buyers.buy)
        for _ in progress.bar(agenda.days(ENDS), "The days of a year", (ENDS - FIRST).days):
            pass
        return report.read(first=FIRST, last=ENDS)


def _instants(orders: int, random: Random) -> Iterator[int]:
    """Draw when buyers come, in seconds of the year, between morning and evening."""
    for _ in range(orders):
        yield random.randrange((UNTIL - FIRST).days) * 24 * 3600 + random.randrange(OPENS, CLOSES)
