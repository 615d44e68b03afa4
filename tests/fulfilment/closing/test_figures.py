"""VAT by rate and seller, series with their gaps, exports that hold the signature, journals that tie to the ledger."""

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone, translation

from catalogue.kernel.money import from_minor
from catalogue.kernel.periods import Period, month
from fulfilment.closing import checklist, figures, journals, queries
from fulfilment.closing.policies import Journal
from fulfilment.invoices import operations as invoices
from fulfilment.invoices.models import Invoice, Series
from fulfilment.ledger.models import Entry, Line
from fulfilment.payments import operations as payments
from tests.factories.closing import OCTOBER, book, lock_month
from tests.factories.disputes import pay_by_card
from tests.factories.duties import make_duty
from tests.factories.exports import make_packed, record_export
from tests.factories.matching import deliver_cash
from tests.factories.orders import open_deliveries
from tests.factories.parcels import move_to
from tests.factories.payouts import deliver, pay_all, send_back_from_bank
from tests.factories.sales import make_order

pytestmark = pytest.mark.django_db
D = Decimal
NOVEMBER = month(date(2026, 11, 1))
COLUMNS = ("account", "debit", "credit")


@pytest.fixture
def sold(bank, run_jobs):
    """An order paid at the door with stamp duty, and one abroad paid by card and partly given back."""
    open_deliveries()
    make_duty("office")
    deliver_cash(run_jobs)
    attempt = pay_by_card(bank)
    run_jobs()
    for parcel in attempt.order.consignments.all():
        move_to(parcel, "DELIVERED")
    run_jobs()
    return attempt


def rows_of(period, journal) -> list[list[str]]:
    text = journals.csv_of(period, journal).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))[1:]


def test_vat_is_told_by_rate_seller_and_side_and_ties_to_the_invoices(sold):
    rows = figures.of_month(NOVEMBER)["vat"]

    home, abroad = ([row for row in rows if row["side"] == side] for side in ("home", "export"))
    incl = {invoice.order.side: D(invoice.content["incl_mad"]) for invoice in Invoice.objects.all()}
    tax = sum(D(row["tax"]) for row in home)
    assert sum(D(row["excl"]) for row in home) + tax == incl["home"]
    assert {row["pct"] for row in abroad} == {"0.00"}
    assert sum(D(row["excl"]) for row in abroad) == incl["export"]
    assert {row["seller"] for row in rows} == {"office"}
    assert D(figures.of_month(NOVEMBER)["vat_in_ledger"]) == tax


def test_what_is_credited_is_taken_off(sold, run_jobs):
    before = [row for row in figures.of_month(NOVEMBER)["vat"] if row["side"] == "export"]
    line = sold.order.lines.get()
    payments.ask_refund(order_id=sold.order_id, quantities={line.pk: 1}, reason="GOODWILL", by=None, now=timezone.now())
    run_jobs()
    after = [row for row in figures.of_month(NOVEMBER)["vat"] if row["side"] == "export"]

    back = round(line.unit_price_incl_tax * sold.order.mad_per_unit, 2)
    assert sum(D(row["credited_excl"]) for row in after) == back
    assert sum(D(row["excl"]) for row in before) - sum(D(row["excl"]) for row in after) == back


def test_stamp_duty_is_that_of_the_ledger(sold):
    assert figures.of_month(NOVEMBER)["stamp_duty"]["due"] == "0.69"


def issue(at):
    return invoices.issue(order_id=make_order().pk, now=at)


def test_a_gap_in_a_series_is_shown_and_holds_the_signature():
    at = datetime(2026, 10, 31, 12, tzinfo=UTC)
    issue(at - timedelta(days=40))
    issue(at)
    Series.objects.update(last=F("last") + 2)
    issue(at)
    found = figures.of_month(month(OCTOBER))

    assert found["series"] == [
        {"kind": "invoices", "year": 2026, "first": 2, "last": 5, "count": 2, "gaps": 2, "missing": [3, 4]}
    ]
    items = checklist.items_of(month(OCTOBER), found, now=timezone.now())
    assert next(item for item in items if item.key == "gaps").stops


def test_a_number_at_the_end_of_a_series_that_is_gone_is_a_gap_too():
    issue(datetime(2026, 10, 31, 12, tzinfo=UTC))
    Series.objects.update(last=F("last") + 1)

    (row,) = figures.of_month(month(OCTOBER))["series"]
    assert (row["gaps"], row["missing"]) == (1, [2])


def test_numbers_given_across_the_months_end_leave_no_gap():
    for at in (datetime(2026, 10, 31, 23, 59, tzinfo=UTC), datetime(2026, 11, 1, 0, 0, tzinfo=UTC)):
        issue(at)

    assert [row["gaps"] for row in figures.of_month(month(OCTOBER))["series"]] == [0]
    assert figures.of_month(NOVEMBER)["series"][0]["first"] == 2


