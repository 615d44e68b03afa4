"""Invoices of what was paid at the door: the parcels that were accepted, with the delivery, rounding and duty."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.invoices import operations
from fulfilment.invoices.invariants import totals_are_the_orders
from fulfilment.invoices.layout import paper_of
from fulfilment.invoices.models import Invoice
from fulfilment.payments.models import CashCollected
from fulfilment.warehouse import operations as warehouse
from tests.factories.duties import make_duty, odd_order
from tests.factories.orders import open_deliveries
from tests.factories.parcels import move_to, open_parcels
from tests.factories.sales import make_order

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def at_the_door(order):
    return [move_to(parcel, "HANDED_OVER") for parcel in open_parcels(order)]


def refuse(parcel):
    warehouse.refuse(consignment_id=parcel.pk, reason="changed_mind", by=None, now=timezone.now())


def issue(order):
    return operations.issue(order_id=order.pk, now=timezone.now())


def adds_up(content):
    taxes = sum(D(tax["tax"]) for tax in content["taxes"])
    door = D(content["stamp_duty"]) - D(content["rounding"])
    return D(content["excl"]) + taxes + door == D(content["incl"])


@pytest.mark.parametrize(("borne_by", "duty", "rounding"), [("office", "0", "0.25"), ("buyer", "0.46", "0.21")])
@pytest.mark.parametrize("kept", [0, 1])
def test_a_partly_refused_order_is_invoiced_for_what_was_accepted(borne_by, duty, rounding, kept, run_jobs):
    make_duty(borne_by)
    order = odd_order()
    parcels = at_the_door(order)
    refuse(parcels[1 - kept])
    move_to(parcels[kept], "DELIVERED")

    run_jobs()

    invoice = Invoice.objects.get(order=order)
    content = invoice.content
    line = order.lines.get(partner=parcels[kept].origin.cooperative_id)
    assert [row["sku"] for row in content["rows"]] == [line.partner_sku]
    assert (D(content["stamp_duty"]), D(content["rounding"])) == (D(duty), D(rounding))
    assert invoice.total_incl_tax == CashCollected.objects.get().amount
    assert invoice.total_incl_tax == line.line_price_incl_tax + order.shipping_incl_tax + D(duty) - D(rounding)
    assert adds_up(content)
    assert invoice.paper.sha256
    assert [name for name, rows in violations() if rows] == []


def test_an_order_accepted_at_two_doors_is_invoiced_whole(run_jobs):
    make_duty("buyer")
    order = odd_order()
    for parcel in at_the_door(order):
        move_to(parcel, "DELIVERED")

    run_jobs()

    invoice = Invoice.objects.get(order=order)
    assert (invoice.total_incl_tax, len(invoice.content["rows"])) == (order.total_incl_tax, 2)
    assert invoice.total_excl_tax == order.total_excl_tax
    assert adds_up(invoice.content)
    assert list(totals_are_the_orders()) == []


def test_nothing_is_invoiced_while_a_parcel_is_under_way():
    order = odd_order()
    first, _second = at_the_door(order)
    move_to(first, "DELIVERED")

    with pytest.raises(operations.NothingSold, match="SHIPPED"):
        issue(order)


@pytest.mark.parametrize("status", operations.NOT_TAKEN)
def test_an_order_in_cash_that_nobody_took_is_not_invoiced(status):
    with pytest.raises(operations.NothingSold, match=status):
        issue(make_order(status=status))


def test_an_invoice_of_more_than_was_accepted_is_found():
    order = odd_order()
    first, second = at_the_door(order)
    refuse(first)
    move_to(second, "DELIVERED")
    asked = issue(order)
    content = asked.content
    other = make_order(status="DELIVERED")

    wrong = Invoice.objects.create(
        order=other,
        year=asked.year,
        sequence=asked.sequence + 1,
        number="F2026-000002",
        issued_at=asked.issued_at,
        language="fr",
        currency="MAD",
        total_excl_tax=1,
        total_incl_tax=other.total_incl_tax + 1,
        content=content,
    )

    assert list(totals_are_the_orders()) == [wrong]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_paper_names_duty_and_rounding(language, run_jobs):
    make_duty("buyer")
    order = odd_order()
    for parcel in at_the_door(order):
        move_to(parcel, "DELIVERED")
    invoice = issue(order)
    invoice.language = language

    paper = paper_of(invoice)

    assert len(paper["sums"]) == len(invoice.content["taxes"]) + 4  # without tax, duty, rounding, in all
