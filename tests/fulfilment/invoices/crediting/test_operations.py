"""Credit notes: one a refund, exact to the cent, taken back when the money did not arrive, never above the invoice."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.invoices import operations as invoices
from fulfilment.invoices.crediting import operations
from fulfilment.invoices.crediting.layout import paper_of
from fulfilment.invoices.models import CreditNote, CreditPaper, CreditSeries, Invoice
from fulfilment.payments import operations as payments
from fulfilment.payments.models import PaymentAttempt, Refund
from fulfilment.warehouse import operations as warehouse
from storefront.demo.stripe.cards import REFUND_FAILS
from tests.factories.bank import events_of, tell
from tests.factories.duties import make_duty, odd_order
from tests.factories.orders import stock
from tests.factories.parcels import move_to
from tests.fulfilment.payments.test_refunding import ask, paid_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]
D = Decimal


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def delivered_in_cash(run_jobs):
    """Return an order of 120.00 and 47.50 less ten percent, taken in two parcels, with what paying in cash changed."""
    order = odd_order()
    run_jobs()
    for parcel in order.consignments.order_by("pk"):
        move_to(parcel, "DELIVERED")
    run_jobs()
    return order


def adds_up(content):
    taxes = sum(D(tax["tax"]) for tax in content["taxes"])
    return D(content["excl"]) + taxes + D(content["stamp_duty"]) - D(content["rounding"]) == D(content["incl"])


def test_a_refund_of_an_invoiced_order_is_credited_once_with_its_paper(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    refund = ask(order)

    run_jobs()

    note = CreditNote.objects.get()
    row = note.content["rows"][0]
    assert operations.credit(refund_id=refund.pk, now=timezone.now()) == note
    assert (note.number, note.invoice, note.currency) == ("A2026-000001", Invoice.objects.get(), "EUR")
    assert (note.total_incl_tax, row["quantity"]) == (refund.amount, 1)
    assert (note.content["invoice"]["number"], note.content["reason"]) == (note.invoice.number, "DAMAGED")
    assert operations.make_paper(note_id=note.pk, now=timezone.now()) == CreditPaper.objects.get()
    assert bytes(CreditPaper.objects.get().pdf).startswith(b"%PDF-")
    assert broken() == []


def test_a_refund_of_before_its_invoice_is_credited_by_the_invoices_own_job(bank, run_jobs):
    order = paid_order(bank, lambda: None)
    ask(order)
    assert not Invoice.objects.exists()

    run_jobs()

    assert CreditNote.objects.get().invoice == Invoice.objects.get()
    assert broken() == []


@pytest.mark.parametrize("borne_by", ["office", "buyer"])
def test_piece_by_piece_an_order_in_cash_is_credited_whole(borne_by, run_jobs):
    make_duty(borne_by)
    order = delivered_in_cash(run_jobs)
    invoice = Invoice.objects.get()
    first, second = order.lines.order_by("pk")

    ask(order, {second.pk: 1})
    ask(order, {first.pk: 1}, delivery=True)
    run_jobs()

    notes = [note.content for note in CreditNote.objects.all()]
    assert [adds_up(content) for content in notes] == [True, True]
    for name in ("excl", "stamp_duty", "rounding", "incl"):
        assert sum(D(content[name]) for content in notes) == D(invoice.content[name]), name
    taxes = sum(D(tax["tax"]) for content in notes for tax in content["taxes"])
    assert taxes == sum(D(tax["tax"]) for tax in invoice.content["taxes"])
    assert broken() == []


def test_a_discounted_line_is_credited_in_thirds_to_the_cent(bank, run_jobs):
    order = paid_order(bank, run_jobs, (stock("33.33", in_stock=50), 3))
    for _time in range(3):
        ask(order)
    run_jobs()

    rows = [note.content["rows"][0] for note in CreditNote.objects.all()]
    assert sum(D(row["excl"]) + D(row["tax"]) for row in rows) == order.lines.get().line_price_incl_tax
    assert broken() == []


def test_a_refund_that_fails_is_credited_no_more_and_made_again_it_is(bank, run_jobs, clock):
    order = paid_order(bank, run_jobs, card=REFUND_FAILS)
    refund = ask(order)
    run_jobs()
    clock.shift(9)
    bank.bank.settle_due()
    for event in events_of(bank, "refund.failed"):
        tell(event)
    run_jobs()
    again = payments.refund_again(refund_id=refund.pk, way="transfer", now=timezone.now())
    run_jobs()

    told = [(note.refund_id, note.cancels_id is not None, note.number) for note in CreditNote.objects.all()]
    assert told == [
        (refund.pk, False, "A2026-000001"),
        (refund.pk, True, "A2026-000002"),
        (again.pk, False, "A2026-000003"),
    ]
    cancelling = paper_of(CreditNote.objects.get(number="A2026-000002"))
    assert "A2026-000001" in [fact["value"]["text"] for fact in cancelling["facts"]]
    assert broken() == []


def test_what_failed_before_anyone_credited_it_never_is(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    refund = ask(order)
    Refund.objects.filter(pk=refund.pk).update(state="FAILED")

    for step in (operations.credit, operations.cancel):
        with pytest.raises(operations.NothingToCredit):
            step(refund_id=refund.pk, now=timezone.now())

    assert not CreditSeries.objects.exists()


def test_what_waits_for_a_second_person_is_not_credited(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    refund = ask(order, waits=True)
    run_jobs()

    with pytest.raises(operations.NothingToCredit):
        operations.credit(refund_id=refund.pk, now=timezone.now())


def test_money_that_was_never_a_sale_is_not_credited(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    attempt = PaymentAttempt.objects.get(order=order)
    payments.owe_refund(attempt_id=attempt.pk, amount=D("5.00"), reason="PAID_TOO_LATE", now=timezone.now())

    run_jobs()

    assert not CreditNote.objects.exists()


def test_nothing_is_credited_of_what_was_refused_at_the_door(run_jobs):
    order = odd_order()
    run_jobs()
    first, second = order.consignments.order_by("pk")
    move_to(first, "HANDED_OVER")
    warehouse.refuse(consignment_id=first.pk, reason="changed_mind", by=None, now=timezone.now())
    move_to(second, "DELIVERED")
    run_jobs()

    assert Invoice.objects.count() == 1
    assert (Refund.objects.count(), CreditNote.objects.count()) == (0, 0)


def test_the_nights_job_credits_what_was_lost_on_the_way(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    refund = ask(order)

    assert operations.credit_missing(now=timezone.now()) == 1
    assert operations.credit_missing(now=timezone.now()) == 0
    assert CreditNote.objects.get().refund == refund


def another(note, **changes):
    fields = CreditNote.objects.filter(pk=note.pk).values().get()
    year, last = note.year, CreditNote.objects.latest("sequence").sequence
    return fields | {"id": None, "sequence": last + 1, "number": f"A{year}-9"} | changes


def test_the_database_refuses_more_than_the_invoice_another_currency_twice_and_any_change(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    for _time in range(2):
        ask(order)
    run_jobs()
    note = CreditNote.objects.first()

    for changes in (
        {"refund_id": note.refund_id},
        {"cancels_id": note.pk, "total_incl_tax": note.invoice.total_incl_tax + 1},
        {"cancels_id": note.pk, "currency": "MAD"},
        {"cancels_id": note.pk, "total_incl_tax": 0, "total_excl_tax": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CreditNote.objects.create(**another(note, **changes))
    for statement in ("UPDATE invoices_creditnote SET number = 'x'", "DELETE FROM invoices_creditpaper"):
        with pytest.raises(Exception, match=r"written once|permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
    assert broken() == []


def test_each_invariant_sees_what_breaks_it(bank, run_jobs):
    order = paid_order(bank, run_jobs)
    ask(order)
    run_jobs()
    note = CreditNote.objects.get()
    invoices.issue(order_id=order.pk, now=timezone.now())

    CreditNote.objects.create(
        **another(note, cancels_id=note.pk, sequence=7, total_incl_tax=D("0.01"), total_excl_tax=0)
    )

    seen = {name for name, _rows in broken()}
    assert {
        "credit notes: the numbers of a year leave none out",
        "credit notes: each says what its refund gives back",
    } <= seen
