"""The office's jobs."""

from datetime import UTC, datetime

import pytest
from celery.schedules import crontab

from catalogue.pricing.models import ExchangeRate
from fulfilment.jobs import registry
from fulfilment.jobs.schedule import SCHEDULE
from storefront.office import tasks
from tests.fakes.bank import KEY, FakeBank

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(settings):
    with FakeBank() as fake:
        for day in ("2026-11-18", "2026-11-20", "2026-11-21"):
            fake.fix(day, EUR="10.80", USD="9.30")
        settings.BAM_API_KEY, settings.BAM_API_BASE = KEY, fake.base
        yield fake


def test_fetch_rates_asks_the_bank_for_today(bank):
    tasks.fetch_rates()

    assert ExchangeRate.objects.count() == 2


@pytest.mark.parametrize("closed", [datetime(2026, 11, 18, 13, tzinfo=UTC), datetime(2026, 11, 21, 13, tzinfo=UTC)])
def test_fetch_rates_leaves_the_bank_alone_on_holidays_and_weekends(bank, clock, closed):
    clock.move_to(closed)

    tasks.fetch_rates()

    assert bank.asked == []


def test_fetch_rates_does_nothing_without_a_subscription(bank, settings):
    settings.BAM_API_KEY = ""

    tasks.fetch_rates()

    assert bank.asked == []


def test_fetch_rates_holds_no_transaction_and_is_tried_again(bank):
    declared = registry.find("storefront.office.fetch_rates")

    assert (declared.in_transaction, declared.attempts) == (False, 3)


def test_the_clock_asks_after_the_fixing_twice_a_day():
    slot = SCHEDULE["fetch-rates"]

    assert (slot["task"], slot["schedule"]) == ("storefront.office.fetch_rates", crontab(hour="13,17", minute=5))
