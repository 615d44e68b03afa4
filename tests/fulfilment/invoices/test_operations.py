"""Invoicing: one invoice an order, numbers without a gap, the same paper for ever."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.invoices import operations
from fulfilment.invoices.content import InvoiceDiffers
from fulfilment.invoices.invariants import numbers_have_no_gap, papers_are_whole, totals_are_the_orders
from fulfilment.invoices.layout import paper_of
from fulfilment.invoices.models import Invoice, Paper, Series
from fulfilment.orders import operations as orders
from fulfilment.orders.models import InvoiceParty, Order
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.sales import make_order

pytestmark = pytest.mark.django_db


def issue(order, at=None):
    return operations.issue(order_id=order.pk, now=at or timezone.now())


def test_numbers_follow_one_another_and_begin_again_with_casablancas_year():
    late, new_year = datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, 0, 0, tzinfo=UTC)

    numbers = [issue(make_order(), at).number for at in (late, late, new_year)]

    assert numbers == ["F2026-000001", "F2026-000002", "F2027-000001"]
    assert list(numbers_have_no_gap()) == []


def test_an_order_is_invoiced_once():
    order = make_order()

    assert issue(order) == issue(order)
    assert Series.objects.get().last == 1


def test_a_number_that_was_not_used_is_given_to_the_next():
    first, second = make_order(), make_order()

    with transaction.atomic():
        issue(first)
        transaction.set_rollback(True)

    assert issue(second).number.endswith("000001")


@pytest.mark.parametrize("status", operations.NOT_SOLD)
def test_what_was_not_sold_is_not_invoiced(status):
    with pytest.raises(operations.NothingSold, match=status):
        issue(make_order(status=status))


def test_rows_that_do_not_come_to_what_was_agreed_are_not_invoiced():
    with pytest.raises(InvoiceDiffers):
        issue(make_order(total="1.00"))

    assert Invoice.objects.count() == 0
    assert not Series.objects.filter(last__gt=0).exists()


def test_an_invoice_says_what_the_order_said():
    order = make_order(shipping="35.00")
    line = order.lines.get()

    invoice = issue(order)

    row = invoice.content["rows"][0]
    assert (invoice.total_incl_tax, invoice.currency) == (order.total_incl_tax, "MAD")
    assert (row["title"], row["quantity"]) == (line.title, line.quantity)
    assert Decimal(row["excl"]) + Decimal(row["tax"]) == line.line_price_incl_tax
    assert invoice.content["delivery"]["excl"] == "35.00"
    assert list(totals_are_the_orders()) == []


def test_tax_rates_and_sums_add_up_to_the_total():
    open_deliveries()
    order = place_order((stock("120.00"), 3), (stock("57.50"), 1))
    Order.objects.filter(pk=order.pk).update(status=Order.Status.DELIVERED)

    content = issue(order).content

    taxes = sum(Decimal(tax["tax"]) for tax in content["taxes"])
    assert Decimal(content["excl"]) + taxes == Decimal(content["incl"]) == order.total_incl_tax


def test_where_the_parcel_goes_is_not_said_when_it_is_someone_elses_home():
    order = make_order(recipient_name="Khadija", recipient_language="ar", recipient_phone="+212698765432")

    assert issue(order).content["buyer"]["address"] == []


def test_the_database_refuses_to_change_or_delete_an_invoice():
    invoice = issue(make_order())
    operations.make_paper(invoice_id=invoice.pk, now=timezone.now())

    for statement in (
        "UPDATE invoices_invoice SET total_incl_tax = 1",
        "DELETE FROM invoices_invoice",
        "TRUNCATE invoices_invoice CASCADE",
        "UPDATE invoices_paper SET sha256 = 'x'",
        "DELETE FROM invoices_paper",
    ):
        with pytest.raises(Exception, match=r"written once|permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_no_two_invoices_share_a_number():
    invoice = issue(make_order())

    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(
            order=make_order(),
            year=invoice.year,
            sequence=invoice.sequence,
            number="F2026-999999",
            issued_at=timezone.now(),
            language="fr",
            currency="MAD",
            total_excl_tax=1,
            total_incl_tax=1,
            content={},
        )


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_a_paper_is_made_in_the_orders_language_and_kept(language):
    invoice = issue(make_order(language=language))
    now = timezone.now()

    paper = operations.make_paper(invoice_id=invoice.pk, now=now)

    assert bytes(paper.pdf).startswith(b"%PDF-")
    assert operations.make_paper(invoice_id=invoice.pk, now=now) == paper
    assert bytes(Paper.objects.get().pdf) == bytes(operations.render("invoice", paper_of(invoice)))
    assert list(papers_are_whole()) == []


def test_a_foreign_invoice_tells_its_rate_and_why_it_bears_no_tax():
    invoice = issue(make_order(currency="EUR", destination="FR", method="card", status="PAID"))

    paper = paper_of(invoice)

    facts = [fact["value"]["text"] for fact in paper["facts"]]
    notes = [note["text"] for note in paper["notes"]]
    assert any("10,8000" in fact for fact in facts)
    assert any("92" in note for note in notes)
    assert len(paper["sums"]) == 3  # without tax, in all, in dirhams


def test_a_paid_order_and_a_delivered_one_are_invoiced_by_their_job(run_jobs):
    open_deliveries()
    order = place_order((stock(), 1), shopping=Shopping("EUR", "FR"))

    orders.mark_paid(order_id=order.pk, now=timezone.now())
    run_jobs()

    invoice = Invoice.objects.get(order=order)
    assert invoice.paper.sha256


COMPANY = {"name": "Cantine Atlas (exemple)", "ice": "999000001000075", "address": "12, rue d'Alger, Rabat"}


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({}, ["12, rue d'Alger, Rabat", "ICE 999000001000075"]),
        ({"address": ""}, ["12 rue du Four", "Taounate", "Maroc", "ICE 999000001000075"]),
        ({"ice": None}, ["12, rue d'Alger, Rabat"]),
    ],
)
def test_a_company_that_buys_is_who_the_invoice_is_made_out_to(given, lines):
    order = make_order()
    InvoiceParty.objects.create(order=order, **COMPANY | given)

    buyer = paper_of(issue(order))["buyer"]

    *address, attention = [line["text"] for line in buyer["lines"]]
    assert buyer["name"]["text"] == COMPANY["name"]
    assert address == lines
    assert "Fatima Zahra" in attention


def test_an_invoice_of_before_companies_were_asked_for_reads_as_it_did():
    invoice = issue(make_order())
    for name in ("ice", "attention", "country"):
        del invoice.content["buyer"][name]

    assert [line["text"] for line in paper_of(invoice)["buyer"]["lines"]] == ["12 rue du Four", "Taounate", "Maroc"]
