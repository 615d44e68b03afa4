"""Sources of rates: the bank's service, spoken to over a socket, and files."""

import socket
from datetime import date
from decimal import Decimal

import pytest

from catalogue.pricing import sources
from catalogue.pricing.sources import web
from catalogue.pricing.sources.bank_al_maghrib import NAME, BankAlMaghrib
from catalogue.pricing.sources.base import FixedRate, Garbled, KeyRefused, SourceUnavailable, TooManyQuestions
from catalogue.pricing.sources.files import CsvFile
from tests.fakes.bank import KEY, FakeBank, row

FRIDAY = date(2026, 11, 20)
DAY = "2026-11-20"


@pytest.fixture
def bank():
    with FakeBank() as fake:
        fake.fix(DAY, EUR="10.8057", USD="9.3189")
        yield fake


def ask(bank, *, day=FRIDAY, key=KEY):
    return BankAlMaghrib(base=bank.base, key=key).fetch(day)


def test_fetch_asks_for_the_day_and_reads_exact_rates(bank):
    rates = ask(bank)

    assert rates == [
        FixedRate("EUR", FRIDAY, Decimal("10.8057"), NAME),
        FixedRate("USD", FRIDAY, Decimal("9.3189"), NAME),
    ]
    assert bank.asked == ["/api/CoursVirement?date=2026-11-20T12%3A30%3A00"]


@pytest.mark.parametrize("units", [1, 10, 100])
def test_fetch_divides_by_the_units_that_a_price_is_for(bank, units):
    bank.rows[DAY] = [row(DAY, "EUR", units=units, moyen=Decimal("10.8057") * units)]

    assert ask(bank)[0].mad_per_unit == Decimal("10.8057")


def test_fetch_leaves_out_currencies_that_the_shop_does_not_sell_in(bank):
    bank.rows[DAY] += [row(DAY, "JPY", units=100, moyen="6.01"), {"libDevise": "GBP"}, {}]

    assert [rate.currency for rate in ask(bank)] == ["EUR", "USD"]


@pytest.mark.parametrize("suffix", ["", "Clientele"])
def test_fetch_takes_the_middle_of_older_days_prices(bank, suffix):
    bank.rows[DAY] = [row(DAY, "EUR", **{f"achat{suffix}": "10.7001", f"vente{suffix}": "10.9002"})]

    rate = ask(bank)[0]

    assert (rate.mad_per_unit, rate.source) == (Decimal("10.80015"), f"{NAME}, middle of buying and selling")


def test_a_closed_day_has_no_rates(bank):
    assert ask(bank, day=date(2026, 11, 21)) == []


def test_fetch_returns_what_there_is_when_a_currency_is_missing(bank):
    bank.fix(DAY, USD="9.30")

    assert [rate.currency for rate in ask(bank)] == ["USD"]


def test_a_wrong_key_is_told_as_one(bank):
    with pytest.raises(KeyRefused, match="BAM_API_KEY"):
        ask(bank, key="another")


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (403, KeyRefused),
        (429, TooManyQuestions),
        (500, SourceUnavailable),
        (503, SourceUnavailable),
        (302, Garbled),
        (204, Garbled),
        (404, Garbled),
    ],
)
def test_each_refusal_of_the_service_has_a_name(bank, status, refusal):
    bank.status = status

    with pytest.raises(refusal):
        ask(bank)
    assert len(bank.asked) == 1


def good(**changes):
    cells = {"date": f'"{DAY}T12:30:00"', "libDevise": '"EUR"', "moyen": "10.8057", "uniteDevise": "1"} | changes
    return ("[{" + ", ".join(f'"{name}": {cell}' for name, cell in cells.items() if cell) + "}]").encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>Welcome</html>",
        b"\xff\xfe",
        b"null",
        b"{}",
        b"[1]",
        b"[[]]",
        b"[" * 100_000,
        good(moyen="NaN"),
        good(moyen="Infinity"),
        good(moyen='"10.8057"'),
        good(moyen="true"),
        good(moyen="0"),
        good(moyen="-10.8"),
        good(moyen="1e400"),
        good(moyen="10." + "8" * 200),
        good(moyen=""),
        good(moyen="", achatClientele="10.7"),
        good(moyen="", achat="10.7", venteClientele="10.8"),
        good(uniteDevise=""),
        good(uniteDevise="0"),
        good(uniteDevise="7"),
        good(uniteDevise="1.5"),
        good(uniteDevise="true"),
        good(date=""),
        good(date="5"),
        good(date='"yesterday"'),
        good(date='"2026-11-19T12:30:00"'),
        good()[:-1] + b", " + good()[1:],
        b" " * (web.LARGEST + 1),
    ],
)
def test_garbage_is_refused_whole(bank, raw):
    bank.raw = raw

    with pytest.raises(Garbled):
        ask(bank)


