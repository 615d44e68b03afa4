"""The command: what it tells, what it publishes, and its exit status."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalogue.cooperatives.models import StockRecord
from catalogue.pricing import queries
from catalogue.pricing.models import PriceList, PriceListDraft
from tests.factories.people import make_staff
from tests.factories.rates import replace_rate

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue_data]
LATER = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def director():
    return make_staff("director").email


def publish(*arguments):
    told = StringIO()
    call_command("publish_prices", *arguments, stdout=told)
    return told.getvalue()


def dearer(number=1):
    for record in StockRecord.objects.order_by("pk")[:number]:
        StockRecord.objects.filter(pk=record.pk).update(farm_gate_price=record.farm_gate_price * 2)


def test_the_list_in_force_is_from_the_schedules_and_close_to_the_opening_one():
    lists = list(PriceList.objects.order_by("starts_at"))

    before, now = (
        dict(one.prices.filter(currency="MAD", side="home").values_list("stockrecord", "price")) for one in lists
    )
    changes = sorted(abs(now[pk] / before[pk] - 1) for pk in before)

    assert [one.source for one in lists] == ["opening", "schedules"]
    assert changes[len(changes) // 2] < 0.03


def test_nothing_new_publishes_nothing(director):
    assert "says the same already" in publish("--approve-as", director)
    assert PriceList.objects.count() == 2


def test_a_preview_tells_and_leaves_everything(director):
    dearer()

    told = publish("--preview")

    assert "1 dearer, 0 cheaper, 1647 as before, 0 new, 0 gone" in told
    assert (PriceList.objects.count(), PriceListDraft.objects.filter(state="READY").count()) == (2, 0)


def test_new_prices_are_published_once_approved(director):
    dearer()

    told = publish("--approve-as", director)

    assert told.splitlines()[-1].startswith("LIST-20261120-02: 9888 prices, from 2026-11-20 12:0")
    assert "says the same already" in publish("--approve-as", director)


def test_new_rates_are_published_by_the_command(director):
    replace_rate("11.00")

    publish("--approve-as", director)

    assert PriceList.objects.get(ends_at=None).eur_rate == 11


def test_without_an_approver_it_waits_and_says_so():
    dearer()

    for _ in range(2):
        with pytest.raises(CommandError, match="waits for someone's approval") as refusal:
            publish()

    assert refusal.value.returncode == 3
    assert PriceListDraft.objects.filter(state="READY").count() == 1
    assert PriceList.objects.count() == 2


@pytest.mark.parametrize("who", ["nobody@example.org", "support"])
def test_only_who_may_approve_is_taken_for_approver(who):
    login = make_staff("support").email if who == "support" else who

    with pytest.raises(CommandError, match="nobody who may approve"):
        publish("--approve-as", login)


def test_a_list_for_later_starts_at_its_hour_in_casablanca(director):
    dearer()

    publish("--at", "2026-12-01 06:00", "--approve-as", director)

    assert PriceList.objects.get(ends_at=None).starts_at == LATER
    assert queries.current_list(LATER) != queries.current_list(datetime(2026, 11, 30, tzinfo=UTC))
    with pytest.raises(CommandError, match="the next one starts after it"):
        publish("--approve-as", director)


@pytest.mark.parametrize("written", ["tomorrow", "2026-13-01 06:00", "2026-12-01", "1.12.2026 06:00"])
def test_an_hour_that_is_none_is_refused(written):
    with pytest.raises(CommandError, match="is not a day and an hour"):
        publish("--at", written)


def test_a_floor_that_is_broken_is_told_and_publishes_nothing(director):
    record = StockRecord.objects.order_by("pk").first()
    StockRecord.objects.filter(pk=record.pk).update(price=record.farm_gate_price / 2)
    told = StringIO()

    with pytest.raises(CommandError, match="too little"):
        call_command("publish_prices", "--from", "opening", "--approve-as", director, stdout=told)

    assert f"stock record {record.pk}: less than the cooperative is to get is left" in told.getvalue()
    assert PriceList.objects.count() == 2
