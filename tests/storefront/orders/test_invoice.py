"""An invoice is served to whom it belongs, and said to be on its way until it is there."""

import pytest
from django.test import Client
from django.utils import timezone

from fulfilment.invoices import operations
from fulfilment.invoices.crediting import operations as crediting
from fulfilment.invoices.models import CreditNote
from fulfilment.orders.links import key_for, recipient_key_for
from tests.factories.people import make_person, make_staff, sign_in
from tests.factories.sales import make_order
from tests.fulfilment.payments.test_refunding import ask, paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return make_order(status="DELIVERED")


@pytest.fixture
def invoice(order):
    return operations.issue(order_id=order.pk, now=timezone.now())


def by_key(order, end="invoice/", key=None):
    return f"/fr/orders/{order.number}/{end}?k={key or key_for(order.number)}"


def test_the_buyer_gets_the_paper_under_its_number(order, invoice, client):
    paper = operations.make_paper(invoice_id=invoice.pk, now=timezone.now())

    answer = client.get(by_key(order))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
    assert answer.content == bytes(paper.pdf)
    assert "no-store" in answer["Cache-Control"]


def test_the_order_page_names_it(order, invoice, client):
    assert invoice.number in client.get(by_key(order, "")).content.decode()


def test_while_it_is_made_the_order_page_says_so(order, invoice, client):
    page = client.get(by_key(order), follow=True).content.decode()

    assert "La facture est en préparation" in page


def test_an_order_without_one_has_none(order, client):
    assert client.get(by_key(order)).status_code == 404
    assert "/invoice/" not in client.get(by_key(order, "")).content.decode()


def test_nobody_else_gets_it(order, invoice):
    operations.make_paper(invoice_id=invoice.pk, now=timezone.now())
    stranger = Client()
    stranger.force_login(make_person())

    for browser, key in ((stranger, ""), (Client(), "0" * 24), (Client(), recipient_key_for(order.number))):
        assert browser.get(f"/fr/orders/{order.number}/invoice/?k={key}").status_code == 404


def test_the_office_opens_it_by_right(order, invoice, client):
    operations.make_paper(invoice_id=invoice.pk, now=timezone.now())
    path = f"/fr/office/orders/{order.number}/invoice/"

    sign_in(client, make_staff("support"))

    assert client.get(path)["Content-Type"] == "application/pdf"
    assert client.get("/fr/office/orders/NOTHING/invoice/").status_code == 404


@pytest.fixture
def note(bank, deliveries, run_jobs):
    """A credit note of an order paid by card, and its paper."""
    ask(paid_order(bank, run_jobs))
    run_jobs()
    return CreditNote.objects.get()


def of_note(note, key=None):
    return by_key(note.invoice.order, f"credit-notes/{note.number}/", key)


def test_the_buyer_gets_the_credit_note_and_the_order_page_names_it(note, client):
    order = note.invoice.order

    answer = client.get(of_note(note))

    assert (answer["Content-Type"], answer.content) == ("application/pdf", bytes(note.paper.pdf))
    assert note.number in client.get(by_key(order, "")).content.decode()


def test_nobody_else_gets_a_credit_note_nor_by_another_order(note, order):
    stranger = Client()
    stranger.force_login(make_person())
    number = note.invoice.order.number

    for browser, key in ((stranger, ""), (Client(), "0" * 24), (Client(), recipient_key_for(number))):
        assert browser.get(f"/fr/orders/{number}/credit-notes/{note.number}/?k={key}").status_code == 404
    assert Client().get(by_key(order, f"credit-notes/{note.number}/")).status_code == 404


def test_while_its_paper_is_made_the_order_page_says_so(bank, deliveries, run_jobs, client):
    refund = ask(paid_order(bank, run_jobs))
    note = crediting.credit(refund_id=refund.pk, now=timezone.now())

    answer = client.get(of_note(note), follow=True)

    assert note.number in answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("group", "status"), [("support", 200), ("finance", 200), ("catalogue", 403)])
def test_the_office_opens_a_credit_note_by_right(note, client, group, status):
    number = note.invoice.order.number
    sign_in(client, make_staff(group))

    assert client.get(f"/fr/office/orders/{number}/credit-notes/{note.number}/").status_code == status
    if status == 200:
        assert note.number in client.get(f"/fr/office/orders/{number}/").content.decode()
        assert client.get(f"/fr/office/orders/{number}/credit-notes/NONE/").status_code == 404
