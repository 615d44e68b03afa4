"""Asking for a day's rates and keeping them: outside any transaction, again without harm, by command too."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalogue.pricing import operations
from catalogue.pricing.models import ExchangeRate
from catalogue.pricing.sources.bank_al_maghrib import BankAlMaghrib
from tests.factories.rates import FRIDAY, make_rate
from tests.fakes.bank import KEY, FakeBank

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 13, 5, tzinfo=UTC)
DAY = "2026-11-20"


@pytest.fixture
def bank(settings):
    make_rate("10.80", day=FRIDAY - timedelta(days=1))
    make_rate("9.30", currency="USD", day=FRIDAY - timedelta(days=1))
    with FakeBank() as fake:
        fake.fix(DAY, EUR="10.8057", USD="9.3189")
        settings.BAM_API_KEY, settings.BAM_API_BASE = KEY, fake.base
        yield fake


def fetch(bank, day=FRIDAY):
    return operations.fetch_rates(source=BankAlMaghrib(base=bank.base, key=KEY), day=day, now=NOW)


def kept():
    return list(
        ExchangeRate.objects.filter(day=FRIDAY).order_by("currency").values_list("currency", "mad_per_unit", "state")
    )


def test_fetch_rates_keeps_a_day_once(bank):
    first, second = fetch(bank), fetch(bank)

    assert [(found.is_new, again.is_new) for found, again in zip(first, second, strict=True)] == [(True, False)] * 2
    assert kept() == [("EUR", Decimal("10.805700"), "accepted"), ("USD", Decimal("9.318900"), "accepted")]


def test_fetch_rates_lets_a_jump_wait_and_says_so_in_the_log(bank, caplog):
    bank.fix(DAY, EUR="12.00", USD="9.3189")

    fetch(bank)

    assert kept()[0][2] == "waiting"
    assert "A rate waits for someone: EUR 2026-11-20 12.000000 (moved)." in caplog.text


def test_fetch_rates_keeps_what_came_and_tells_what_did_not(bank):
    bank.fix(DAY, USD="9.3189")

    with pytest.raises(operations.Incomplete) as told:
        fetch(bank)

    assert told.value.missing == ["EUR"]
    assert kept() == [("USD", Decimal("9.318900"), "accepted")]


def test_fetch_rates_records_nothing_on_a_closed_day(bank):
    assert fetch(bank, date(2026, 11, 15)) == []


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_bank_thinks(bank):
    seen = []

    def look():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL"
                " AND datname = current_database() AND pid <> pg_backend_pid()"
            )
            seen.append(cursor.fetchone()[0])
        connection.close()

    bank.before_answering = look
    fetch(bank)

    assert seen == [0]


def run(*words):
    told = StringIO()
    call_command("fetch_rates", *words, stdout=told)
    return told.getvalue().splitlines()


def test_the_command_asks_the_bank_for_today(bank):
    assert run() == ["EUR 2026-11-20 10.805700: accepted", "USD 2026-11-20 9.318900: accepted"]
    assert run("--source", "bam") == [
        "EUR 2026-11-20 10.805700: accepted already",
        "USD 2026-11-20 9.318900: accepted already",
    ]


def test_the_command_reads_a_day_from_a_file(bank, tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("date,mad_per_eur,mad_per_usd\n2026-11-18,10.81,9.31\n2026-11-20,15.5,9.31\n")

    assert run("--source", "csv", str(path)) == [
        "EUR 2026-11-20 15.500000: waiting",
        "USD 2026-11-20 9.310000: accepted",
    ]
    assert run("--source", "csv", str(path), "--day", "2026-11-19") == ["No rates were fixed on 2026-11-19."]
    assert bank.asked == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--source", "moon"], "Say --source bam, or --source csv FILE."),
        (["--source", "csv"], "Say --source bam, or --source csv FILE."),
        (["--source", "csv", "/nowhere.csv"], "cannot be read"),
        (["--day", "tomorrow"], "invalid fromisoformat value"),
        (["--day", "2026-11-21"], "This day has not come yet"),
    ],
)
def test_the_command_refuses_with_a_sentence(bank, words, told):
    bank.fix("2026-11-21", EUR="10.80", USD="9.30")

    with pytest.raises(CommandError, match=told):
        run(*words)


def test_the_command_needs_a_key(settings):
    settings.BAM_API_KEY = ""

    with pytest.raises(CommandError, match="BAM_API_KEY is not set"):
        run()


def test_the_command_tells_a_refused_key(bank, settings):
    settings.BAM_API_KEY = "another"

    with pytest.raises(CommandError, match="look at BAM_API_KEY"):
        run()