def test_the_answer_that_the_garbage_was_made_of_is_read(bank):
    bank.raw = good()

    assert [rate.mad_per_unit for rate in ask(bank)] == [Decimal("10.8057")]


@pytest.mark.parametrize("fault", ["silent", "drip", "cut"])
def test_fetch_gives_up_on_an_answer_that_does_not_come_whole(bank, fault, monkeypatch):
    monkeypatch.setattr(web, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(web, "ANSWER_SECONDS", 0.2)
    bank.fault = fault

    with pytest.raises(SourceUnavailable):
        ask(bank)


def test_a_service_that_is_not_there_is_unavailable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}/api"

        with pytest.raises(SourceUnavailable):
            BankAlMaghrib(base=base, key=KEY).fetch(FRIDAY)


def test_the_key_stands_in_no_message_and_no_log(bank, caplog):
    bank.status = 500

    with pytest.raises(SourceUnavailable) as refusal:
        ask(bank)

    assert KEY not in f"{refusal.value!r}{caplog.text}"


def test_there_is_no_bank_without_a_key(settings):
    settings.BAM_API_KEY = ""
    assert sources.bank() is None

    settings.BAM_API_KEY = KEY
    assert sources.bank().base == settings.BAM_API_BASE


def write(folder, *lines):
    path = folder / "rates.csv"
    path.write_text("\n".join(["date,mad_per_eur,mad_per_usd,source", *lines]) + "\n", encoding="utf-8")
    return CsvFile(path)


def test_a_file_gives_the_rates_of_a_day(tmp_path):
    file = write(tmp_path, "2026-11-19,10.79,9.28,x", "2026-11-20,10.8057,9.3189,x")

    assert file.fetch(FRIDAY) == [
        FixedRate("EUR", FRIDAY, Decimal("10.8057"), "rates.csv"),
        FixedRate("USD", FRIDAY, Decimal("9.3189"), "rates.csv"),
    ]
    assert file.fetch(date(2026, 11, 21)) == []


@pytest.mark.parametrize(
    "line",
    [
        *("2026-11-31,10.8,9.3,x", "20/11/2026,10.8,9.3,x", "2026-11-20,10,8,9,3", "2026-11-20,,9.3,x", "2026-11-20"),
        *("2026-11-20,NaN,9.3,x", "2026-11-20,1e9,9.3,x", "2026-11-20,-1,9.3,x", "2026-11-20,١٠,9.3,x"),
    ],
)
def test_a_file_with_a_wrong_line_is_refused_by_its_number(tmp_path, line):
    file = write(tmp_path, "2026-11-19,10.79,9.28,x", line)

    with pytest.raises(Garbled, match=r"rates\.csv:3"):
        file.fetch(FRIDAY)


def test_a_file_without_its_columns_or_in_another_coding_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("day,rate\n2026-11-20,10.8\n")
    (tmp_path / "latin.csv").write_bytes(b"date,mad_per_eur,mad_per_usd\n2026-11-20,10.8,9.3\xe9\n")

    with pytest.raises(Garbled, match="no column date, mad_per_eur, mad_per_usd"):
        CsvFile(tmp_path / "other.csv").fetch(FRIDAY)
    with pytest.raises(Garbled, match="UTF-8"):
        CsvFile(tmp_path / "latin.csv").fetch(FRIDAY)
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        CsvFile(tmp_path / "none.csv").fetch(FRIDAY)
