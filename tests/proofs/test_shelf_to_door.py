"""From shelf to door no jar is lost, sold twice or sent unfit, whatever people do in whatever order."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.periods import day_of
from catalogue.lots import operations as lots
from catalogue.lots.models import Place
from catalogue.people.models import User
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord, publish_prices
from tests.factories.lots import make_lot, make_place, store_of
from tests.factories.orders import open_deliveries
from tests.factories.people import make_person
from tests.support.soak import examples

from .shelf_to_door import ShelfToDoor

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PROOFS = frozenset({"lots", "receiving", "orders", "warehouse", "withdrawals", "payments", "ledger", "payouts", "jobs"})


@dataclass(frozen=True)
class World:
    """What every example begins with: two products of one cooperative, in two lots at each of two places."""

    records: tuple[StockRecord, StockRecord]
    places: tuple[Place, Place]
    person: User
    clock: Any
    proofs: frozenset[str] = PROOFS


@pytest.fixture
def world(clock):
    open_deliveries()
    cooperative, today = make_cooperative(), day_of(timezone.now())
    honey = make_product("Miel de thym", date_type="DDM", shelf_life_days=720)
    cheese = make_product("Jben de chèvre", date_type="DLC", shelf_life_days=30)
    records = tuple(make_stockrecord(product=one, cooperative=cooperative, in_stock=0) for one in (honey, cheese))
    places = (make_place(), store_of(cooperative))
    for record in records:
        for place in places:
            make_lot(record, 4, place=place, best_before=today + timedelta(days=13))
            make_lot(record, 4, place=place, best_before=today + timedelta(days=25))
    publish_prices()
    return World(records, places, make_person(), clock)


def drive(world: World, number: int, **more: Any) -> None:
    """Try so many histories, each rolled back."""
    machine = type("ShelfToDoor", (ShelfToDoor,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=number,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=set(Phase) - {Phase.shrink, Phase.explain},
            **more,
        ),
    )


def test_in_any_history_every_jar_is_where_the_books_say(world):
    drive(world, examples(10))


@pytest.mark.parametrize("guard", ["consume", "release"])
def test_twin_what_leaves_without_being_written_down_or_stays_promised_is_found(world, monkeypatch, guard):
    monkeypatch.setattr(lots, guard, lambda *args, **more: None)

    with pytest.raises(AssertionError):
        drive(world, 100, report_multiple_bugs=False)