def test_an_export_without_proof_of_exit_holds_the_signature_until_it_is_known():
    open_deliveries()
    parcel = move_to(make_packed(), "HANDED_OVER")
    invoices.issue(order_id=parcel.order_id, now=timezone.now())
    late = timezone.now() + timedelta(days=settings.CLOSING_PROOF_DAYS + 1)

    def item(now):
        found = checklist.items_of(NOVEMBER, figures.of_month(NOVEMBER), now=now)
        return next(item for item in found if item.key == "exports")

    early, held = item(timezone.now()), item(late)
    record_export(parcel, proof_kind="", proof_reference="", proof_on=None)
    unproved = item(late)
    record_export(parcel)

    goods = sum(line.line_price_incl_tax for line in parcel.order.lines.all()) * parcel.order.mad_per_unit
    assert (early.count, held.count, held.stops, held.amount_mad) == (0, 1, True, round(goods, 2))
    assert (unproved.count, item(late).count) == (1, 0)


def test_delivered_orders_without_an_invoice_are_named(run_jobs):
    open_deliveries()
    deliver_cash(run_jobs)
    before = list(checklist.not_invoiced(NOVEMBER))
    order = make_order(status="DELIVERED", method="card")
    order.events.create(kind="paid", at=timezone.now())

    assert (before, list(checklist.not_invoiced(NOVEMBER))) == ([], [order])
    assert list(checklist.not_invoiced(month(OCTOBER))) == []


def test_each_entry_stands_in_one_journal_and_all_of_them_are_the_ledger_to_the_centime(sold):
    sums: dict[tuple[str, str], D] = defaultdict(D)
    entries: list[str] = []
    for journal in Journal:
        rows = rows_of(NOVEMBER, journal)
        even: dict[str, D] = defaultdict(D)
        for row in rows:
            amount = D(row[12] or 0) - D(row[13] or 0)
            sums[row[8], row[11]] += amount
            even[row[11]] += amount
        assert set(even.values()) <= {D(0)}
        entries += {row[1] for row in rows}

    ledger = Line.objects.order_by().values_list("account__code", "currency").annotate(Sum("amount_minor"))
    assert dict(sums) == {(code, currency): from_minor(total) for code, currency, total in ledger}
    assert sorted(entries) == sorted(str(pk) for pk in Entry.objects.values_list("pk", flat=True))


def test_whatever_moves_our_money_at_the_bank_stands_in_the_banks_journal_and_nothing_else_does(sold):
    deliver()
    run = pay_all()
    send_back_from_bank(run.payouts.order_by("pk").first())
    whole = Period(date(2026, 1, 1), date(2028, 1, 1))
    moved = set(Line.objects.filter(account__code="bank").values_list("entry", flat=True))
    kinds = {Entry.objects.get(pk=entry).source for entry in moved}

    stand = {journal: {int(row[1]) for row in rows_of(whole, journal)} for journal in Journal}

    assert {"payout_settled", "reversal"} <= kinds
    assert stand[Journal.BANK] == moved - stand[Journal.SALES]
    counted = {
        row["journal"]: row["entries"] for row in figures.of_month(whole)["journals"] if row["currency"] == "MAD"
    }
    assert counted == {journal: len(entries) for journal, entries in stand.items() if entries}


def test_the_figures_of_the_journals_are_those_of_their_files(sold):
    for row in figures.of_month(NOVEMBER)["journals"]:
        lines = [line for line in rows_of(NOVEMBER, Journal(row["journal"])) if line[11] == row["currency"]]
        assert sum(D(line[12] or 0) for line in lines) == D(row["debit"]) == D(row["credit"])
        assert len({line[1] for line in lines}) == row["entries"]


def test_accounts_open_where_the_month_before_closed():
    book("october")
    book("november", timezone.now())

    rows = {row["code"]: row for row in figures.of_month(NOVEMBER)["accounts"]}
    assert [rows["bank"][name] for name in ("opening", "debit", "credit", "closing")] == [
        "10.00",
        "10.00",
        "0.00",
        "20.00",
    ]


def test_a_journal_of_a_locked_month_is_the_same_bytes_whoever_asks_and_whenever(clock):
    book("first")
    lock_month()
    made = journals.csv_of(month(OCTOBER), Journal.BANK), journals.xlsx_of(month(OCTOBER), Journal.BANK)
    book("late")
    clock.shift(timedelta(days=100))
    with translation.override("ar"):
        again = journals.csv_of(month(OCTOBER), Journal.BANK), journals.xlsx_of(month(OCTOBER), Journal.BANK)

    assert again == made
    assert b"first" in made[0]


def test_no_cell_of_a_journal_is_a_formula():
    book("=1+1", memo="@SUM(A1)")

    row = rows_of(month(OCTOBER), Journal.BANK)[0]
    sheet = ZipFile(BytesIO(journals.xlsx_of(month(OCTOBER), Journal.BANK))).read("xl/worksheets/sheet1.xml")
    assert (row[5], row[14]) == ("'=1+1", "'@SUM(A1)")
    assert b"<f>" not in sheet


def test_months_are_listed_from_the_first_entry_to_today():
    book("first")

    assert [str(row) for row in queries.months(timezone.now())] == ["2026-11", "2026-10"]
